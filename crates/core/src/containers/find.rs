//! The container that a word means.

use super::{Container, Project, State};
use crate::model::{Fault, RunError};

/// The container that `name` means, as its place in the list: its name or id, its role in the project
/// (an interpreter's or a service's name), or the beginning of one of these. What fits exactly comes
/// before what only begins so. Of an interpreter's containers the newest is meant: older ones only wait for their end.
pub fn find(containers: &[&Container], project: &Project, name: &str) -> Result<usize, RunError> {
    let role = |it: &Container| it.origin.role().filter(|_| project.owns(it)).map(str::to_owned);
    let begins = |it: &Container| {
        let words = [Some(it.name.clone()), Some(it.id.clone()), role(it)];
        words.into_iter().flatten().any(|word| word.starts_with(name))
    };
    let fits: [&dyn Fn(&Container) -> bool; 3] =
        [&|it| it.name == name || it.id == name, &|it| role(it).as_deref() == Some(name), &|it| {
            !name.is_empty() && begins(it)
        }];
    for fits in fits {
        let found: Vec<usize> = (0..containers.len()).filter(|at| fits(containers[*at])).collect();
        match found[..] {
            [] => {}
            [one] => return Ok(one),
            _ if let Some(newest) = newest(containers, &found) => return Ok(newest),
            _ if let Some(used) = used(containers, project, &found) => return Ok(used),
            _ => return Err(ambiguous(containers, &found, name)),
        }
    }
    let message = format!("there is no container {name}");
    Err(RunError::new(Fault::Configuration, message)
        .help("see which there are: testdock containers"))
}

/// The newest of containers that all are of one interpreter.
fn newest(containers: &[&Container], found: &[usize]) -> Option<usize> {
    let origin = |at: &usize| &containers[*at].origin;
    let first = origin(found.first()?);
    let is_of_one = first.is_ours() && found.iter().all(|at| origin(at) == first);
    let order = |at: &&usize| (containers[**at].state == State::Running, containers[**at].created);
    found.iter().max_by_key(order).copied().filter(|_| is_of_one)
}

/// The only one that the tests use as they are configured now: other profiles may have compose projects of their own.
fn used(containers: &[&Container], project: &Project, found: &[usize]) -> Option<usize> {
    let mut used = found.iter().filter(|at| project.uses(containers[**at]));
    used.next().copied().filter(|_| used.next().is_none())
}

fn ambiguous(containers: &[&Container], found: &[usize], name: &str) -> RunError {
    let mut names: Vec<&str> = found.iter().map(|at| containers[*at].name.as_str()).collect();
    names.sort_unstable();
    let message = format!("cannot tell which container {name} means");
    RunError::new(Fault::Configuration, message).help(format!("name one of {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::super::tests::{compose, container, ours};
    use super::*;

    fn check(name: &str, expected: &str) {
        let all = [
            ours("testdock-shop-1", "/shop", "default"),
            ours("testdock-bank-1", "/bank", "default"),
            compose("shop-db-1", "shop", "db", "/shop"),
            compose("shop-dbadmin-1", "shop", "dbadmin", "/shop"),
            container("db-of-somebody", Origin::Other),
            container("shop", Origin::Other),
        ];
        let all: Vec<&Container> = all.iter().collect();
        let project = Project { root: "/shop".into(), real: None, compose: Vec::new() };
        let found = match find(&all, &project, name) {
            Ok(at) => all[at].name.clone(),
            Err(error) => format!("{}; {}", error.message, error.help.unwrap_or_default()),
        };
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn of_an_interpreter_the_newest_is_meant() {
        let old = ours("testdock-shop-1", "/shop", "default");
        let new = Container { created: 2, ..ours("testdock-shop-2", "/shop", "default") };
        let gone = Container {
            created: 3,
            state: State::Exited,
            ..ours("testdock-shop-3", "/shop", "default")
        };
        let project = Project { root: "/shop".into(), real: None, compose: Vec::new() };
        assert_eq!(find(&[&old, &new, &gone], &project, "default"), Ok(1));
        assert!(find(&[&old, &new], &project, "testdock-").is_ok());
    }

    #[test]
    fn of_two_projects_services_the_one_of_the_chosen_profile_is_meant() {
        let one = compose("eu-db-1", "eu", "db", "/shop");
        let other = compose("us-db-1", "us", "db", "/shop");
        let found = |chosen: &str| {
            let compose = vec![chosen.to_owned()];
            let project = Project { root: "/shop".into(), real: None, compose };
            find(&[&one, &other], &project, "db").ok()
        };
        assert_eq!([found("eu"), found("us"), found("shop")], [Some(0), Some(1), None]);
    }

    #[test]
    fn the_exact_name_comes_first_then_the_role_then_the_beginning() {
        check("shop", "shop");
        check("db", "shop-db-1");
        check("default", "testdock-shop-1");
        check("dba", "shop-dbadmin-1");
        check("db-of", "db-of-somebody");
        check("id of shop-db-1", "shop-db-1");
    }

    #[test]
    fn what_fits_several_is_told() {
        check(
            "shop-",
            "cannot tell which container shop- means; name one of shop-db-1, shop-dbadmin-1",
        );
        check("none", "there is no container none; see which there are: testdock containers");
        check("", "there is no container ; see which there are: testdock containers");
    }
}
