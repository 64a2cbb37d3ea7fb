//! What it all came to, once PHPUnit has ended.

use serde_json::{Value, json};

use super::{Open, PhpunitReader};
use crate::frameworks::php::Tool;
use crate::frameworks::php::failure::{listed, noticed};
use crate::frameworks::php::pest::names::made;
use crate::frameworks::php::pest::naming::split;
use crate::frameworks::php::trouble::unprovided;
use crate::frameworks::{Conclusion, Exit, Reader};
use crate::id::TestId;
use crate::paths::RelPath;
use crate::plan::ReportFile;

impl PhpunitReader {
    pub(super) fn settle(&mut self, reports: &[ReportFile], exit: Exit) -> Conclusion {
        reports.iter().for_each(|report| self.heed(report));
        self.settle_running(exit);
        self.settle_listed();
        self.settle_classes();
        self.settle_loading();
        self.settle_stop();
        let is_elsewhere = self.settle_providers() | self.settle_unloaded(exit);
        let exit = if is_elsewhere { Exit::Code(0) } else { exit };
        self.settle_risky(exit);
        self.settle_end(reports.iter().any(|report| !report.bytes.is_empty()), exit);
        self.settle_names();
        self.inner.forget();
        for event in std::mem::take(&mut self.finished).into_values() {
            self.tell(&event);
        }
        self.inner.conclude(&[], exit)
    }

    /// The test under way did not end.
    fn settle_running(&mut self, exit: Exit) {
        let Some((key, mut event)) = self.running.take() else {
            return self.settle_running_class(exit);
        };
        let fatal = self.trouble.fatal.take();
        let place = fatal.as_ref().map(|it| json!({ "path": it.path, "line": it.line }));
        let message = fatal.map(|fatal| fatal.message);
        let message = message.unwrap_or_else(|| format!("the process ended while it ran: {exit}"));
        event["outcome"] = json!("errored");
        event["failures"] = json!([{ "message": message, "frames": Vec::from_iter(place) }]);
        self.finished.insert(key, event);
    }

    /// The class under way did not end, and none of its tests ran: what goes before or after them ended the process.
    fn settle_running_class(&mut self, exit: Exit) {
        let class = self.open.last().and_then(|suite| suite.class.clone());
        let Some((file, class)) = class.filter(|_| self.trouble.fatal.is_none()) else {
            return;
        };
        let key = (file, class, String::new());
        let mut event = self.event(&key, "errored");
        let message = format!("the process ended before or after the tests of this class: {exit}");
        event["failures"] = json!([{ "message": message }]);
        self.finished.entry(key).or_insert(event);
    }

    /// What PHPUnit lists of a class, and told of no test.
    fn settle_listed(&mut self) {
        for told in std::mem::take(&mut self.class_errors.told) {
            // PHPUnit 9 lists an invalid provider as an `Error`, and has told of it.
            if told.message.lines().next().and_then(unprovided).is_some() {
                continue;
            }
            if let Some((key, event)) =
                self.class_errored(&told.class, &told.details, &listed(&told))
            {
                self.finished.entry(key).or_insert(event);
            }
        }
    }

    /// A file that could not be loaded. What a test's own processes say of themselves is no such thing.
    fn settle_loading(&mut self) {
        let is_whole = self.ended > 0 && self.open.is_empty();
        let fatal = self.trouble.fatal.take().filter(|fatal| fatal.is_inside || !is_whole);
        let Some(fatal) = fatal else {
            return;
        };
        if self.inner.file(&fatal.path).is_none() {
            self.fatal(&format!("{} in {}:{}", fatal.message, fatal.path, fatal.line));
            return;
        }
        let told = json!({ "message": fatal.message, "path": fatal.path, "line": fatal.line });
        self.unloadable(fatal.path, &told);
    }

    /// All files of a run are loaded before its first test, so that one that cannot be keeps all from running.
    fn unloadable(&mut self, file: String, failure: &Value) {
        let own = self.inner.file(&file);
        let is_other = |id: &TestId| own.as_ref() != Some(&id.file) && self.job.selects(id);
        let is_first = self.finished.is_empty() && self.open.is_empty();
        if is_first && self.job.known.items().any(|item| is_other(&item.id)) {
            let tool = match self.tool {
                Tool::Phpunit => "PHPUnit",
                Tool::Pest => "Pest",
            };
            let told = own.map_or_else(|| file.clone(), |own| own.to_string());
            let message = format!(
                "no other test ran with it: {tool} loads all files first, and {told} cannot be loaded"
            );
            self.tell(&json!({ "e": "problem", "message": message }));
        }
        let key = (file, String::new(), String::new());
        let mut event = self.event(&key, "errored");
        event["failures"] = json!([failure]);
        self.finished.insert(key, event);
        self.ended += 1;
    }

    /// What is nobody's test and no file of the project, and kept all from running.
    fn fatal(&mut self, message: &str) {
        self.tell(&json!({ "e": "fatal", "message": message }));
    }

    /// Whether it came to its end, or says what kept it from beginning. One that ends well without a word was ended
    /// by what it loaded.
    fn settle_end(&mut self, has_report: bool, exit: Exit) {
        if !self.open.is_empty() {
            return;
        }
        let is_pest_well = self.tool == Tool::Pest && exit == Exit::Code(0);
        if self.ended > 0 || self.last_words.is_empty || has_report || is_pest_well {
            self.tell(&json!({ "e": "end" }));
        } else if let Some(why) = self.last_words.why().filter(|_| self.tool == Tool::Phpunit) {
            self.fatal(&why);
        }
    }

    /// PHPUnit asks all providers for their data, also those of tests that were not chosen. Whether it did so in vain.
    fn settle_providers(&mut self) -> bool {
        let mut is_elsewhere = false;
        for invalid in std::mem::take(&mut self.trouble.providers) {
            let of_pest = made(&invalid.class).and_then(|it| self.naming.test(it, &invalid.method));
            let names = of_pest.map_or_else(
                || vec![invalid.class.clone(), invalid.method.clone()],
                |(_, names)| names,
            );
            let item = self.job.known.items().find(|item| item.id.names == names);
            if item.is_some_and(|item| !self.job.selects(&item.id)) {
                is_elsewhere = true;
                let message = format!("{}: {}", names.join("::"), invalid.message);
                self.tell(&json!({ "e": "problem", "message": message }));
                continue;
            }
            let own = self.file(&invalid.class);
            let Some(file) = own.or_else(|| invalid.place.clone().map(|place| place.0)) else {
                continue;
            };
            let key = (file, invalid.class, invalid.method);
            let mut event = self.event(&key, "errored");
            let frame = invalid.place.map(|(path, line)| json!({ "path": path, "line": line }));
            let told = json!({ "message": invalid.message, "frames": Vec::from_iter(frame) });
            event["failures"] = json!([told]);
            self.finished.entry(key).or_insert(event);
        }
        is_elsewhere
    }

    /// PHPUnit looks into all files of the places that it is told, also into those that were not chosen. Whether it found
    /// no test in one of these.
    fn settle_unloaded(&mut self, exit: Exit) -> bool {
        let mut is_elsewhere = false;
        let is_explained = self.is_explained(exit);
        for told in std::mem::take(&mut self.unloaded.told) {
            let file =
                told.path.or_else(|| self.file(&told.class)).or_else(|| self.bare(&told.class));
            let own = file.as_deref().and_then(|file| self.inner.file(file));
            if own.is_some_and(|own| !self.is_chosen(own)) {
                is_elsewhere = true;
                continue;
            }
            let (Some(file), false) = (file, is_explained) else {
                self.tell(&json!({ "e": "problem", "message": told.message }));
                continue;
            };
            let key = (file.clone(), String::new(), String::new());
            let mut event = self.event(&key, "errored");
            event["failures"] = json!([{ "message": told.message, "path": file, "line": 1 }]);
            self.finished.entry(key).or_insert(event);
        }
        is_elsewhere
    }

    /// Whether what is known so far says why PHPUnit ended so.
    fn is_explained(&self, exit: Exit) -> bool {
        let is_bad = |event: &Value| event["outcome"] == "failed" || event["outcome"] == "errored";
        exit == Exit::Code(0) || self.finished.values().any(is_bad)
    }

    /// Whether all of a file was chosen, or something in it.
    fn is_chosen(&self, file: RelPath) -> bool {
        let has_chosen = self.job.selection.iter().any(|id| id.file == file);
        has_chosen || self.job.selects(&self.job.suite.of_file(file))
    }

    /// The file of a class in which no test was found.
    fn bare(&self, class: &str) -> Option<String> {
        let name = format!("{}.php", class.rsplit('\\').next().unwrap_or(class));
        let mut files = self.job.known.bare();
        let file = files.find(|file| file.as_str().rsplit('/').next() == Some(&name))?;
        Some(self.site.workspace(file))
    }

    /// A project may have PHPUnit take amiss what it only remarks on otherwise.
    fn settle_risky(&mut self, exit: Exit) {
        if self.is_explained(exit) && !self.fails_on_risky {
            return;
        }
        for key in std::mem::take(&mut self.placeless) {
            let risky = self.finished.get_mut(&key).filter(|event| event["outcome"] == "passed");
            if let Some(event) = risky {
                event["outcome"] = json!("failed");
            }
        }
    }

    /// What no report tells has the name that its method tells.
    fn settle_names(&mut self) {
        for (key, event) in &mut self.finished {
            if let Some(class) = made(&key.1).filter(|_| event["file"].is_null()) {
                let (file, names) = self.naming.guess(class, split(&key.2).0);
                (event["file"], event["names"]) = (json!(file), json!(names));
            }
        }
    }

    /// What Pest says for people of a class whose first test did not begin.
    fn settle_classes(&mut self) {
        for told in self.trouble.notices.of_classes() {
            let (Some(class), Some(file)) =
                (&told.class, told.class.as_deref().map(|it| self.naming.file(it)))
            else {
                continue;
            };
            let is_open = |suite: &&Open| made(&suite.name) == Some(class);
            if let Some(name) = self.open.iter().find(is_open).map(|suite| suite.name.clone()) {
                self.close(&name);
            }
            let key = (file, format!("P\\{class}"), String::new());
            let mut event = self.event(&key, "errored");
            event["failures"] = json!([noticed(&told)]);
            self.finished.entry(key).or_insert(event);
        }
    }

    /// What stopped Pest, which names a file in its message where it says no place.
    fn settle_stop(&mut self) {
        let Some(told) =
            self.trouble.notices.stop().filter(|_| self.ended == 0 && self.open.is_empty())
        else {
            return;
        };
        let file = told.place.as_ref().map(|place| place.0.clone());
        let Some(file) = file.or_else(|| told.file()) else {
            return;
        };
        self.unloadable(file, &noticed(&told));
    }
}
