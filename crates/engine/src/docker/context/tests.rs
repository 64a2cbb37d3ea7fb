use std::sync::Arc;

use expect_test::expect;
use futures_util::StreamExt;

use super::*;

/// The tar's entries, one a line: kind, mode, owner, name and target or text.
async fn listing(context: Context) -> String {
    let (pieces, task) = stream(context);
    let mut tar = Vec::new();
    let mut pieces = std::pin::pin!(pieces);
    while let Some(piece) = pieces.next().await {
        tar.extend_from_slice(&piece.unwrap());
    }
    task.await.unwrap().unwrap();
    let mut lines = Vec::new();
    for entry in tar::Archive::new(tar.as_slice()).entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let header = entry.header();
        let (mode, uid, gid) =
            (header.mode().unwrap(), header.uid().unwrap(), header.gid().unwrap());
        let kind = header.entry_type();
        let name = entry.path().unwrap().display().to_string();
        let target = entry.link_name().unwrap();
        let rest = target.map_or(text, |target| format!("→ {}", target.display()));
        lines.push(format!("{kind:?} {mode:o} {uid}:{gid} {name} {rest}"));
    }
    lines.join("\n")
}

#[cfg(unix)]
fn tree() -> tempfile::TempDir {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    for folder in ["src", "node_modules/left", "docs/keep", "empty"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(root.join(folder), mode).unwrap();
    }
    let long = format!("src/{}.py", "long".repeat(40));
    let files = [
        "src/a.py",
        "src/run.sh",
        "docs/x.md",
        "docs/keep/y.md",
        "node_modules/left/pad.js",
        "Ünï cödé",
        &long,
    ];
    for name in files {
        std::fs::write(root.join(name), format!("text of {}", &name[..3])).unwrap();
        let mode = if name.ends_with(".sh") { 0o755 } else { 0o640 };
        std::fs::set_permissions(root.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }
    symlink("a.py", root.join("src/link.py")).unwrap();
    symlink("/nowhere", root.join("dangling")).unwrap();
    drop(std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap());
    dir
}

#[cfg(unix)]
#[tokio::test]
async fn sends_modes_and_links_and_nothing_that_is_ignored() {
    let dir = tree();
    let context = Context {
        dir: dir.path().to_owned(),
        ignore: Arc::new(Matcher::parse("node_modules\ndocs\n!docs/keep/*.md\n")),
        extra: Some(("Dockerfile.elsewhere".to_owned(), b"FROM scratch".to_vec())),
        owner: (0, 0),
    };
    expect![[r#"
        Symlink 777 0:0 dangling → /nowhere
        Regular 640 0:0 docs/keep/y.md text of doc
        Directory 755 0:0 empty/ 
        Directory 755 0:0 src/ 
        Regular 640 0:0 src/a.py text of src
        Symlink 777 0:0 src/link.py → a.py
        Regular 640 0:0 src/longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglong.py text of src
        Regular 755 0:0 src/run.sh text of src
        Regular 640 0:0 Ünï cödé text of Ün
        Regular 644 0:0 Dockerfile.elsewhere FROM scratch"#]].assert_eq(&listing(context).await);
}

/// Longer than the buffers that wait: memory would show a tar that is collected first.
#[tokio::test]
async fn holds_a_few_pieces_only_and_stops_when_nobody_listens() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("large"), vec![7; 64 * PIECE]).unwrap();
    let context =
        Context { dir: dir.path().to_owned(), ignore: Arc::default(), extra: None, owner: (0, 0) };
    let (pieces, task) = stream(context);
    let mut pieces = Box::pin(pieces);
    assert!(pieces.next().await.unwrap().unwrap().len() <= PIECE);
    drop(pieces);
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}

#[tokio::test]
async fn a_context_that_is_gone_says_so() {
    let context = Context {
        dir: PathBuf::from("/nowhere/at/all"),
        ignore: Arc::default(),
        extra: None,
        owner: (0, 0),
    };
    let (pieces, task) = stream(context);
    let pieces: Vec<_> = pieces.collect().await;
    let error = task.await.unwrap().unwrap_err().to_string();
    assert_eq!(pieces.last().unwrap().as_ref().unwrap_err().to_string(), error);
    expect!["/nowhere/at/all: No such file or directory (os error 2)"].assert_eq(&error);
}
