//! How the generated models read and write JSON.
//!
//! The service sends null for what it does not know and adds fields and values at any time. Neither
//! may cost a caller the rest of an answer: a null is "not there", wherever it stands.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::{Deserializer, Error, IgnoredAny, Visitor};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What an answer, or a part of one, can be read into.
pub trait Decode: Sized {
    /// Reads a value; None for a null.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;
}

/// `deserialize_with` for the fields of models that hold numbers, lists or maps.
pub(crate) fn optional<'de, T: Decode, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::decode(deserializer)
}

/// Reads a whole answer.
pub(crate) fn answer<'de, T: Decode, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::decode(deserializer)?.ok_or_else(|| D::Error::custom("the answer is null"))
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

/// An answer that nobody reads.
impl Decode for () {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Some(()))
    }
}

/// An answer that may be empty.
impl<T: Decode> Decode for Option<T> {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        T::decode(deserializer).map(Some)
    }
}

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
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        // Up to 2^63, where `as` would saturate.
        if value.fract() == 0.0 && value.abs() < 9_223_372_036_854_775_808.0 {
            Ok(Some(value as i64))
        } else {
            Err(E::invalid_value(
                serde::de::Unexpected::Float(value),
                &self,
            ))
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
pub(crate) type Member<T> = (Option<&'static [&'static str]>, fn(&Value) -> Option<T>);

/// Reads a value into the member of a union that fits it best: the one that knows most of the keys
/// of an object, else the first that takes the value.
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
