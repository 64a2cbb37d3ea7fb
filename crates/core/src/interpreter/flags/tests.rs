//! What becomes of the flags of `docker run`.

use expect_test::{Expect, expect};

use super::super::folder::Host;
use super::*;

fn check(args: &str, expected: &Expect) {
    let env = |name: &str| (name == "HOME").then(|| "/home/me".to_owned());
    let folder = Folder {
        read: &|path| (path == "ci.env").then(|| "# c\nA=1\nHOME\n".to_owned()),
        host: Host { env: &env, ..Host::unknown() },
        ..Folder::empty("/w/shop".into())
    };
    let mut flags = Flags::new(folder, Options::default());
    let words = shlex::split(args).unwrap();
    let text = match flags.take(&words) {
        Err(error) => format!("{error}\n"),
        Ok(()) => {
            let text = format!("{:#?}", flags.options);
            let none = format!("{:#?}", Options::default());
            let news = text.lines().filter(|line| !none.lines().any(|old| old == *line));
            let news = news.map(|line| format!("{}\n", &line.strip_prefix("    ").unwrap_or(line)));
            let unheeded = flags.unheeded.iter().map(|it| format!("not {it}\n"));
            news.chain(unheeded).collect()
        }
    };
    expected.assert_eq(&text);
}

#[test]
fn mounts_in_every_form() {
    check(
        "-v ~/.m2:/root/.m2 -v cache:/c:ro --volume=./data:/d -v /anon --mount type=bind,src=../x,dst=/x,readonly,consistency=cached,bind-propagation=rslave --tmpfs /t:size=1m,mode=1777,exec,size=50%",
        &expect![[r#"
            mounts: [
                Mount {
                    target: "/root/.m2",
                    from: Host {
                        path: "/home/me/.m2",
                        make: true,
                        label: None,
                    },
                    read_only: false,
                },
                Mount {
                    target: "/c",
                    from: Volume(
                        Some(
                            "cache",
                        ),
                    ),
                    read_only: true,
                },
                Mount {
                    target: "/d",
                    from: Host {
                        path: "/w/shop/data",
                        make: true,
                        label: None,
                    },
                    read_only: false,
                },
                Mount {
                    target: "/anon",
                    from: Volume(
                        None,
                    ),
                    read_only: false,
                },
                Mount {
                    target: "/x",
                    from: Host {
                        path: "/w/x",
                        make: false,
                        label: None,
                    },
                    read_only: true,
                },
                Mount {
                    target: "/t",
                    from: Memory(
                        Some(
                            1048576,
                        ),
                    ),
                    read_only: false,
                },
            ],
            not `--mount …,bind-propagation=rslave`: a setting of mounts that Testdock does not know
            not `--tmpfs …:exec`: of its settings Testdock knows the size alone
            not `--tmpfs …:size=50%`: of its settings Testdock knows the size alone
        "#]],
    );
}

#[test]
fn options_and_what_is_not_heeded() {
    check(
        "-itu root -e A=b -eHOME --env-file ci.env --init --shm-size=1g --ulimit nofile=10:20 --network a --network-alias x -p 80:80 --name n --cpus 1.5 --frob=1 --entrypoint=''",
        &expect![[r#"
            user: Named(
                "root",
            ),
            env: {
                "A": "1",
                "HOME": "/home/me",
                cpus_milli: Some(
                    1500,
                ),
            network: Some(
                "a",
            ),
            networks: [
                Join {
                    network: "a",
                    aliases: [
                        "x",
                    ],
                },
            ],
            init: true,
            shm_size: Some(
                1073741824,
            ),
            ulimits: [
                Ulimit {
                    name: "nofile",
                    soft: 10,
                    hard: 20,
                },
            ],
            not `--publish=80:80`: the tests run inside the container, so no port is published
            not `--name=n`: Testdock names its containers itself
            not `--frob=1`: Testdock does not know it
        "#]],
    );
}

#[test]
fn a_switch_is_set_in_the_words_of_docker() {
    check(
        "--privileged=1 --init=T --read-only=0",
        &expect![[r#"
        privileged: true,
        init: true,
    "#]],
    );
}

#[test]
fn what_cannot_be_understood() {
    check("-v a:b", &expect!["the mount's target `b` is no absolute path\n"]);
    check("image", &expect!["`image` is no flag of docker run\n"]);
    check("-y", &expect!["`-y` is no flag of docker run\n"]);
    check(
        "--privileged=yes",
        &expect![[r#"
        `--privileged=yes` is neither true nor false
    "#]],
    );
    check("-e", &expect!["`-e` lacks its value\n"]);
    check(
        "-m much",
        &expect![[r#"
        `--memory`: expected a size such as "512m" or "2g", found `much`
    "#]],
    );
    check("--pids-limit few", &expect!["`--pids-limit`: expected a number, found `few`\n"]);
    check("--env-file no", &expect!["the workspace has no file no (--env-file)\n"]);
    check("--env-file /no", &expect!["/no lies outside of the workspace (--env-file)\n"]);
}

#[test]
fn settings_of_volumes_are_honoured_or_said() {
    check(
        "-v /a:/a:z -v /b:/b:ro,Z -v c:/c:z,nocopy -v /d:/d:cached,rw,rshared -v /e:/e:nonsense",
        &expect![[r#"
            mounts: [
                Mount {
                    target: "/a",
                    from: Host {
                        path: "/a",
                        make: true,
                        label: Some(
                            Shared,
                        ),
                    },
                    read_only: false,
                },
                Mount {
                    target: "/b",
                    from: Host {
                        path: "/b",
                        make: true,
                        label: Some(
                            Private,
                        ),
                    },
                    read_only: true,
                },
                Mount {
                    target: "/c",
                    from: Volume(
                        Some(
                            "c",
                        ),
                    ),
                    read_only: false,
                },
                Mount {
                    target: "/d",
                    from: Host {
                        path: "/d",
                        make: true,
                        label: None,
                    },
                    read_only: false,
                },
                Mount {
                    target: "/e",
                    from: Host {
                        path: "/e",
                        make: true,
                        label: None,
                    },
                    read_only: false,
                },
            ],
            not `z` of the volume `c:/c:z,nocopy`: the engine labels its volumes itself
            not `nocopy` of the volume `c:/c:z,nocopy`: a new volume begins with what the image has in its place
            not `cached` of the volume `/d:/d:cached,rw,rshared`: how files are kept in step is the engine's own affair
            not `rshared` of the volume `/d:/d:cached,rw,rshared`: mounts that are made later are not passed on
            not `nonsense` of the volume `/e:/e:nonsense`: Testdock does not know it
        "#]],
    );
}
