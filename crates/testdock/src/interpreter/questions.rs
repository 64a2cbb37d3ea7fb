//! What a new interpreter is told by a person: questions with numbers and lines for answers, which every
//! terminal and every screen reader can do.

use std::io::{self, BufRead, Write};

use testdock_core::interpreter::{Addition, DEFAULT, Field, Form, KINDS, Kind, NotAdded};
use testdock_engine::register::Owner;

/// Asks on one stream, reads answers from the other.
pub(super) struct Questions<R, W> {
    answers: R,
    screen: W,
}

impl<R: BufRead, W: Write> Questions<R, W> {
    pub(super) fn new(answers: R, screen: W) -> Self {
        Self { answers, screen }
    }

    /// Asks for all that is not said yet; `taken` are the names that are given away.
    pub(super) fn all(
        &mut self,
        addition: &mut Addition,
        owner: &mut Owner,
        taken: &[&str],
    ) -> io::Result<()> {
        if addition.kind.is_empty() {
            self.kind(addition)?;
        }
        let kind = kind(addition);
        if addition.name.is_empty() {
            let is_free = !taken.contains(&DEFAULT) && *owner == Owner::Project;
            let proposed = if is_free { DEFAULT } else { kind.id };
            addition.name =
                self.line("Name, by which a suite or a person chooses it", Some(proposed))?;
        }
        let (rare, usual): (Vec<&Field>, Vec<&Field>) =
            kind.fields.iter().partition(|field| field.is_advanced);
        self.fields(&usual, addition)?;
        if !rare.is_empty() && self.yes("Ask for the rarely used settings too?")? {
            self.fields(&rare, addition)?;
        }
        if *owner == Owner::Project && addition.name != DEFAULT {
            let choices = ["the project: testdock.toml", "yourself, in all your projects"];
            if self.choice("Who is it for?", &choices)? == 1 {
                *owner = Owner::Person;
            }
        }
        Ok(())
    }

    /// Asks once more for what was refused.
    pub(super) fn again(&mut self, addition: &mut Addition, refused: &NotAdded) -> io::Result<()> {
        match refused.field.as_deref() {
            Some("name") => addition.name = self.line("Name", None)?,
            Some("kind") => self.kind(addition)?,
            key => {
                let is_it = |field: &&Field| Some(field.key) == key;
                if let Some(field) = kind(addition).fields.iter().find(is_it) {
                    self.field(field, addition)?;
                }
            }
        }
        Ok(())
    }

    fn kind(&mut self, addition: &mut Addition) -> io::Result<()> {
        let titles: Vec<String> =
            KINDS.iter().map(|kind| format!("{}: {}", kind.label, kind.description)).collect();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let chosen = self.choice("What is it made from?", &titles)?;
        KINDS[chosen].id.clone_into(&mut addition.kind);
        Ok(())
    }

    fn fields(&mut self, fields: &[&Field], addition: &mut Addition) -> io::Result<()> {
        for field in fields
            .iter()
            .filter(|field| !addition.values.contains_key(field.key))
            .collect::<Vec<_>>()
        {
            self.field(field, addition)?;
        }
        Ok(())
    }

    fn field(&mut self, field: &Field, addition: &mut Addition) -> io::Result<()> {
        let mut title = field.description.to_owned();
        if let Form::Choice(choices) = field.form {
            title = format!("{title} ({})", choices.join(", "));
        }
        loop {
            let answer = self.line(&title, field.default)?;
            if answer.is_empty() && field.is_required {
                writeln!(self.screen, "  this one is needed")?;
                continue;
            }
            addition.values.insert(field.key.to_owned(), answer);
            return Ok(());
        }
    }

    /// The number of one of these, from 0.
    fn choice(&mut self, title: &str, choices: &[&str]) -> io::Result<usize> {
        writeln!(self.screen, "{title}")?;
        for (choice, number) in choices.iter().zip(1..) {
            writeln!(self.screen, "  {number}. {choice}")?;
        }
        loop {
            let answer = self.line("Number", Some("1"))?;
            match answer.parse::<usize>() {
                Ok(number) if (1..=choices.len()).contains(&number) => return Ok(number - 1),
                _ => writeln!(self.screen, "  a number from 1 to {}", choices.len())?,
            }
        }
    }

    fn yes(&mut self, title: &str) -> io::Result<bool> {
        let answer = self.line(title, Some("no"))?;
        Ok(answer.to_lowercase().starts_with('y'))
    }

    /// A line that somebody types; the proposed one where they type nothing.
    fn line(&mut self, title: &str, proposed: Option<&str>) -> io::Result<String> {
        match proposed {
            Some(proposed) => write!(self.screen, "{title} [{proposed}]: ")?,
            None => write!(self.screen, "{title}: ")?,
        }
        self.screen.flush()?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            writeln!(self.screen)?;
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "nothing was added: no answer",
            ));
        }
        Ok(match line.trim() {
            "" => proposed.unwrap_or_default().to_owned(),
            typed => typed.to_owned(),
        })
    }
}

fn kind(addition: &Addition) -> &'static Kind {
    KINDS.iter().find(|kind| kind.id == addition.kind).unwrap_or(&KINDS[0])
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn asked(typed: &str) -> (Addition, Owner, String) {
        let (mut addition, mut owner) = (Addition::default(), Owner::Project);
        let mut screen = Vec::new();
        let mut questions = Questions::new(typed.as_bytes(), &mut screen);
        questions.all(&mut addition, &mut owner, &["default"]).unwrap();
        (addition, owner, String::from_utf8(screen).unwrap())
    }

    #[test]
    fn an_image_for_oneself() {
        let (addition, owner, screen) = asked("7\n2\npy313\n\npython:3.13\nno\n2\n");
        assert_eq!((addition.kind.as_str(), addition.name.as_str()), ("image", "py313"));
        assert_eq!(addition.values["image"], "python:3.13");
        assert_eq!(owner, Owner::Person);
        expect![[r#"
            What is it made from?
              1. Dockerfile: An image that is built from a Dockerfile of the workspace
              2. Image: An image by its name, pulled when it is absent
              3. Compose service: A container like that of a service in a compose file, with what it needs
              4. Dev container: The container that a devcontainer.json describes
              5. Jenkins agent: The Docker agent of a Jenkinsfile, built and run as Jenkins does
            Number [1]:   a number from 1 to 5
            Number [1]: Name, by which a suite or a person chooses it [image]: The image's name, such as python:3.12:   this one is needed
            The image's name, such as python:3.12: Ask for the rarely used settings too? [no]: Who is it for?
              1. the project: testdock.toml
              2. yourself, in all your projects
            Number [1]: "#]]
        .assert_eq(&screen);
    }

    #[test]
    fn what_most_people_would_answer_takes_no_typing() {
        let (addition, owner, _) = asked("\n\n\n\nyes\n\nssh://box\nimage\n\n");
        assert_eq!((addition.kind.as_str(), addition.name.as_str()), ("dockerfile", "dockerfile"));
        assert_eq!(addition.values["dockerfile"], "Dockerfile");
        assert_eq!(addition.values["host"], "ssh://box");
        assert_eq!(addition.values["user"], "image");
        assert_eq!(owner, Owner::Project);
    }

    #[test]
    fn no_answer_adds_nothing() {
        let mut questions = Questions::new(&b"2\n"[..], Vec::new());
        let mut addition = Addition::default();
        let ended = questions.all(&mut addition, &mut Owner::Project, &[]);
        assert!(ended.unwrap_err().to_string().contains("nothing was added"));
    }
}
