//! Values by their names, wherever they stand: drivers have them as objects of JavaScript's, tests as
//! JSON.

use super::value::{Kind, Value, string};

/// An object that has been parsed. What is not of the kind that is asked for is as good as not there.
pub(crate) trait Record {
    /// Whether there is no such value. Null is one.
    fn is_missing(&self, name: &str) -> bool;
    /// A string.
    fn text(&self, name: &str) -> Option<String>;
    /// A number.
    fn number(&self, name: &str) -> Option<f64>;
    /// A string or the elements of a list, of which those that are no strings are empty.
    fn texts(&self, name: &str) -> Vec<String>;
}

/// A record in JSON without white space.
#[derive(Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "JavaScript's are objects")]
pub(crate) struct Json<T>(pub T);

impl<T: AsRef<[u8]>> Json<T> {
    fn get(&self, name: &str) -> Value<'_> {
        let mut members = Value::new(self.0.as_ref()).members();
        let found = members.find(|(key, _)| key.name().as_deref() == Some(name));
        found.map_or(Value::new(b"#u"), |(_, value)| value)
    }
}

impl<T: AsRef<[u8]>> Record for Json<T> {
    fn is_missing(&self, name: &str) -> bool {
        self.get(name).kind() == Kind::Undefined
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).text().map(string)
    }

    fn number(&self, name: &str) -> Option<f64> {
        let value = self.get(name);
        let text = core::str::from_utf8(value.raw()).ok()?;
        text.parse().ok().filter(|_| value.kind() == Kind::Number)
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let value = self.get(name);
        let text = |value: Value<'_>| value.text().map(string).unwrap_or_default();
        match value.kind() {
            Kind::Array => value.elements().map(text).collect(),
            Kind::String => vec![text(value)],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_a_record() {
        let json = Json(r#"{"a":"b","n":-1.5e3,"l":["x",5],"z":null,"\u0063":{"a":1}}"#);
        assert!(json.is_missing("x") && !json.is_missing("z") && !json.is_missing("c"));
        assert_eq!(json.text("a").as_deref(), Some("b"));
        assert_eq!((json.text("n"), json.text("l")), (None, None));
        assert_eq!(json.number("n"), Some(-1500.0));
        assert_eq!((json.number("a"), json.number("z")), (None, None));
        assert_eq!(json.texts("l"), ["x", ""]);
        assert_eq!(json.texts("a"), ["b"]);
        assert!(json.texts("n").is_empty());
    }
}
