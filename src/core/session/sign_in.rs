//! A sign-in under way: it is kept in a cookie of its own until the browser comes back, so that several
//! tabs can sign in at the same time.

use crate::core::callback::Refusal;
use crate::core::cookies::{Cookies, Lines, line, numbered};
use crate::core::record::Record;
use crate::core::text::concat;

/// How long a sign-in may take, in seconds.
const TIME: u32 = 600;
/// How many sign-ins may be under way in a browser, one in each tab, and the size of their cookies,
/// in bytes: beside those of a session, Node takes no more. The oldest goes first. Each has a number
/// below that: of as many as prefetches begin at once, without a cookie to know of each other by, a
/// browser keeps no more either.
const MOST: u32 = 5;
const SIZE: usize = 3_600;
/// How many letters of an address to come back to make a cookie long. Of these there is one, unless
/// there is room.
const LONG: u32 = 160;

/// When it ends, in what the cookie holds.
pub(crate) const ENDS: &str = "ends";

/// `__Host-kinde.sign-in.`
fn prefix(cookie: &str) -> String {
    concat(&[cookie, ".sign-in."])
}

/// The cookie of the sign-in with this state, beside that of a session: the state begins with its
/// number.
pub(crate) fn name(cookie: &str, state: &str) -> String {
    concat(&[&prefix(cookie), state.get(..1).unwrap_or_default()])
}

/// The state of one more sign-in: the number of its cookie, and what nobody can guess. `length` is that
/// of the address to come back to, `chance` is from 0 to 1.
pub(crate) fn state(
    cookies: &Cookies<'_>,
    cookie: &str,
    length: u32,
    chance: f64,
    secret: &str,
) -> String {
    let place = cookies.place(&prefix(cookie), MOST, length > LONG, chance);
    concat(&[&numbered("", place), secret])
}

/// When a sign-in ends that begins now.
pub(crate) fn ends(now: f64) -> f64 {
    now + f64::from(TIME) * 1000.0
}

/// What keeps a sign-in, and removes those that there is no room for beside it.
pub(crate) fn write(cookies: &Cookies<'_>, cookie: &str, state: &str, sealed: &str) -> Lines {
    let name = name(cookie, state);
    let room = SIZE.saturating_sub(name.len() + sealed.len());
    let mut lines = cookies.thin(&prefix(cookie), &name, MOST as usize - 1, room);
    // What is removed before it is set is the newest to the browser, and goes last.
    lines.extend(cookies.one(&name).map(|_| line(&name, "", 0)));
    lines.push(line(&name, sealed, TIME));
    lines
}

/// Fails if this is not the sign-in with this state, or not under way.
pub(crate) fn check(sign_in: &impl Record, state: &str, now: f64) -> Result<(), Refusal> {
    let is_it = sign_in.text("state").is_some_and(|own| own == state);
    match is_it && sign_in.number(ENDS).is_some_and(|ends| ends >= now) {
        true => Ok(()),
        false => Err(Refusal {
            what: "the sign-in took more than 10 minutes, began in another browser, or made room for newer ones",
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
        let begun = Json(r#"{"state":"1a","ends":600005}"#);
        assert_eq!(check(&begun, "1a", 600_005.0), Ok(()));
        for (json, now) in [
            (r#"{"state":"1a","ends":600005}"#, 600_006.0),
            // In its place is another by now.
            (r#"{"state":"1b","ends":600005}"#, 0.0),
            (r#"{"ends":600005}"#, 0.0),
            (r#"{"state":"1a"}"#, 0.0),
            ("{}", 0.0),
            (r#"{"state":"1a","ends":"600005"}"#, 0.0),
            ("", 0.0),
        ] {
            let refusal = check(&Json(json), "1a", now).unwrap_err();
            assert_eq!(refusal.code, "sign_in_not_found", "{json}");
        }
    }

    #[test]
    fn its_cookie_is_known_by_its_state() {
        assert_eq!(name("s", "3bcdefghij"), "s.sign-in.3");
        // Of somebody else's making: no cookie has that name.
        assert_eq!(name("s", ""), "s.sign-in.");
        assert_eq!(name("s", "é"), "s.sign-in.");
    }

    #[test]
    fn its_state_has_a_number_that_is_free() {
        let header = "s.sign-in.0=x; s.sign-in.2=x";
        let state = |length| state(&Cookies::read(header), "s", length, 0.0, "secret");
        assert_eq!(state(160), "1secret");
        assert_eq!(state(161), "4secret");
    }

    #[test]
    fn of_forty_that_begin_at_once_a_browser_keeps_five() {
        let mut kept = std::collections::BTreeSet::new();
        for n in 0..40 {
            let (length, chance) = (n % 2 * 500, f64::from(n) / 40.0);
            let begun = Cookies::read("");
            kept.insert(name("s", &state(&begun, "s", length, chance, "x")));
        }
        assert_eq!(kept.len(), 5);
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
            let lines = write(&Cookies::read(&header), "s", "4bcdefgh", &sealed);
            assert!(lines.last().unwrap().starts_with("s.sign-in.4=y"));
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
