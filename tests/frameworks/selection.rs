//! What runs when some of a fixture's tests are selected: these, and no others.

use std::collections::BTreeSet;

use crate::demands::Demands;
use crate::support::expected::Expected;
use crate::support::project::Project;

pub(crate) fn check(project: &Project, expected: &Expected, demands: &Demands) {
    for selection in &demands.selections {
        let of: Vec<&str> = selection.of.iter().map(String::as_str).collect();
        let story = project.run(&of);
        let ran =
            story.of("test-finished").map(|line| line.value["id"].as_str().unwrap().to_owned());
        let ran: BTreeSet<String> = ran.collect();
        let wanted: BTreeSet<String> = selection.ran.iter().cloned().collect();
        assert_eq!(ran, wanted, "of {of:?}: {}", story.errors);
        if let Some(broken) = &selection.broken {
            assert!(story.error().contains(broken), "of {of:?}: {}", story.error());
        }
        for id in &ran {
            let outcome = &story.test(id)["outcome"];
            // What a run of all leaves out is what would keep the others from running.
            let of_all = || expected.tests.get(id).map(|test| test.outcome.as_str());
            let of_this = selection.outcomes.get(id).map(String::as_str);
            let wanted = of_this.or_else(of_all).unwrap_or("errored");
            assert_eq!(*outcome, *wanted, "{id} of {of:?}");
        }
    }
}
