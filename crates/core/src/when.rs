//! A moment as people write it: "mañana 9", "amanhã 9h", "tomorrow 9am", "in 2 hours", "lunes".
//!
//! chrono-english knows English alone; chrono-node-rs knows more languages, is at its first version and takes
//! every clock for UTC.

use std::str::FromStr as _;

use jiff::civil::{Date, DateTime, Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use crate::domain::Timestamp;
use crate::search::folded;

/// When the shop opens: a day alone means this hour.
const MORNING: i8 = 9;
const NOON: i8 = 12;
const AFTERNOON: i8 = 15;
const EVENING: i8 = 19;

/// Returns the moment that `text` means, here and after `now`.
pub fn read(text: &str, now: Timestamp) -> Option<Timestamp> {
    read_in(text, now, &TimeZone::system())
}

fn read_in(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let here = jiff::Timestamp::from_millisecond(now.millis())
        .ok()?
        .to_zoned_datetime(zone.clone())
        .datetime();
    let tokens = tokens_of(text);
    let found = from_now(&tokens, here).or_else(|| Reading::of(&tokens, here)?.moment(here))?;
    let at = found.to_zoned_datetime(zone.clone()).ok()?.timestamp();
    let at = Timestamp::from_millis(at.as_millisecond());
    (at > now).then_some(at)
}

/// Splits into words and numbers: `9h30` is `9 h 30`.
fn tokens_of(text: &str) -> Vec<String> {
    let spread: String = text
        .chars()
        .flat_map(|letter| {
            if matches!(letter, ':' | '/' | '-') {
                [' ', letter, ' ']
            } else {
                ['\0', letter, '\0']
            }
        })
        .filter(|letter| *letter != '\0')
        .collect();
    let mut tokens: Vec<String> = Vec::new();
    for part in spread.split_whitespace() {
        if matches!(part, ":" | "/" | "-") {
            tokens.push(part.to_owned());
            continue;
        }
        let mut piece = String::new();
        let mut was_digit = None;
        for letter in folded(part).chars() {
            let is_digit = letter.is_ascii_digit();
            if letter == ' ' || was_digit.is_some_and(|was| was != is_digit) {
                tokens.extend(Some(std::mem::take(&mut piece)).filter(|piece| !piece.is_empty()));
            }
            if letter != ' ' {
                piece.push(letter);
            }
            was_digit = Some(is_digit);
        }
        tokens.extend(Some(piece).filter(|piece| !piece.is_empty()));
    }
    tokens
}

/// Reads "in 2 hours", "dentro de 3 días", "30 min", "1 semana".
fn from_now(tokens: &[String], here: DateTime) -> Option<DateTime> {
    let rest = match tokens {
        [first, second, rest @ ..] if first == "dentro" && second == "de" => rest,
        [first, second, rest @ ..] if first == "daqui" && second == "a" => rest,
        [first, rest @ ..] if matches!(first.as_str(), "in" | "en" | "em") => rest,
        rest => rest,
    };
    let is_said = rest.len() < tokens.len();
    let [count, unit] = rest else { return None };
    let count = match count.as_str() {
        "a" | "an" | "one" | "un" | "una" | "um" | "uma" => 1,
        "half" | "media" | "meia" => {
            return is_hour(unit)
                .then(|| here.checked_add(30.minutes()).ok())
                .flatten();
        }
        number => i64::from_str(number)
            .ok()
            .filter(|count| (1..=999).contains(count))?,
    };
    let span: Span = match unit.as_str() {
        "m" | "min" | "mins" | "minute" | "minutes" | "minuto" | "minutos" => count.minutes(),
        // "9h" is an hour of the day; "en 9 h" is not.
        "h" | "hs" | "hrs" if !is_said => return None,
        unit if is_hour(unit) => count.hours(),
        "d" | "day" | "days" | "dia" | "dias" => count.days(),
        "w" | "week" | "weeks" | "semana" | "semanas" => count.weeks(),
        "month" | "months" | "mes" | "meses" => count.months(),
        _ => return None,
    };
    here.checked_add(span).ok()
}

fn is_hour(unit: &str) -> bool {
    matches!(
        unit,
        "h" | "hs" | "hr" | "hrs" | "hour" | "hours" | "hora" | "horas"
    )
}

/// What was understood so far.
#[derive(Default)]
struct Reading {
    day: Option<Date>,
    time: Option<Time>,
    /// The hour was written without saying which half of the day.
    is_open: bool,
    part: Option<Part>,
}

/// A part of the day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Noon,
    Afternoon,
    Evening,
}

impl Part {
    fn hour(self) -> i8 {
        match self {
            Self::Morning => MORNING,
            Self::Noon => NOON,
            Self::Afternoon => AFTERNOON,
            Self::Evening => EVENING,
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "morning" | "manha" | "madrugada" => Some(Self::Morning),
            "noon" | "midday" | "mediodia" => Some(Self::Noon),
            "afternoon" | "tarde" => Some(Self::Afternoon),
            "evening" | "night" | "tonight" | "noche" | "noite" => Some(Self::Evening),
            _ => None,
        }
    }
}

impl Reading {
    /// Reads every token; one that means nothing makes the whole mean nothing.
    fn of(tokens: &[String], here: DateTime) -> Option<Self> {
        let mut reading = Self::default();
        let mut rest = tokens;
        while !rest.is_empty() {
            let read = reading
                .day(rest, here)
                .or_else(|| reading.hour(rest))
                .or_else(|| reading.word(rest, here))?;
            rest = rest.get(read..)?;
        }
        (reading.day.is_some() || reading.time.is_some() || reading.part.is_some()).then_some(reading)
    }

    /// Takes a date: `24/12`, `2026-12-24`, `24 dic`, `dec 24`. Returns how many tokens it is.
    fn day(&mut self, tokens: &[String], here: DateTime) -> Option<usize> {
        let (date, read) = date_from(tokens, here.date())?;
        self.day.is_none().then_some(())?;
        self.day = Some(date);
        Some(read)
    }

    /// Takes an hour: `9`, `9 h`, `9 : 30`, `9 am`, `14 h 30`.
    fn hour(&mut self, tokens: &[String]) -> Option<usize> {
        let hour: i8 = tokens
            .first()?
            .parse()
            .ok()
            .filter(|hour| (0..24).contains(hour))?;
        self.time.is_none().then_some(())?;
        let minute = |at: usize| {
            tokens
                .get(at)?
                .parse::<i8>()
                .ok()
                .filter(|minute| (0..60).contains(minute))
        };
        let word = |at: usize| tokens.get(at).map(String::as_str);
        let (minutes, mut read) = match (word(1), minute(2)) {
            (Some(":"), minutes) => (minutes?, 3),
            (Some("h"), Some(minutes)) => (minutes, 3),
            (Some("h" | "hs" | "hrs" | "horas" | "hora" | "oclock"), _) => (0, 2),
            _ => (0, 1),
        };
        let half = match (word(read), word(read + 1)) {
            (Some("am"), _) => Some((true, 1)),
            (Some("pm"), _) => Some((false, 1)),
            (Some("a"), Some("m")) => Some((true, 2)),
            (Some("p"), Some("m")) => Some((false, 2)),
            _ => None,
        };
        let hour = match half {
            Some((_, length)) if (1..=12).contains(&hour) => {
                read += length;
                hour % 12
                    + if half.is_some_and(|(is_morning, _)| is_morning) {
                        0
                    } else {
                        12
                    }
            }
            Some(_) => return None,
            None => hour,
        };
        self.is_open = half.is_none() && read == 1 && hour < 12;
        self.time = Some(time(hour, minutes, 0, 0));
        Some(read)
    }

    /// Takes a word, or a few that belong together.
    fn word(&mut self, tokens: &[String], here: DateTime) -> Option<usize> {
        let words: Vec<&str> = tokens.iter().map(String::as_str).take(4).collect();
        let today = here.date();
        let set = |reading: &mut Self, day: Option<Date>, read: usize| {
            reading.day = Some(day?);
            Some(read)
        };
        match words[..] {
            [
                "por" | "en" | "de" | "a" | "la" | "in" | "pela" | "da" | "na" | "this" | "esta" | "the",
                ref after @ ..,
            ] => {
                // "por la mañana" is a part of the day; "mañana" alone is a day.
                let of_part = after.iter().position(|word| !matches!(*word, "la" | "the" | "a"));
                match of_part.map(|at| (at, after.get(at).copied().unwrap_or_default())) {
                    Some((at, "manana")) => {
                        self.part = Some(Part::Morning);
                        Some(at + 2)
                    }
                    Some((at, word)) if Part::from_word(word).is_some() => {
                        self.part = Part::from_word(word);
                        Some(at + 2)
                    }
                    _ => Some(1),
                }
            }
            ["pasado", "manana", ..] => set(self, today.checked_add(2.days()).ok(), 2),
            ["depois", "de", "amanha", ..] | ["day", "after", "tomorrow", ..] => {
                set(self, today.checked_add(2.days()).ok(), 3)
            }
            ["proxima", "semana", ..] | ["next", "week", ..] => set(self, next(today, Weekday::Monday), 2),
            ["semana", "que", "viene" | "vem", ..] => set(self, next(today, Weekday::Monday), 3),
            ["meio", "dia", ..] => {
                self.part = Some(Part::Noon);
                Some(2)
            }
            ["manana" | "amanha" | "tomorrow" | "tmrw", ..] if self.day.is_none() => {
                set(self, today.tomorrow().ok(), 1)
            }
            // "el lunes mañana": the second one is the morning.
            ["manana", ..] => {
                self.part = Some(Part::Morning);
                Some(1)
            }
            ["today" | "hoy" | "hoje", ..] => set(self, Some(today), 1),
            [
                "at" | "on" | "as" | "al" | "el" | "las" | "los" | "o" | "next" | "proximo" | "este"
                | "feira" | "-" | "que" | "viene" | "y" | "e" | "following",
                ..,
            ] => Some(1),
            [word, ..] => {
                if let Some(day) = weekday_from(word) {
                    return set(self, next(today, day), 1);
                }
                self.part = Some(Part::from_word(word)?);
                if word == "tonight" {
                    self.day = Some(today);
                }
                Some(1)
            }
            [] => None,
        }
    }

    fn moment(self, here: DateTime) -> Option<DateTime> {
        let mut at = self
            .time
            .unwrap_or_else(|| time(self.part.map_or(MORNING, Part::hour), 0, 0, 0));
        let is_late = matches!(self.part, Some(Part::Afternoon | Part::Evening));
        if self.time.is_some() && is_late && at.hour() < 12 {
            at = time(at.hour() + 12, at.minute(), 0, 0);
        }
        let Some(day) = self.day else {
            return soonest(at, self.is_open && self.part.is_none(), here);
        };
        Some(day.to_datetime(at))
    }
}

/// Returns when the clock next shows that: "3" in the morning is this afternoon's.
fn soonest(at: Time, is_open: bool, here: DateTime) -> Option<DateTime> {
    let today = here.date();
    if here.time() < at {
        return Some(today.to_datetime(at));
    }
    if is_open && at.hour() < 8 && at.hour() > 0 {
        let later = time(at.hour() + 12, at.minute(), 0, 0);
        if here.time() < later {
            return Some(today.to_datetime(later));
        }
    }
    Some(today.tomorrow().ok()?.to_datetime(at))
}

/// Returns the next such day after today.
fn next(today: Date, day: Weekday) -> Option<Date> {
    (1..=7)
        .filter_map(|days| today.checked_add(i64::from(days).days()).ok())
        .find(|date| date.weekday() == day)
}

fn date_from(tokens: &[String], today: Date) -> Option<(Date, usize)> {
    let word = |at: usize| tokens.get(at).map(String::as_str);
    let number = |at: usize| tokens.get(at)?.parse::<i16>().ok();
    let small = |at: usize| number(at).and_then(|number| i8::try_from(number).ok());
    match (word(1), word(3)) {
        (Some(mark @ ("/" | "-")), second) => {
            if number(0)? > 1970 {
                second.filter(|second| *second == mark)?;
                return Some((Date::new(number(0)?, small(2)?, small(4)?).ok()?, 5));
            }
            if second == Some(mark) {
                let year = number(4)?;
                let year = if year < 100 { year + 2000 } else { year };
                return Some((Date::new(year, small(2)?, small(0)?).ok()?, 5));
            }
            Some((coming(today, small(2)?, small(0)?)?, 3))
        }
        (Some("de"), _) => Some((coming(today, month_from(word(2)?)?, small(0)?)?, 3)),
        (Some(month), _) if small(0).is_some() => Some((coming(today, month_from(month)?, small(0)?)?, 2)),
        _ => Some((coming(today, month_from(word(0)?)?, small(1)?)?, 2)),
    }
}

/// Returns the day of this year, or of the next if it is over.
fn coming(today: Date, month: i8, day: i8) -> Option<Date> {
    let date = Date::new(today.year(), month, day).ok()?;
    if date < today {
        Date::new(today.year() + 1, month, day).ok()
    } else {
        Some(date)
    }
}

fn weekday_from(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" | "lunes" | "segunda" => Weekday::Monday,
        "tuesday" | "tue" | "martes" | "terca" => Weekday::Tuesday,
        "wednesday" | "wed" | "miercoles" | "quarta" => Weekday::Wednesday,
        "thursday" | "thu" | "jueves" | "quinta" => Weekday::Thursday,
        "friday" | "fri" | "viernes" | "sexta" => Weekday::Friday,
        "saturday" | "sat" | "sabado" => Weekday::Saturday,
        "sunday" | "sun" | "domingo" => Weekday::Sunday,
        _ => return None,
    })
}

fn month_from(word: &str) -> Option<i8> {
    let months = [
        ["jan", "ene"],
        ["feb", "fev"],
        ["mar", "mar"],
        ["apr", "abr"],
        ["may", "mai"],
        ["jun", "jun"],
        ["jul", "jul"],
        ["aug", "ago"],
        ["sep", "set"],
        ["oct", "out"],
        ["nov", "nov"],
        ["dec", "dic"],
    ];
    let is_weekday = weekday_from(word).is_some();
    let beginning = word.get(..3).filter(|_| !is_weekday)?;
    let at = months
        .iter()
        .position(|names| names.contains(&beginning))
        .or_else(|| (beginning == "dez").then_some(11))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Tuesday, 15:00.
    fn read_here(text: &str) -> Option<String> {
        let zone = TimeZone::fixed(jiff::tz::offset(-6));
        let now = Timestamp::from_rfc3339("2026-11-24T21:00:00Z").unwrap();
        let at = read_in(text, now, &zone)?;
        let here = jiff::Timestamp::from_millisecond(at.millis())
            .unwrap()
            .to_zoned_datetime(zone);
        Some(here.datetime().to_string())
    }

    #[test]
    fn moments_are_read_in_three_languages() {
        for (texts, at) in [
            (
                vec![
                    "mañana 9",
                    "amanhã 9h",
                    "tomorrow 9am",
                    "mañana a las 9",
                    "amanhã às 9h",
                    "MANANA 9:00",
                ],
                "2026-11-25T09:00:00",
            ),
            (
                vec![
                    "mañana",
                    "amanhã",
                    "tomorrow",
                    "mañana por la mañana",
                    "amanhã de manhã",
                    "tomorrow morning",
                ],
                "2026-11-25T09:00:00",
            ),
            (
                vec![
                    "in 2 hours",
                    "en 2 horas",
                    "em 2 horas",
                    "dentro de 2 horas",
                    "2 hours",
                    "daqui a 2 horas",
                ],
                "2026-11-24T17:00:00",
            ),
            (
                vec!["30 min", "30m", "in 30 minutes", "en 30 minutos", "media hora"],
                "2026-11-24T15:30:00",
            ),
            (
                vec![
                    "lunes",
                    "segunda",
                    "segunda-feira",
                    "monday",
                    "el lunes",
                    "next monday",
                    "next week",
                    "próxima semana",
                    "semana que vem",
                ],
                "2026-11-30T09:00:00",
            ),
            (
                vec![
                    "lunes 14:30",
                    "segunda 14h30",
                    "monday 2:30pm",
                    "el lunes a las 14:30",
                ],
                "2026-11-30T14:30:00",
            ),
            (
                vec!["viernes por la tarde", "sexta à tarde", "friday afternoon"],
                "2026-11-27T15:00:00",
            ),
            (
                vec!["esta noche", "hoje à noite", "tonight", "hoy 19"],
                "2026-11-24T19:00:00",
            ),
            (
                vec!["pasado mañana", "depois de amanhã", "day after tomorrow"],
                "2026-11-26T09:00:00",
            ),
            (
                vec![
                    "24/12",
                    "24 dic",
                    "24 de diciembre",
                    "dec 24",
                    "24 dez",
                    "2026-12-24",
                ],
                "2026-12-24T09:00:00",
            ),
            (
                vec!["5", "17", "5pm", "5 de la tarde", "17h"],
                "2026-11-24T17:00:00",
            ),
            (vec!["9", "9am", "a las 9", "at 9"], "2026-11-25T09:00:00"),
            (
                vec!["mañana 8 de la noche", "tomorrow 8pm", "amanhã 8 da noite"],
                "2026-11-25T20:00:00",
            ),
        ] {
            for text in texts {
                assert_eq!(read_here(text).as_deref(), Some(at), "{text}");
            }
        }
    }

    #[test]
    fn a_date_that_is_over_is_next_years() {
        assert_eq!(read_here("3/1").as_deref(), Some("2027-01-03T09:00:00"));
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for text in [
            "",
            "pronto",
            "mañana quizás",
            "25:00",
            "31/02",
            "hoy 9",
            "2020-01-01",
            "hello 9",
        ] {
            assert_eq!(read_here(text), None, "{text}");
        }
    }
}
