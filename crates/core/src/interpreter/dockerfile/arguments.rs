//! Arguments of a build that its Dockerfile does not ask for: BuildKit drops them without a word.

use super::syntax;
use crate::config::nearest;
use crate::plan::Dockerfile;

/// Arguments that a build takes without an `ARG`, in any case.
const KNOWN: [&str; 6] =
    ["ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SOURCE_DATE_EPOCH"];

/// What BuildKit fills in for `FROM --platform=$BUILDPLATFORM` and the like.
const PLATFORM: [&str; 9] = [
    "BUILDARCH",
    "BUILDOS",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "TARGETARCH",
    "TARGETOS",
    "TARGETPLATFORM",
    "TARGETSTAGE",
    "TARGETVARIANT",
];

/// What is to be said of arguments that `text`, which is that of the Dockerfile, does not ask for.
pub fn unused_arguments(file: &Dockerfile, text: &str) -> Vec<String> {
    let instructions = syntax::instructions(text);
    let asking = instructions.iter().filter(|it| it.keyword == "ARG");
    let asked = asking.flat_map(|it| it.words());
    let asked = asked.map(|word| word.split('=').next().unwrap_or_default().to_owned());
    let asked: Vec<String> = asked.collect();
    let given = file.build_args.keys();
    let unused = given.filter(|name| !asked.contains(name) && !is_known(name));
    let near = |name: &str| nearest(name, asked.iter().map(String::as_str));
    let path = &file.path;
    let say = |name: &String| {
        let near = near(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        format!("the build argument `{name}`: no `ARG` of {path} asks for it{near}")
    };
    unused.map(say).collect()
}

fn is_known(name: &str) -> bool {
    let is_platform = PLATFORM.contains(&name);
    is_platform
        || name.starts_with("BUILDKIT_")
        || KNOWN.contains(&name.to_ascii_uppercase().as_str())
}
