//! How the generated models read and write JSON.
//!
//! The service sends null for what it does not know and adds fields and values at any time. Neither
//! may cost a caller the rest of an answer: a null is "not there", wherever it stands.

use core::fmt;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde_json::{Map, Value};

/// What a part of an answer can be read into.
pub(crate) trait Decode: Sized {
    /// Reads a value; None for a null.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;
}

/// `deserialize_with` for the fields of models that hold numbers, lists or maps.
pub(crate) fn optional<'de, T: Decode, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::decode(deserializer)
}

/// `deserialize_with` for the lists and maps that an answer cannot be without: a null is an empty
/// one.
pub(crate) fn certain<'de, T: Decode + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::decode(deserializer).map(Option::unwrap_or_default)
}

/// For types whose own `Deserialize` is all there is to it.
macro_rules! decode {
    ($($name:ty),* $(,)?) => {
        $(impl $crate::wire::Decode for $name {
            fn decode<'de, D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<::core::option::Option<Self>, D::Error> {
                ::serde::Deserialize::deserialize(deserializer)
            }
        })*
    };
}
pub(crate) use decode;

decode!(String, bool, f64, Map<String, Value>);

/// A null among values of any type is one of them.
impl Decode for Value {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Value::deserialize(deserializer).map(Some)
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(T::decode(deserializer)?.map(Box::new))
    }
}

struct Item<T>(Option<T>);

impl<'de, T: Decode> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::decode(deserializer).map(Item)
    }
}

/// Without the nulls.
impl<T: Decode> Decode for Vec<T> {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let items: Option<Vec<Item<T>>> = Option::deserialize(deserializer)?;
        Ok(items.map(|items| items.into_iter().filter_map(|item| item.0).collect()))
    }
}

/// Without the nulls.
impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let items: Option<BTreeMap<String, Item<T>>> = Option::deserialize(deserializer)?;
        Ok(items.map(|items| {
            let filled = items.into_iter();
            filled
                .filter_map(|(key, item)| Some((key, item.0?)))
                .collect()
        }))
    }
}

/// An integer may be written 3.0.
impl Decode for i64 {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(Integer)
    }
}

struct Integer;

impl Visitor<'_> for Integer {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        i64::try_from(value)
            .map(Some)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        // Up to 2^63, where `as` would saturate.
        if value.fract() == 0.0 && value.abs() < 9_223_372_036_854_775_808.0 {
            Ok(Some(value as i64))
        } else {
            Err(E::invalid_value(Unexpected::Float(value), &self))
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// One of the types that a union can hold: the keys it knows, for an object, and how to read it.
#[allow(dead_code, reason = "not every document has a union in an answer")]
pub(crate) type Member<T> = (Option<&'static [&'static str]>, fn(&Value) -> Option<T>);

/// Reads a value into the member of a union that fits it best: the one that knows most of the keys
/// of an object, else the first that takes the value.
#[allow(dead_code, reason = "not every document has a union in an answer")]
pub(crate) fn pick<T>(value: &Value, members: &[Member<T>]) -> Option<T> {
    let known = |keys: &Option<&[&str]>| match (keys, value) {
        (Some(keys), Value::Object(object)) => {
            Some(keys.iter().filter(|key| object.contains_key(**key)).count())
        }
        (Some(_), _) => None,
        (None, _) => Some(0),
    };
    let mut fitting: Vec<_> = members
        .iter()
        .filter_map(|(keys, read)| Some((known(keys)?, read)))
        .collect();
    fitting.sort_by_key(|(known, _)| core::cmp::Reverse(*known));
    fitting.into_iter().find_map(|(_, read)| read(value))
}

/// Reads a member of a union.
#[allow(dead_code, reason = "not every document has a union in an answer")]
pub(crate) fn member<T: Decode>(value: &Value) -> Option<T> {
    T::decode(value).ok().flatten()
}

/// What an enum of strings needs to be one on the wire. Its last variant is `Other(String)`.
macro_rules! string_enum {
    ($name:ident { $($variant:ident = $value:literal,)* }) => {
        impl $name {
            /// The value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Other(value) => value,
                }
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    _ => Self::Other(value.to_owned()),
                }
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            fn from(value: ::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        /// No value at all, which no operation takes.
        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self::Other(::std::string::String::new())
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)
                    .map(Self::from)
            }
        }

        $crate::wire::decode!($name);
    };
}
pub(crate) use string_enum;

/// Stands in `Debug` for a value that no log may show.
#[derive(Clone, Copy)]
pub(crate) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize, serde::Serialize)]
    #[serde(default)]
    struct Thing {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional")]
        count: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional")]
        parts: Option<Vec<Thing>>,
        #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional")]
        grid: Option<Vec<Vec<i64>>>,
        #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional")]
        flags: Option<BTreeMap<String, Sort>>,
        #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional")]
        any: Option<Vec<Value>>,
    }

    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    enum Sort {
        NameAsc,
        Other(String),
    }

    decode!(Thing);
    string_enum!(Sort { NameAsc = "name_asc", });

    fn thing(value: Value) -> Result<Thing, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn nulls_are_not_there_wherever_they_stand() {
        let nulls = json!({
            "id": null, "count": null, "grid": null, "flags": null, "any": null,
            "parts": [null, {"id": "a", "count": null}, null],
        });
        let part = Thing {
            id: Some("a".to_owned()),
            ..Thing::default()
        };
        assert_eq!(
            thing(nulls).unwrap(),
            Thing {
                parts: Some(vec![part]),
                ..Thing::default()
            }
        );

        let inner = json!({"grid": [null, [1, null]], "flags": {"a": null, "b": "name_asc"}});
        assert_eq!(
            serde_json::to_value(thing(inner).unwrap()).unwrap(),
            json!({"grid": [[1]], "flags": {"b": "name_asc"}})
        );
    }

    #[test]
    fn a_null_among_values_of_any_type_stays() {
        let any = json!({"any": [null, 1, {"a": null}]});
        assert_eq!(
            serde_json::to_value(thing(any.clone()).unwrap()).unwrap(),
            any
        );
    }

    #[test]
    fn unknown_fields_are_no_error() {
        assert_eq!(
            thing(json!({"new": {"deep": [1]}})).unwrap(),
            Thing::default()
        );
    }

    #[test]
    fn an_integer_may_be_written_as_a_float() {
        let count = |value| thing(json!({ "count": value })).map(|thing| thing.count);
        assert_eq!(count(json!(3.0)).unwrap(), Some(3));
        assert_eq!(
            count(json!(-9_007_199_254_740_993_i64)).unwrap(),
            Some(-9_007_199_254_740_993)
        );
        for wrong in [
            json!(3.5),
            json!(1e300),
            json!(u64::MAX),
            json!("3"),
            json!(true),
            json!([3]),
        ] {
            let error = count(wrong.clone()).unwrap_err().to_string();
            assert!(error.contains("expected an integer"), "{wrong}: {error}");
        }
    }

    #[test]
    fn an_enum_keeps_what_it_does_not_know() {
        assert_eq!(Sort::from("name_asc"), Sort::NameAsc);
        assert_eq!(Sort::from("x".to_owned()), Sort::Other("x".to_owned()));
        assert_eq!(Sort::Other("x".to_owned()).as_str(), "x");
        assert_eq!(format!("[{:>10}]", Sort::NameAsc), "[  name_asc]");
        let new: Sort = serde_json::from_value(json!("zeta")).unwrap();
        assert_eq!(serde_json::to_value(&new).unwrap(), json!("zeta"));
        assert_eq!(Sort::default().as_ref(), "");
        assert!(serde_json::from_value::<Sort>(json!(1)).is_err());
    }

    #[test]
    fn a_union_takes_the_member_that_fits_best() {
        #[derive(Debug, PartialEq)]
        enum Union {
            Narrow(Thing),
            Wide(Map<String, Value>),
            List(Vec<i64>),
        }
        let members: [Member<Union>; 3] = [
            (Some(&["id"]), |value| member(value).map(Union::Narrow)),
            (Some(&["id", "extra"]), |value| {
                member(value).map(Union::Wide)
            }),
            (None, |value| member(value).map(Union::List)),
        ];
        let pick = |value: Value| pick(&value, &members);
        assert!(matches!(
            pick(json!({"id": "a", "new": 1})),
            Some(Union::Narrow(_))
        ));
        assert!(matches!(
            pick(json!({"id": "a", "extra": 1})),
            Some(Union::Wide(_))
        ));
        // The first does not read this: `id` is no string.
        assert!(matches!(pick(json!({"id": 1})), Some(Union::Wide(_))));
        assert_eq!(pick(json!([1, null])), Some(Union::List(vec![1])));
        assert_eq!(pick(json!("text")), None);
    }

    #[test]
    fn what_is_redacted_does_not_show() {
        assert_eq!(format!("{:?}", Some(Redacted)), "Some([redacted])");
    }
}
