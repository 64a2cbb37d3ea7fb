//! What a new interpreter is told by flags: one for each field of each kind.

use std::collections::BTreeMap;

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use testdock_core::interpreter::{Field, KINDS};

/// Answers to the fields of kinds, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers(pub(crate) BTreeMap<String, String>);

/// The fields of all kinds; one that several kinds have is one flag.
fn fields() -> BTreeMap<&'static str, &'static Field> {
    KINDS.iter().flat_map(|kind| kind.fields).rev().map(|field| (field.key, field)).collect()
}

/// The flag of a field, without its dashes.
pub(super) fn flag(key: &str) -> String {
    key.replace('.', "-")
}

impl Args for Answers {
    fn augment_args(command: Command) -> Command {
        let arg = |field: &Field| {
            let value = flag(field.key).to_uppercase();
            Arg::new(field.key).long(flag(field.key)).value_name(value).help(field.description)
        };
        let command = command.next_help_heading("What it is made from, and how");
        command.args(fields().into_values().map(arg)).next_help_heading(None::<&str>)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Answers {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |key: &str| Some((key.to_owned(), matches.get_one::<String>(key)?.clone()));
        Ok(Self(fields().into_keys().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
