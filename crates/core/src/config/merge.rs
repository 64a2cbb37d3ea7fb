//! Lays one tree of settings over another and remembers what was replaced.

use super::explain::{Overridden, shown};
use super::node::{Content, Node, Table};
use super::problem::ConfigProblem;
use super::schema::{BELONGS_TO, ONE_OF, SchemaView};
use super::validate::join;

/// Lays `over` over `base`: tables key by key, everything else as a whole.
pub(super) fn merge(
    base: &mut Node,
    over: Node,
    schema: SchemaView<'_>,
    key: &str,
    problems: &mut Vec<ConfigProblem>,
) {
    match (&mut base.content, over) {
        (Content::Table(base), Node { content: Content::Table(over), .. }) => {
            merge_tables(base, over, schema, key, problems);
        }
        (_, mut over) => {
            over.overridden.push(replaced(base, key));
            over.overridden.append(&mut base.overridden);
            *base = over;
        }
    }
}

fn merge_tables(
    base: &mut Table,
    mut over: Table,
    schema: SchemaView<'_>,
    key: &str,
    problems: &mut Vec<ConfigProblem>,
) {
    replace_rivals(base, &mut over, schema, key, problems);
    for (name, node) in over {
        let inner = join(key, &name);
        match (base.get_mut(&name), schema.property(&name)) {
            (Some(base), Some(schema)) => merge(base, node, schema, &inner, problems),
            _ => drop(base.insert(name, node)),
        }
    }
}

/// Choosing an image in an overlay does away with the Dockerfile of the base, and with what belongs to it.
fn replace_rivals(
    base: &mut Table,
    over: &mut Table,
    schema: SchemaView<'_>,
    key: &str,
    problems: &mut Vec<ConfigProblem>,
) {
    let group = schema.texts(ONE_OF);
    let Some(chosen) = group.iter().find(|name| over.contains_key(**name)) else {
        return;
    };
    let Some(winner) = over.get_mut(*chosen) else {
        return;
    };
    for rival in group.iter().filter(|name| *name != chosen) {
        let Some(loser) = base.remove(*rival) else {
            continue;
        };
        if said_at_once(&loser, winner) {
            problems.push(winner.problem(format!(
                "`{}` is set here, and `{}` by {}; they exclude each other",
                join(key, chosen),
                join(key, rival),
                loser.source.origin,
            )));
        }
        winner.overridden.push(replaced(&loser, &join(key, rival)));
        winner.overridden.extend(loser.overridden);
    }
    base.retain(|name, _| belongs_to(schema, name).is_none_or(|owner| owner == *chosen));
}

/// Files override each other on purpose; two variables or two flags are one person contradicting themselves.
fn said_at_once(one: &Node, other: &Node) -> bool {
    let rank = one.source.origin.rank();
    rank == other.source.origin.rank() && one.source.origin.file().is_none()
}

fn belongs_to<'s>(schema: SchemaView<'s>, name: &str) -> Option<&'s str> {
    schema.property(name)?.text(BELONGS_TO)
}

fn replaced(node: &Node, key: &str) -> Overridden {
    Overridden { key: key.to_owned(), value: shown(node, key), origin: node.source.origin.clone() }
}
