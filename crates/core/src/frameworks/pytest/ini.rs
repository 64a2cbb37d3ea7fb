//! Reads what the files that can configure pytest say of where its tests are.

use configparser::ini::Ini;

/// Names of files that can configure pytest, the first that does decides.
pub(super) const CONFIG_FILES: [&str; 7] = [
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
];

/// The options that decide what is a test; `None` where the file leaves it to the default.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) testpaths: Option<Vec<String>>,
    pub(super) python_files: Option<Vec<String>>,
    pub(super) python_classes: Option<Vec<String>>,
    pub(super) python_functions: Option<Vec<String>>,
    pub(super) norecursedirs: Option<Vec<String>>,
}

/// pytest's options in a file of this name, or `None` where the file does not configure pytest.
pub(super) fn read(name: &str, text: &str) -> Option<Options> {
    match name {
        "pytest.ini" | ".pytest.ini" => Some(ini_section(text, "pytest").unwrap_or_default()),
        "tox.ini" => ini_section(text, "pytest"),
        "setup.cfg" => ini_section(text, "tool:pytest"),
        "pytest.toml" | ".pytest.toml" => Some(toml_table(text, &["pytest"]).unwrap_or_default()),
        "pyproject.toml" => toml_table(text, &["tool", "pytest", "ini_options"])
            .or_else(|| toml_table(text, &["tool", "pytest"])),
        _ => None,
    }
}

fn ini_section(text: &str, section: &str) -> Option<Options> {
    let mut ini = Ini::new_cs();
    ini.set_multiline(true);
    ini.set_inline_comment_symbols(Some(&[]));
    let sections = ini.read(text.to_owned()).ok()?;
    let values = sections.get(section)?;
    Some(options(|key| values.get(key)?.as_deref().map(words)))
}

fn toml_table(text: &str, path: &[&str]) -> Option<Options> {
    let document: toml::Table = text.parse().ok()?;
    let (first, rest) = path.split_first()?;
    let table = rest.iter().try_fold(document.get(*first)?, |table, key| table.get(key))?;
    Some(options(|key| strings(table.get(key)?)))
}

fn options(get: impl Fn(&str) -> Option<Vec<String>>) -> Options {
    Options {
        testpaths: get("testpaths"),
        python_files: get("python_files"),
        python_classes: get("python_classes"),
        python_functions: get("python_functions"),
        norecursedirs: get("norecursedirs"),
    }
}

fn strings(value: &toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::String(text) => Some(words(text)),
        toml::Value::Array(values) => {
            Some(values.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
        }
        _ => None,
    }
}

/// An option of several words is split as a shell would.
fn words(text: &str) -> Vec<String> {
    shlex::split(text).unwrap_or_else(|| text.split_whitespace().map(str::to_owned).collect())
}
