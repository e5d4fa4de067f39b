//! Cookies (RFC 6265): those of a request, and those for the answer to it.

use super::text::{concat, cut, parts, push_number};

/// The longest value of one cookie: with its name and attributes it is below the 4,096 bytes that
/// browsers take.
pub(crate) const LONGEST: usize = 3_800;
/// The most cookies that a value is cut into.
pub(crate) const MOST: usize = 10;

/// `Set-Cookie` values.
pub(crate) type Lines = Vec<String>;

/// The cookies of a request.
pub(crate) struct Cookies<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Cookies<'a> {
    /// Reads a `Cookie` header.
    pub fn read(header: &'a str) -> Self {
        let pairs = parts(header, b';');
        let pairs = pairs.filter_map(|pair| cut(pair.trim_ascii(), b'='));
        Cookies(pairs.collect())
    }

    /// The value of a cookie.
    pub fn one(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(one, _)| *one == name);
        found.map(|(_, value)| *value)
    }

    /// The value of a cookie, put together if it is in pieces.
    pub fn whole(&self, name: &str) -> String {
        let mut whole = String::from(self.one(name).unwrap_or_default());
        for index in 0..MOST {
            match self.one(&piece(name, index)) {
                Some(part) => whole.push_str(part),
                None => break,
            }
        }
        whole
    }

    /// What removes the cookies whose names begin like this.
    pub fn remove(&self, prefix: &str) -> Lines {
        self.thin(prefix, "", 0, 0)
    }

    /// What removes the cookies whose names begin like this but for the newest ones: so many, of so
    /// many bytes together, without the one of this name. Browsers send the oldest first (RFC 6265, section
    /// 5.4).
    pub fn thin(&self, prefix: &str, but: &str, most: usize, bytes: usize) -> Lines {
        let mut lines = Lines::new();
        let (mut count, mut size) = (0, 0);
        let all = self.0.iter().rev();
        for (name, value) in all.filter(|(name, _)| name.starts_with(prefix) && *name != but) {
            count += 1;
            size += name.len() + value.len();
            if count > most || size > bytes {
                lines.push(line(name, "", 0));
            }
        }
        lines
    }

    /// The number for one more of the cookies that have a prefix and a number below `places`. One that
    /// no cookie has, by chance, so that answers that know nothing of each other rarely take the same;
    /// the last is for what is long, so that of these there is one. If none is free, that of the oldest.
    pub fn place(&self, prefix: &str, places: u32, is_long: bool, random: f64) -> u32 {
        let last = places.saturating_sub(1);
        let is_free = |number: &u32| self.one(&numbered(prefix, *number)).is_none();
        if is_long && is_free(&last) {
            return last;
        }
        let free: Vec<u32> = (0..last).filter(is_free).collect();
        let chosen = free.get((random * free.len() as f64) as usize).copied();
        let number = |name: &str| (0..places).find(|number| name == numbered(prefix, *number));
        chosen
            .or_else(|| Some(last).filter(is_free))
            .or_else(|| self.0.iter().find_map(|(name, _)| number(name)))
            .unwrap_or(last)
    }

    /// Sets a cookie, in pieces if need be, at most [`MOST`], and removes what this value does not
    /// replace of an older one.
    pub fn write(&self, name: &str, value: &str, max_age: u32) -> Lines {
        let mut lines = Lines::new();
        let mut rest = value;
        let mut index = 0;
        let stale = |name: &str| self.one(name).map(|_| line(name, "", 0));
        if value.len() <= LONGEST {
            lines.push(line(name, value, max_age));
            rest = "";
        } else {
            lines.extend(stale(name));
        }
        while let Some((part, after)) = rest.split_at_checked(LONGEST.min(rest.len()))
            && !part.is_empty()
        {
            lines.push(line(&piece(name, index), part, max_age));
            index += 1;
            rest = after;
        }
        for index in index..MOST {
            lines.extend(stale(&piece(name, index)));
        }
        lines
    }
}

/// `name.0`
fn piece(name: &str, index: usize) -> String {
    numbered(&concat(&[name, "."]), index as u32)
}

/// A prefix with a number.
pub(crate) fn numbered(prefix: &str, number: u32) -> String {
    let mut name = String::from(prefix);
    push_number(&mut name, number);
    name
}

/// A `Set-Cookie` value; without a value it removes the cookie. The name has the prefix `__Host-`,
/// which browsers take with these attributes only (RFC 6265bis, section 4.1.3.2).
pub(crate) fn line(name: &str, value: &str, max_age: u32) -> String {
    let mut line = concat(&[
        name,
        "=",
        value,
        "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=",
    ]);
    push_number(&mut line, max_age);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(header: &str, value: &str) -> Vec<String> {
        Cookies::read(header).write("a", value, 60)
    }

    #[test]
    fn a_short_value_is_one_cookie() {
        let attributes = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60";
        let lines = write("", "value");
        assert_eq!(lines, [format!("a=value; {attributes}")]);
        assert_eq!(Cookies::read("b=1; a=value;c=2").whole("a"), "value");
    }

    /// What a browser sends back after these `Set-Cookie` values.
    fn kept(lines: &[String]) -> String {
        let pairs = lines.iter().map(|line| line.split_once(';').unwrap());
        let kept = pairs.filter(|(_, attributes)| !attributes.ends_with("Max-Age=0"));
        let pairs: Vec<_> = kept.map(|(pair, _)| pair).collect();
        pairs.join("; ")
    }

    #[test]
    fn a_long_value_comes_back_from_its_pieces() {
        let value: String = ('a'..='z').cycle().take(LONGEST * 2 + 1).collect();
        let lines = write("", &value);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() < 4_000));
        assert_eq!(Cookies::read(&kept(&lines)).whole("a"), value);
    }

    #[test]
    fn the_longest_value_has_ten_pieces() {
        let value = "x".repeat(LONGEST * MOST);
        assert_eq!(write("", &value).len(), MOST);
    }

    #[test]
    fn what_a_new_value_does_not_replace_is_removed() {
        let removed = |name: &str| line(name, "", 0);
        let before = "a.0=1; a.1=2; a.9=3; ab=4; a.x=5";
        let lines = write(before, "short");
        assert_eq!(lines[1..], [removed("a.0"), removed("a.1"), removed("a.9")]);
        let lines = write("a=1; a.2=3", &"x".repeat(LONGEST + 1));
        assert_eq!(lines.len(), 4);
        assert_eq!((&lines[0], &lines[3]), (&removed("a"), &removed("a.2")));
        let lines = Cookies::read(before).remove("a.");
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0], removed("a.x"));
    }

    #[test]
    fn the_newest_that_there_is_room_for_stay() {
        let removed =
            |names: &[&str]| -> Vec<_> { names.iter().map(|name| line(name, "", 0)).collect() };
        let cookies = Cookies::read("a.1=111; b=2; a.2=222; a.3=333333; a.4=4");
        for (most, bytes, gone) in [
            (4, 100, &[][..]),
            (3, 100, &["a.1"]),
            (4, 13, &["a.2", "a.1"]),
            (4, 12, &["a.3", "a.2", "a.1"]),
            (0, 100, &["a.4", "a.3", "a.2", "a.1"]),
        ] {
            assert_eq!(
                cookies.thin("a.", "", most, bytes),
                removed(gone),
                "{most} of {bytes}"
            );
        }
    }

    #[test]
    fn one_that_is_replaced_does_not_count() {
        let cookies = Cookies::read("a.1=111; a.2=222; a.3=333");
        assert_eq!(cookies.thin("a.", "a.3", 1, 100), [line("a.1", "", 0)]);
    }

    #[test]
    fn one_more_takes_a_place_that_is_free_or_that_of_the_oldest() {
        for (header, is_long, random, place) in [
            ("", false, 0.0, 0),
            ("", false, 0.99, 2),
            ("", true, 0.0, 3),
            ("a.1=x", false, 0.5, 2),
            ("a.0=x; a.2=x", false, 0.99, 1),
            ("a.0=x; a.1=x; a.2=x", false, 0.5, 3),
            ("a.3=x", true, 0.5, 1),
            ("b=1; a.2=x; a.1=x; a.3=x; a.0=x", false, 0.5, 2),
            ("a.x=1; a.3=x; a.2=x; a.1=x; a.0=x", true, 0.5, 3),
        ] {
            let cookies = Cookies::read(header);
            assert_eq!(cookies.place("a.", 4, is_long, random), place, "{header}");
        }
    }

    #[test]
    fn odd_headers_have_no_cookie() {
        for header in ["", ";", "a", "=1", "b=1", "a.1=x", "a.0x=1", "A=1"] {
            assert_eq!(Cookies::read(header).whole("a"), "", "{header}");
        }
    }
}
