//! Points in time, as engines write them and as people do.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::config;
use crate::model::{Fault, RunError};

/// A point in time: nanoseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// Reads what an engine writes before a line: `2026-01-31T14:30:00.123456789Z`.
    pub fn of_engine(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(Self::from)
    }

    /// Reads what people write, at a time and in a zone: `10m` for ten minutes ago, `14:30` for today,
    /// `2026-01-31`, `2026-01-31T14:30:00` with or without a zone, seconds since the epoch.
    pub fn of_people(text: &str, now: &Zoned) -> Result<Self, RunError> {
        let text = text.trim();
        let ago = || text.parse::<config::Duration>().ok().and_then(|ago| before(now, ago.0));
        let seconds = || text.parse::<i64>().ok().and_then(|s| Timestamp::from_second(s).ok());
        let zone = now.time_zone();
        // A date is tried before a length of time: `2026` alone is neither.
        let found = text
            .parse::<Timestamp>()
            .ok()
            .or_else(|| text.parse::<DateTime>().ok().and_then(|it| at(it, zone)))
            .or_else(|| {
                text.parse::<Date>().ok().and_then(|it| at(it.to_datetime(Time::MIN), zone))
            })
            .or_else(|| {
                let time = text.parse::<Time>().ok().filter(|_| text.contains(':'));
                time.and_then(|time| at(now.date().to_datetime(time), zone))
            })
            .or_else(seconds)
            .or_else(ago);
        found.map(Self::from).ok_or_else(|| {
            let message = format!("cannot read the time `{text}`");
            RunError::new(Fault::Configuration, message)
                .help("write 10m (that long ago), 14:30, 2026-01-31 or 2026-01-31T14:30:00Z")
        })
    }

    /// Whole seconds since the epoch, the fraction left out.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000_000)
    }
}

fn at(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(time).ok()
}

fn before(now: &Zoned, ago: std::time::Duration) -> Option<Timestamp> {
    now.timestamp().checked_sub(ago).ok()
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self(i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX))
    }
}

/// As engines write it.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(time) => write!(f, "{time:.9}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    fn check(text: &str, expected: &str) {
        let zone = TimeZone::fixed(Offset::constant(2));
        let now = "2026-01-31T12:00:00Z".parse::<Timestamp>().unwrap().to_zoned(zone);
        let found = match Moment::of_people(text, &now) {
            Ok(moment) => moment.to_string(),
            Err(error) => error.message,
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn people_write_times_in_many_ways() {
        check("10m", "2026-01-31T11:50:00.000000000Z");
        check("1h 30m", "2026-01-31T10:30:00.000000000Z");
        check("14:30", "2026-01-31T12:30:00.000000000Z");
        check(" 14:30:05 ", "2026-01-31T12:30:05.000000000Z");
        check("2026-01-30", "2026-01-29T22:00:00.000000000Z");
        check("2026-01-30T14:30", "2026-01-30T12:30:00.000000000Z");
        check("2026-01-30 14:30:01", "2026-01-30T12:30:01.000000000Z");
        check("2026-01-30T14:30:00.5Z", "2026-01-30T14:30:00.500000000Z");
        check("2026-01-30T14:30:00+05:00", "2026-01-30T09:30:00.000000000Z");
        check("0", "1970-01-01T00:00:00.000000000Z");
        check("1700000000", "2023-11-14T22:13:20.000000000Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "99:99", "2026-13-01", "1.5.3", "-1h", "9999999999999999d"] {
            check(text, &format!("cannot read the time `{text}`"));
        }
    }

    #[test]
    fn what_an_engine_writes_survives() {
        let text = "2026-01-31T14:30:00.120000000Z";
        assert_eq!(Moment::of_engine(text).unwrap().to_string(), text);
        assert_eq!(Moment::of_engine("listening on 80"), None);
        assert_eq!(Moment(-1).seconds(), -1);
    }
}
