//! A sign-in under way: it is kept in a cookie of its own until the browser comes back, so that several
//! tabs can sign in at the same time.

use crate::core::callback::Refusal;
use crate::core::cookies::{Cookies, Lines, line};
use crate::core::record::Record;
use crate::core::text::concat;

/// How long a sign-in may take, in seconds.
const TIME: u32 = 600;
/// How many sign-ins may be under way in a browser, one in each tab, and the size of their cookies,
/// in bytes: beside those of a session, Node takes no more. The oldest goes first.
const MOST: usize = 5;
const SIZE: usize = 3_600;
/// How many letters of the state tell one from the other.
const LETTERS: usize = 8;

/// When it ends, in what the cookie holds.
pub(crate) const ENDS: &str = "ends";

/// `__Host-kinde.sign-in.`
fn prefix(cookie: &str) -> String {
    concat(&[cookie, ".sign-in."])
}

/// The cookie of the sign-in with this state, beside that of a session.
pub(crate) fn name(cookie: &str, state: &str) -> String {
    concat(&[&prefix(cookie), state.get(..LETTERS).unwrap_or_default()])
}

/// When a sign-in ends that begins now.
pub(crate) fn ends(now: f64) -> f64 {
    now + f64::from(TIME) * 1000.0
}

/// What keeps a sign-in, and removes those that there is no room for beside it.
pub(crate) fn write(cookies: &Cookies<'_>, cookie: &str, state: &str, sealed: &str) -> Lines {
    let name = name(cookie, state);
    let room = SIZE.saturating_sub(name.len() + sealed.len());
    let mut lines = cookies.thin(&prefix(cookie), MOST - 1, room);
    lines.push(line(&name, sealed, TIME));
    lines
}

/// Fails if this is no sign-in that is under way.
pub(crate) fn check(sign_in: &impl Record, now: f64) -> Result<(), Refusal> {
    match sign_in.number(ENDS).is_some_and(|ends| ends >= now) {
        true => Ok(()),
        false => Err(Refusal {
            what: "the sign-in took more than 10 minutes, or began in another browser",
            code: "sign_in_not_found".into(),
            description: String::new(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::Json;

    #[test]
    fn a_sign_in_has_ten_minutes() {
        assert_eq!(ends(5.0), 600_005.0);
        let begun = Json(r#"{"ends":600005}"#);
        assert_eq!(check(&begun, 600_005.0), Ok(()));
        for (json, now) in [
            (r#"{"ends":600005}"#, 600_006.0),
            ("{}", 0.0),
            (r#"{"ends":"600005"}"#, 0.0),
            ("", 0.0),
        ] {
            let refusal = check(&Json(json), now).unwrap_err();
            assert_eq!(refusal.code, "sign_in_not_found", "{json}");
        }
    }

    #[test]
    fn its_cookie_is_known_by_its_state() {
        assert_eq!(name("s", "abcdefghij"), "s.sign-in.abcdefgh");
        // Of somebody else's making: no cookie has that name.
        assert_eq!(name("s", ""), "s.sign-in.");
        assert_eq!(name("s", "abcdefgé"), "s.sign-in.");
    }

    #[test]
    fn there_is_room_for_five() {
        let header = |count: usize, size: usize| {
            let one = |n: usize| format!("s.sign-in.{n}={}", "x".repeat(size));
            (0..count).map(one).collect::<Vec<_>>().join("; ")
        };
        let removed = |count, size, sealed: usize| {
            let header = header(count, size);
            let sealed = "y".repeat(sealed);
            let lines = write(&Cookies::read(&header), "s", "abcdefgh", &sealed);
            assert!(lines.last().unwrap().starts_with("s.sign-in.abcdefgh=y"));
            lines.len() - 1
        };
        assert_eq!(removed(4, 10, 10), 0);
        assert_eq!(removed(5, 10, 10), 1);
        assert_eq!(removed(4, 700, 700), 0);
        assert_eq!(removed(4, 800, 800), 1);
        // One that fills all the room alone is kept all the same.
        assert_eq!(removed(2, 10, 4_000), 2);
    }
}
