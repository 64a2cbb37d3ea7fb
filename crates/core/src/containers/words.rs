//! States, ports, sizes and ages in words.

use std::time::Duration;

use super::{Health, Image, Port};
use crate::views::bytes_words;

/// An engine's line about a container, in our words, and what its health check says. Seconds are left
/// out: what is shown for a while is not to be wrong after one.
pub fn status_words(said: &str) -> (String, Option<Health>) {
    let notes = [
        (" (paused)", None),
        (" (healthy)", Some(Health::Healthy)),
        (" (unhealthy)", Some(Health::Unhealthy)),
        (" (health: starting)", Some(Health::Starting)),
    ];
    let mut words = said.trim().to_lowercase();
    let mut health = None;
    for (note, means) in notes {
        if words.ends_with(note) {
            words.truncate(words.len() - note.len());
            health = health.or(means);
        }
    }
    (without_seconds(&words), health)
}

fn without_seconds(words: &str) -> String {
    let parts: Vec<&str> = words.split(' ').collect();
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let at = parts.iter().position(|part| matches!(*part, "second" | "seconds"));
    let start = at.and_then(|at| match parts[..at] {
        [.., "less", "than", "a"] => Some(at - 3),
        [.., number] if is_number(number) => Some(at - 1),
        _ => None,
    });
    match (start, at) {
        (Some(start), Some(at)) => {
            let new = [&parts[..start], &["less", "than", "a", "minute"], &parts[at + 1..]];
            new.concat().join(" ")
        }
        _ => words.to_owned(),
    }
}

/// The ports as they are reached: `8080→80, 127.0.0.1:5432→5432`.
pub fn ports_words(ports: &[Port]) -> String {
    let mut words: Vec<String> = Vec::new();
    for port in ports {
        let address = match port.address.as_str() {
            "" | "0.0.0.0" | "::" => String::new(),
            address if address.contains(':') => format!("[{address}]:"),
            address => format!("{address}:"),
        };
        let protocol = match port.protocol.as_str() {
            "tcp" | "" => String::new(),
            protocol => format!("/{protocol}"),
        };
        let word = format!("{address}{}→{}{protocol}", port.outside, port.inside);
        // The same once more, of the other version of the internet protocol.
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}

/// An age as people say it: `less than a minute`, `5 minutes`, `1 hour`, `3 days`.
pub fn age_words(age: Duration) -> String {
    let units = [("day", 86_400), ("hour", 3_600), ("minute", 60)];
    let seconds = age.as_secs();
    let Some((unit, length)) = units.into_iter().find(|(_, length)| seconds >= *length) else {
        return "less than a minute".to_owned();
    };
    match seconds / length {
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    }
}

/// What an image is, at `now` in seconds since the epoch: `412.3 MB, made 3 days ago`.
pub fn image_words(image: &Image, now: i64) -> String {
    let age = u64::try_from(now.saturating_sub(image.created)).unwrap_or(0);
    let age = age_words(Duration::from_secs(age));
    let used = if image.in_use { ", in use" } else { "" };
    format!("{}, made {age} ago{used}", bytes_words(image.size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engines_line_becomes_words_that_stay_true_for_a_while() {
        let check = |said: &str, words: &str, health: Option<Health>| {
            assert_eq!(status_words(said), (words.to_owned(), health), "{said}");
        };
        check("Up 5 minutes", "up 5 minutes", None);
        check("Up 5 minutes (healthy)", "up 5 minutes", Some(Health::Healthy));
        check("Up 3 days (unhealthy)", "up 3 days", Some(Health::Unhealthy));
        check("Up 1 second (health: starting)", "up less than a minute", Some(Health::Starting));
        check("Up Less than a second", "up less than a minute", None);
        check("Up 2 hours (healthy) (Paused)", "up 2 hours", Some(Health::Healthy));
        check("Up About a minute", "up about a minute", None);
        check("Exited (137) 12 seconds ago", "exited (137) less than a minute ago", None);
        check("Created", "created", None);
        check("", "", None);
        check("seconds", "seconds", None);
    }

    #[test]
    fn a_port_is_told_once() {
        let port = |address: &str, outside, inside, protocol: &str| Port {
            address: address.to_owned(),
            outside,
            inside,
            protocol: protocol.to_owned(),
        };
        let ports = [
            port("0.0.0.0", 8080, 80, "tcp"),
            port("::", 8080, 80, "tcp"),
            port("127.0.0.1", 53, 5353, "udp"),
            port("::1", 1, 2, "tcp"),
        ];
        assert_eq!(ports_words(&ports), "8080→80, 127.0.0.1:53→5353/udp, [::1]:1→2");
        assert_eq!(ports_words(&[]), "");
    }

    #[test]
    fn ages_take_the_unit_that_fits() {
        let words = [59, 60, 3_599, 7_200, 86_400 * 3].map(|s| age_words(Duration::from_secs(s)));
        assert_eq!(words, ["less than a minute", "1 minute", "59 minutes", "2 hours", "3 days"]);
    }

    #[test]
    fn an_image_of_a_clock_that_is_ahead_is_new() {
        let image = Image {
            id: String::new(),
            names: Vec::new(),
            size: 412_300_000,
            created: 100,
            workspace: None,
            in_use: true,
        };
        let words = "412.3 MB, made less than a minute ago, in use";
        assert_eq!(image_words(&image, 90), words);
    }
}
