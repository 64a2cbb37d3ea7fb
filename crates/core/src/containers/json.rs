//! Containers and lines of their logs as JSON, for scripts: `docs/json.md` describes it.

use serde_json::{Value, json};

use super::logs::Line;
use super::{Container, Group, Port};

/// A container of a list. `engine` is empty for the active one.
pub fn container_json(
    engine: &str,
    group: &Group<'_>,
    container: &Container,
    is_of_project: bool,
) -> Value {
    json!({
        "id": container.id,
        "name": container.name,
        "role": container.origin.role(),
        "kind": group.kind.as_str(),
        "group": group.label,
        "project": is_of_project,
        "state": container.state.as_str(),
        "status": container.status,
        "health": container.health.map(super::Health::as_str),
        "image": container.image,
        "ports": container.ports.iter().map(port).collect::<Vec<_>>(),
        "engine": engine,
    })
}

fn port(port: &Port) -> Value {
    json!({
        "address": port.address,
        "outside": port.outside,
        "inside": port.inside,
        "protocol": port.protocol,
    })
}

/// A line of a container's log.
pub fn line_json(id: &str, name: &str, line: &Line) -> Value {
    json!({
        "container": name,
        "id": id,
        "time": line.at.map(|at| at.to_string()),
        "stream": line.stream.as_str(),
        "text": line.text,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::logs::{Moment, Stream};
    use super::super::tests::compose;
    use super::super::{Project, groups};
    use super::*;

    const PAGE: &str = include_str!("../../../../docs/json.md");

    /// The example below a heading has the keys that are written.
    fn check(heading: &str, written: &Value) {
        let (_, section) = PAGE.split_once(heading).unwrap();
        let (_, example) = section.split_once("```json\n").unwrap();
        let example: Value = serde_json::from_str(example.split("\n```").next().unwrap()).unwrap();
        let keys = |value: &Value| -> BTreeSet<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(&example), keys(written));
        if let Some(ports) = example.get("ports") {
            assert_eq!(keys(&ports[0]), keys(&written["ports"][0]));
        }
    }

    #[test]
    fn the_page_and_the_code_say_the_same() {
        let mut container = compose("shop-db-1", "shop", "db", "/shop");
        container.ports =
            vec![Port { address: String::new(), outside: 1, inside: 2, protocol: "tcp".into() }];
        let containers = [container];
        let project = Project { root: "/shop".into(), real: None, compose: Vec::new() };
        let group = groups(&containers, &[project]).remove(0);
        check(
            "## `testdock containers --format json`\n",
            &container_json("", &group, &containers[0], true),
        );
        let line = Line { at: Some(Moment(0)), stream: Stream::Stdout, text: "a".into() };
        check("## `testdock logs --format json`\n", &line_json("1", "a", &line));
        assert_eq!(line_json("1", "a", &line)["time"], "1970-01-01T00:00:00.000000000Z");
    }
}
