//! Names of the document as identifiers of Rust.

use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use quote::format_ident;

pub use crate::codegen::naming::{pascal, snake, words};

/// An identifier, raw or with an underscore behind where the name is a keyword.
pub fn ident(name: &str) -> Ident {
    if syn::parse_str::<Ident>(name).is_ok() {
        return Ident::new(name, Span::call_site());
    }
    let raw = format!("r#{name}");
    if syn::parse_str::<Ident>(&raw).is_ok() {
        return Ident::new_raw(name, Span::call_site());
    }
    format_ident!("{name}_")
}

/// The names given so far in one place; each is given once.
#[derive(Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Names that are taken from the start.
    pub fn with(taken: &[&str]) -> Self {
        Names(taken.iter().map(|name| name.to_string()).collect())
    }

    /// A field, a function or a parameter.
    pub fn snake(&mut self, name: &str) -> Ident {
        let mut base = snake(name);
        if base.is_empty() {
            base = "field".to_owned();
        } else if base.starts_with(|c: char| c.is_ascii_digit()) {
            base.insert(0, '_');
        }
        ident(&self.unique(base, "_"))
    }

    /// A variant for a value.
    pub fn variant(&mut self, value: &str) -> Ident {
        let mut base = pascal(value);
        if value.is_empty() {
            base = "Empty".to_owned();
        } else if base.starts_with(|c: char| c.is_ascii_digit())
            || base.is_empty()
            || base == "Self"
        {
            base.insert_str(0, "Value");
        }
        ident(&self.unique(base, ""))
    }

    /// A type.
    pub fn ty(&mut self, name: &str) -> Ident {
        ident(&self.unique(name.to_owned(), ""))
    }

    fn unique(&mut self, base: String, joint: &str) -> String {
        let mut name = base.clone();
        let mut n = 1;
        while !self.0.insert(name.clone()) {
            n += 1;
            name = format!("{base}{joint}{n}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_raw_or_get_an_underscore() {
        let mut names = Names::default();
        assert_eq!(names.snake("type").to_string(), "r#type");
        assert_eq!(names.snake("self").to_string(), "self_");
        assert_eq!(names.snake("async").to_string(), "r#async");
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::with(&["params"]);
        assert_eq!(names.snake("foo-bar").to_string(), "foo_bar");
        assert_eq!(names.snake("fooBar").to_string(), "foo_bar_2");
        assert_eq!(names.snake("params").to_string(), "params_2");
        assert_eq!(names.snake("2fa").to_string(), "_2fa");
        assert_eq!(names.snake("%").to_string(), "field");
    }

    #[test]
    fn any_value_has_a_variant() {
        let mut names = Names::with(&["Other"]);
        let given: Vec<String> = ["asc", "ASC", "other", "", "+", "1", "self", "light dark"]
            .map(|value| names.variant(value).to_string())
            .to_vec();
        assert_eq!(
            given,
            [
                "Asc",
                "Asc2",
                "Other2",
                "Empty",
                "Value",
                "Value1",
                "ValueSelf",
                "LightDark"
            ]
        );
    }
}
