//! Checks a caller's values against the notation of a type, before anything is sent.

use super::notation::Notation;
use super::text::{concat, decode, push_number};
use super::value::{Kind, Object, Value, is_short};

/// What is wrong with a value, and where it stands. Boxed: a result is then two words to move.
#[derive(Debug)]
pub(crate) struct Problem(Box<Wrong>);

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// `users[0].id`
    pub at: String,
    /// `expected a string, got null`
    pub what: String,
    /// The number under which the driver keeps what a getter or a proxy threw.
    pub thrown: Option<u32>,
}

impl Problem {
    /// A value that is not what it should be.
    pub fn expected(expected: &str, value: Value<'_>) -> Self {
        if value.kind() == Kind::Threw {
            return Problem::threw(value);
        }
        Problem::new(concat(&[
            "expected ",
            expected,
            ", got ",
            &value.describe(),
        ]))
    }

    /// Anything else that is wrong.
    pub fn new(what: String) -> Self {
        Problem(Box::new(Wrong {
            at: String::new(),
            what,
            thrown: None,
        }))
    }

    /// Reading the value threw.
    fn threw(value: Value<'_>) -> Self {
        let mut problem = Problem::new("reading it threw".into());
        problem.0.thrown = Some(value.number() as u32);
        problem
    }

    /// A value that JSON has no word for.
    pub fn unwritable(value: Value<'_>) -> Self {
        match value.kind() {
            Kind::Threw => Problem::threw(value),
            _ => Problem::new("cannot be written as JSON".into()),
        }
    }

    /// Where and what.
    pub fn into_parts(self) -> (String, String) {
        (self.0.at, self.0.what)
    }

    /// The same problem, seen from the object or array around it.
    pub fn inside(mut self, name: &str) -> Self {
        let dot = if self.at.is_empty() || self.at.starts_with('[') {
            ""
        } else {
            "."
        };
        self.0.at = concat(&[name, dot, &self.at]);
        self
    }
}

impl core::ops::Deref for Problem {
    type Target = Wrong;

    fn deref(&self) -> &Wrong {
        &self.0
    }
}

/// What a field says of itself in front of its type.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub name: &'static str,
    /// Whether callers give it by its place in the call, unless they give all by name.
    pub placed: bool,
    required: bool,
    nullable: bool,
}

impl Field {
    /// Reads the next field of a list that ends with `end` (0: with the text).
    pub fn next(n: &mut Notation, end: u8) -> Option<Field> {
        n.eat(b',');
        if n.peek() == end || n.peek() == 0 {
            n.next();
            return None;
        }
        Some(Field {
            name: n.word(),
            placed: n.eat(b'='),
            required: n.eat(b'!'),
            nullable: n.eat(b'~'),
        })
    }

    /// Checks this field of `object` and moves behind its type. Gives the value, if there is one.
    pub fn read<'a>(
        self,
        n: &mut Notation,
        object: &Object<'a>,
    ) -> Result<Option<Value<'a>>, Problem> {
        let value = object.get(self.name);
        let is_absent = match value.kind() {
            Kind::Undefined => !self.required,
            Kind::Null => self.nullable,
            _ => false,
        };
        let there = Some(value).filter(|_| !is_absent);
        check(n, there).map_err(|problem| problem.inside(&decode(self.name)))?;
        Ok(Some(value).filter(|value| value.kind() != Kind::Undefined))
    }
}

/// Moves behind a type, and checks the value if there is one.
pub(crate) fn check(n: &mut Notation, value: Option<Value<'_>>) -> Result<(), Problem> {
    match n.peek() {
        b'(' => one_of(n, value),
        b'[' => array(n, value),
        b'{' => object(n, value),
        b'<' => map(n, value),
        b'*' => any_of(n, value),
        b':' => {
            n.next();
            let kind = n.next();
            scalar(kind, value)
        }
        _ => scalar(b's', value),
    }
}

fn scalar(kind: u8, value: Option<Value<'_>>) -> Result<(), Problem> {
    match value {
        Some(value) if !is(kind, value) => Err(Problem::expected(expected(kind), value)),
        _ => Ok(()),
    }
}

fn expected(kind: u8) -> &'static str {
    match kind {
        b'i' => "an integer",
        b'n' => "a number",
        b'b' => "true or false",
        b'k' => "a string that is not empty",
        b'c' => "a string, or an array of strings without commas",
        b'C' => "a string that is not empty, or an array of such strings without commas",
        b'x' => "a Blob, a File, an ArrayBuffer, a typed array or {data, name, type}",
        b'o' => "an object",
        b'l' => "an array",
        b'a' => "a value that JSON can hold",
        _ => "a string",
    }
}

fn is(kind: u8, value: Value<'_>) -> bool {
    let own = value.kind();
    match kind {
        b'i' => value.is_integer(),
        b'n' => own == Kind::Number,
        b'b' => own == Kind::Boolean,
        b'k' => own == Kind::String && !value.is_empty(),
        b'c' => own == Kind::String || is_comma_list(value),
        b'C' => is(b'k', value) || (is_comma_list(value) && !value.elements().all(Value::is_empty)),
        b'x' => own == Kind::Kept,
        b'o' => own == Kind::Object,
        b'l' => own == Kind::Array,
        b'a' => !matches!(
            own,
            Kind::Undefined
                | Kind::Function
                | Kind::Symbol
                | Kind::BigInt
                | Kind::Threw
                | Kind::TooDeep
        ),
        _ => own == Kind::String,
    }
}

/// An element with a comma would reach the server as two.
fn is_comma_list(value: Value<'_>) -> bool {
    let is_one = |element: Value<'_>| element.text().is_some_and(|text| !text.contains(&b','));
    value.kind() == Kind::Array && value.elements().all(is_one)
}

fn one_of(n: &mut Notation, value: Option<Value<'_>>) -> Result<(), Problem> {
    n.eat(b'(');
    let given = value.and_then(Value::text);
    let mut found = value.is_none();
    let mut choice = String::from("one of");
    loop {
        let word = decode(n.word());
        found |= given.as_deref() == Some(word.as_bytes());
        choice.push_str(" \"");
        choice.push_str(&word);
        choice.push('"');
        if !n.eat(b'|') {
            n.eat(b')');
            break;
        }
    }
    match value {
        Some(value) if !found => Err(Problem::expected(&choice, value)),
        _ => Ok(()),
    }
}

fn any_of(n: &mut Notation, value: Option<Value<'_>>) -> Result<(), Problem> {
    n.eat(b'*');
    let mut found = value.is_none();
    let mut choice = String::new();
    while !n.eat(b';') && n.peek() != 0 {
        let kind = n.next();
        found |= value.is_some_and(|value| is(kind, value));
        if !choice.is_empty() {
            choice.push_str(" or ");
        }
        choice.push_str(expected(kind));
    }
    match value {
        Some(value) if !found => Err(Problem::expected(&choice, value)),
        _ => Ok(()),
    }
}

fn array(n: &mut Notation, value: Option<Value<'_>>) -> Result<(), Problem> {
    n.eat(b'[');
    let item = *n;
    check(n, None)?;
    n.eat(b']');
    let Some(value) = value else { return Ok(()) };
    scalar(b'l', Some(value))?;
    for (index, element) in value.elements().enumerate() {
        check(&mut item.clone(), Some(element)).map_err(|p| {
            let mut at = String::from("[");
            push_number(&mut at, index as u32);
            at.push(']');
            p.inside(&at)
        })?;
    }
    Ok(())
}

fn object(n: &mut Notation, value: Option<Value<'_>>) -> Result<(), Problem> {
    n.eat(b'{');
    scalar(b'o', value)?;
    let fields = *n;
    let object = value.map(Value::object);
    let mut known = 0;
    while let Some(field) = Field::next(n, b'}') {
        match &object {
            Some(object) => {
                known += usize::from(object.find(field.name).is_some());
                field.read(n, object)?;
            }
            None => check(n, None)?,
        }
    }
    match object {
        Some(object) if object.0.len() > known => no_near_miss(&object, &|see| {
            let n = &mut fields.clone();
            while let Some(field) = Field::next(n, b'}') {
                see(field.name);
                // Its type is passed over.
                let _ = check(n, None);
            }
        })
        .map(drop),
        _ => Ok(()),
    }
}

/// Shows all known names to a function.
pub(crate) type Names<'n> = &'n dyn Fn(&mut dyn FnMut(&'static str));

/// Refuses a key that is nearly one of the known names: it would be sent, and do nothing. Others
/// pass, so that what the service learns tomorrow can be sent today. Gives whether any is known.
pub(crate) fn no_near_miss(object: &Object<'_>, names: Names<'_>) -> Result<bool, Problem> {
    let mut is_any_known = false;
    for (key, _) in &object.0 {
        let mut is_known = false;
        names(&mut |name| is_known |= key.is(name));
        // Most are, and nearness takes far longer.
        if is_known {
            is_any_known = true;
            continue;
        }
        let mut meant = None;
        names(&mut |name| {
            if is_near(key.raw(), name.as_bytes()) {
                meant = Some(name);
            }
        });
        if let Some(name) = meant {
            let what = concat(&["did you mean \"", &decode(name), "\"?"]);
            return Err(Problem::new(what).inside(&key.name().unwrap_or_default()));
        }
    }
    Ok(is_any_known)
}

/// Whether a key differs from a name, case and underscores aside, by one letter at most, by two from
/// eight letters on: left out, put in, another one, or two that changed places.
pub(crate) fn is_near(key: &[u8], name: &[u8]) -> bool {
    let letters = |text: &[u8]| -> Vec<u8> {
        let is_letter = |byte: &&u8| !matches!(byte, b'_' | b'-');
        let lower = text.iter().filter(is_letter).map(u8::to_ascii_lowercase);
        lower.collect()
    };
    let changes = if name.len() < 8 { 1 } else { 2 };
    differ_by(&letters(key), &letters(name), changes)
}

/// Whether so many changes of a letter at most make one text of the other.
fn differ_by(one: &[u8], other: &[u8], changes: u32) -> bool {
    match (one, other) {
        ([a, behind @ ..], [b, beyond @ ..]) if a == b => differ_by(behind, beyond, changes),
        ([], []) => true,
        _ if changes == 0 => false,
        ([a, c, behind @ ..], [d, b, beyond @ ..])
            if a == b && c == d && differ_by(behind, beyond, changes - 1) =>
        {
            true
        }
        _ => {
            let (behind, beyond) = (rest(one), rest(other));
            (!one.is_empty() && differ_by(behind, other, changes - 1))
                || (!other.is_empty() && differ_by(one, beyond, changes - 1))
                || (!one.is_empty() && !other.is_empty() && differ_by(behind, beyond, changes - 1))
        }
    }
}

fn rest(text: &[u8]) -> &[u8] {
    text.get(1..).unwrap_or_default()
}

fn map(n: &mut Notation, value: Option<Value<'_>>) -> Result<(), Problem> {
    n.eat(b'<');
    let item = *n;
    check(n, None)?;
    n.eat(b'>');
    let Some(value) = value else { return Ok(()) };
    scalar(b'o', Some(value))?;
    for (key, element) in value.members() {
        let name = key.name().ok_or_else(half_a_key)?;
        check(&mut item.clone(), Some(element)).map_err(|p| p.inside(&name))?;
    }
    Ok(())
}

/// A key with half a character in it would reach the server as another.
pub(crate) fn half_a_key() -> Problem {
    Problem::new("a key is not well-formed Unicode".into())
}

/// A text that goes into a URL or a header: well-formed, and of a length that a server can take.
pub(crate) fn short_text(value: Value<'_>) -> Result<Vec<u8>, Problem> {
    let text = match value.kind() {
        Kind::String => value
            .text()
            .ok_or_else(|| Problem::new("is not well-formed Unicode".into()))?,
        _ => value.raw().to_vec(),
    };
    match is_short(&text) {
        true => Ok(text),
        false => Err(Problem::new("is longer than 65,536 characters".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a value of a type: `at: what`, or nothing.
    fn wrong(ty: &'static str, written: &str) -> Option<String> {
        let mut n = Notation(ty);
        let result = check(&mut n, Some(Value::new(written.as_bytes())));
        result.err().map(|problem| match problem.at.as_str() {
            "" => problem.what.clone(),
            at => concat(&[at, ": ", &problem.what]),
        })
    }

    #[test]
    fn scalars_are_what_they_are_said_to_be() {
        for (ty, good, bad, expected) in [
            ("", r#""x""#, "5", "expected a string, got 5"),
            (":i", "3", "1.5", "expected an integer, got 1.5"),
            (":i", "-3", "#n", "expected an integer, got NaN"),
            (":n", "1.5", "#i", "expected a number, got Infinity"),
            (
                ":b",
                "true",
                r#""true""#,
                "expected true or false, got a string of 4 characters",
            ),
            (":o", "{}", "[]", "expected an object, got an array"),
            (":o", "{}", r#"#o"Map""#, "expected an object, got a Map"),
            (
                ":a",
                "null",
                "#u",
                "expected a value that JSON can hold, got undefined",
            ),
            (
                "*sb;",
                "false",
                "1",
                "expected a string or true or false, got 1",
            ),
            ("", r#""x""#, "#t3", "reading it threw"),
        ] {
            assert_eq!(wrong(ty, good), None, "{ty} {good}");
            assert_eq!(wrong(ty, bad).as_deref(), Some(expected), "{ty} {bad}");
        }
    }

    #[test]
    fn lists_with_commas_hold_strings_without() {
        let message = "expected a string, or an array of strings without commas, got an array";
        assert_eq!(wrong(":c", r#"["a","b"]"#), None);
        assert_eq!(wrong(":c", r#""a,b""#), None);
        for bad in [r#"["a,b"]"#, "[1]", "[#u]"] {
            assert_eq!(wrong(":c", bad).as_deref(), Some(message), "{bad}");
        }
    }

    #[test]
    fn an_identifier_is_not_empty() {
        let list =
            "expected a string that is not empty, or an array of such strings without commas";
        assert_eq!(wrong(":k", r#""a""#), None);
        assert_eq!(
            wrong(":k", r#""""#).as_deref(),
            Some("expected a string that is not empty, got \"\"")
        );
        assert_eq!(wrong(":C", r#"["a",""]"#), None);
        assert_eq!(
            wrong(":C", r#"["",""]"#),
            Some(concat(&[list, ", got an array"]))
        );
        assert_eq!(wrong(":C", r#""""#), Some(concat(&[list, ", got \"\""])));
    }

    #[test]
    fn a_value_of_an_enum_is_named_and_another_is_not() {
        assert_eq!(wrong("(dark|light%20blue)", r#""light blue""#), None);
        assert_eq!(
            wrong("(dark|light)", r#""sk_live_0123""#).as_deref(),
            Some(r#"expected one of "dark" "light", got a string of 12 characters"#)
        );
    }

    #[test]
    fn a_near_miss_of_a_known_key_says_what_was_meant() {
        let ty = "{users![{id!,page_size:i,first_name}],map<>,free:o,filter%5Bname%5D}";
        let near = |key: &str| {
            wrong(ty, &concat(&[r#"{"users":[{"id":"a",""#, key, r#"":1}]}"#])).map(|what| {
                what.rsplit_once(": ")
                    .map(|(_, what)| what.to_owned())
                    .unwrap()
            })
        };
        for (key, meant) in [
            ("ID", "id"),
            ("pageSize", "page_size"),
            ("PAGE-SIZE", "page_size"),
            ("page_sizes", "page_size"),
            ("pgae_size", "page_size"),
            ("pag_siz", "page_size"),
            ("fist_nme", "first_name"),
            ("idd", "id"),
        ] {
            let expected = concat(&["did you mean \"", meant, "\"?"]);
            assert_eq!(near(key).as_deref(), Some(expected.as_str()), "{key}");
        }
        for key in [
            "page",
            "name",
            "more",
            "x",
            "first",
            "page_offset",
            "user_id",
        ] {
            assert_eq!(near(key), None, "{key}");
        }
        assert_eq!(
            wrong(ty, r#"{"users":[],"User":1}"#).as_deref(),
            Some("User: did you mean \"users\"?")
        );
        // What a map or a free-form object holds is the caller's.
        assert_eq!(
            wrong(ty, r#"{"users":[],"map":{"userz":"x"},"free":{"usrs":1}}"#),
            None
        );
    }

    #[test]
    fn what_is_wrong_inside_says_where() {
        let ty = "{users![{id!,roles~[]}],more<:i>}";
        assert_eq!(
            wrong(ty, r#"{"users":[{"id":"a"},{"id":"b","roles":null}]}"#),
            None
        );
        assert_eq!(
            wrong(ty, r#"{"users":[{"id":"a"},{"id":5}]}"#).as_deref(),
            Some("users[1].id: expected a string, got 5")
        );
        assert_eq!(
            wrong(ty, r#"{"users":[],"more":{"k":"x"}}"#).as_deref(),
            Some("more.k: expected an integer, got a string of 1 character")
        );
        assert_eq!(
            wrong(ty, r#"{"users":[{"id":"a","roles":["x",#t0]}]}"#).as_deref(),
            Some("users[0].roles[1]: reading it threw")
        );
        assert_eq!(
            wrong(ty, "{}").as_deref(),
            Some("users: expected an array, got undefined")
        );
    }
}
