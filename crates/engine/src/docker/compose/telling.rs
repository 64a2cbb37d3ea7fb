//! What the compose tool says: when it fails, in one line; when it does not, as warnings.

use std::collections::BTreeSet;

/// The line that tells why; the newer tool has it at the end, the older one talks on.
pub(super) fn telling(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let at = |wanted: &dyn Fn(&str) -> bool| lines.iter().position(|line| wanted(line));
    if let Some(at) = at(&|line| line.ends_with("is invalid because:")) {
        return join(&lines[at..lines.len().min(at + 2)]);
    }
    if let Some(at) = at(&|line| line.starts_with("yaml.") && line.contains("Error: ")) {
        return join(&lines[at..]);
    }
    let of_service = lines.iter().rev().find_map(|line| line.strip_prefix("ERROR: for "));
    let last = || lines.iter().rev().find(|line| !is_chatter(line)).copied();
    let line = of_service.or_else(last).unwrap_or("it did not say why");
    line.strip_prefix("ERROR: ").unwrap_or(line).to_owned()
}

/// Warnings beside what the tool was asked for, each once.
pub(super) fn warnings(said: &str) -> Vec<String> {
    let mut warnings: Vec<String> = said.lines().filter_map(warning).collect();
    let mut known = BTreeSet::new();
    warnings.retain(|warning| known.insert(warning.clone()));
    warnings
}

/// The newer tool logs with a level, the older one has nothing but warnings there.
fn warning(line: &str) -> Option<String> {
    let line = line.trim();
    let Some((head, message)) = line.split_once(" msg=").filter(|(it, _)| it.contains("level="))
    else {
        let line = line.strip_prefix("WARNING: ").unwrap_or(line);
        return (!line.is_empty()).then(|| line.to_owned());
    };
    let message = serde_json::from_str(message).unwrap_or_else(|_| message.to_owned());
    // That a key means nothing any more changes nothing.
    (head.contains("level=warning") && !message.contains("`version` is obsolete"))
        .then_some(message)
}

/// A comment of YAML that a warning is kept in, beside what the files come to.
const MARK: &str = "#! ";

/// Warnings as the beginning of what is kept.
pub(super) fn marked(warnings: &[String]) -> String {
    warnings.iter().map(|warning| format!("{MARK}{warning}\n")).collect()
}

/// The warnings in what was kept.
pub(super) fn kept_warnings(config: &str) -> Vec<String> {
    let marked = config.lines().map_while(|line| line.strip_prefix(MARK));
    marked.map(|warning| format!("the compose tool says: {warning}")).collect()
}

fn is_chatter(line: &str) -> bool {
    ["For more on the Compose file format", "You might be seeing this error", "Encountered errors"]
        .iter()
        .any(|begin| line.starts_with(begin))
}

fn join(lines: &[&str]) -> String {
    let line = lines.join(" ");
    line.strip_prefix("ERROR: ").unwrap_or(&line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_tools_warn_of() {
        let check = |said: &str, expected: &[&str]| {
            let kept = kept_warnings(&(marked(&warnings(said)) + "services: {}\n#! not this\n"));
            let expected: Vec<_> =
                expected.iter().map(|it| format!("the compose tool says: {it}")).collect();
            assert_eq!(kept, expected);
        };
        let older = "The X variable is not set. Defaulting to a blank string.";
        check(&format!("WARNING: {older}\n{older}\n\n"), &[older]);
        check(
            "time=\"2026\" level=warning msg=\"The \\\"X\\\" variable is not set. Defaulting to a blank string.\"\n\
             time=\"2026\" level=info msg=\"all well\"\n\
             time=\"2026\" level=warning msg=\"/w/compose.yaml: the attribute `version` is obsolete\"\n",
            &["The \"X\" variable is not set. Defaulting to a blank string."],
        );
        check("", &[]);
    }

    #[test]
    fn the_line_that_tells() {
        let check = |said: &str, expected: &str| assert_eq!(telling(said), expected);
        check(
            "The Compose file './compose.yaml' is invalid because:\nUnsupported config option for services.web: 'frob'\n\
             services.web.image contains an invalid type, it should be a string\n",
            "The Compose file './compose.yaml' is invalid because: Unsupported config option for services.web: 'frob'",
        );
        check(
            "The Compose file './compose.yaml' is invalid because:\n'frob' does not match any of the regexes: '^x-'\n\n\
             You might be seeing this error because you're using the wrong Compose file version.\n\
             For more on the Compose file format versions, see https://docs.docker.com/compose/compose-file/\n",
            "The Compose file './compose.yaml' is invalid because: 'frob' does not match any of the regexes: '^x-'",
        );
        check(
            "The X variable is not set. Defaulting to a blank string.\nService 'web' depends on service 'nope' which is undefined.\n",
            "Service 'web' depends on service 'nope' which is undefined.",
        );
        check(
            "yaml.parser.ParserError: while parsing a flow node\nexpected the node content, but found '<stream end>'\n  \
             in \"./compose.yaml\", line 3, column 1\n",
            "yaml.parser.ParserError: while parsing a flow node expected the node content, but found '<stream end>' in \
             \"./compose.yaml\", line 3, column 1",
        );
        check(
            "Creating shop_web_1 ... \nCreating shop_web_1 ... error\n\nERROR: for shop_web_1  Cannot start service web: no\n\n\
             ERROR: for web  Cannot start service web: no\nEncountered errors while bringing up the project.\n",
            "web  Cannot start service web: no",
        );
        check(
            "time=\"2026\" level=warning msg=\"version is obsolete\"\n\
             validating /w/compose.yaml: services.web additional properties 'frob' not allowed\n",
            "validating /w/compose.yaml: services.web additional properties 'frob' not allowed",
        );
        check("", "it did not say why");
    }
}
