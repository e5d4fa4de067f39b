//! What the generated table says of an operation: one line of text each, read where it stands.
//!
//! ```text
//! line    = resource "." name " " operationId " " METHOD " " path " " [scope] *section
//! section = " ?" fields       query parameters
//!         | " ^" fields       header parameters
//!         | " >" paging       the cursor's parameter "," the items' property "," the next cursor's
//!                             "," the parameter that takes a cursor to go back from
//!                             "," the most items of a page, if `page_size` says how many
//!         | " @" enc type     the body; enc: j JSON, f form, m multipart, upper case: required
//!         | " $"              only the token of a signed-in user will do
//! ```
//!
//! [`crate::notation`] reads fields and types. A line costs a caller some 50 bytes compressed; the
//! same facts as structures cost four times that.

use crate::interop::parts;
use crate::page::Paging;

/// One operation of the API: its names, its HTTP call, its scope. Errors name theirs:
///
/// ```no_run
/// # fn example(error: &kinde_edge::Error) -> Option<()> {
/// let operation = error.context()?.operation?;
/// assert_eq!(operation.name(), "organizations.users.list");
/// assert_eq!(operation.id(), "GetOrganizationUsers");
/// assert_eq!(operation.method(), "GET");
/// assert_eq!(operation.path(), "/api/v1/organizations/{org_code}/users");
/// assert_eq!(operation.scope(), Some("read:organization_users"));
/// # Some(()) }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Operation(&'static str);

/// How a body is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Form,
    Multipart,
}

/// A part of a request that callers fill in.
#[derive(Clone, Copy)]
pub(crate) enum Section {
    /// Fields for the query string.
    Query(&'static str),
    /// Fields for headers.
    Headers(&'static str),
    /// A type for the body.
    Body {
        encoding: Encoding,
        required: bool,
        ty: &'static str,
    },
}

impl Operation {
    #[doc(hidden)]
    pub const fn new(line: &'static str) -> Self {
        Operation(line)
    }

    /// The word number `n` of the line.
    fn word(&self, n: usize) -> &'static str {
        parts(self.0, b' ').nth(n).unwrap_or_default()
    }

    /// Where a JavaScript client has it: `organizations.users.list`.
    pub fn name(&self) -> &'static str {
        self.word(0)
    }

    /// `operationId` in the API document.
    pub fn id(&self) -> &'static str {
        self.word(1)
    }

    /// The HTTP method, in upper case.
    pub fn method(&self) -> &'static str {
        self.word(2)
    }

    /// The path template: `/api/v1/organizations/{org_code}/users`. A placeholder may name the
    /// values it takes: `{type(dark|light)}`.
    pub fn path(&self) -> &'static str {
        self.word(3)
    }

    /// The scope a token needs for it: `read:organization_users`. None for those that take any
    /// token.
    pub fn scope(&self) -> Option<&'static str> {
        Some(self.word(4)).filter(|scope| !scope.is_empty())
    }

    /// Whether a signed-in user has to call it: a machine's credentials will not do.
    pub(crate) fn is_as_user(&self) -> bool {
        self.0.ends_with(" $")
    }

    /// Whether a call takes a params object.
    pub(crate) fn has_params(&self) -> bool {
        self.sections().next().is_some()
    }

    /// How to go on to the next page of a list.
    pub(crate) fn paging(&self) -> Option<Paging> {
        let words = &mut parts(self.0, b' ');
        words
            .find_map(|word| word.strip_prefix('>'))
            .map(Paging::read)
    }

    pub(crate) fn sections(&self) -> impl Iterator<Item = Section> {
        parts(self.0, b' ').skip(5).filter_map(section)
    }
}

fn section(text: &'static str) -> Option<Section> {
    let (mark, rest) = text.split_at_checked(1)?;
    match mark {
        "?" => Some(Section::Query(rest)),
        "^" => Some(Section::Headers(rest)),
        ">" | "$" => None,
        _ => {
            let (code, ty) = rest.split_at_checked(1)?;
            let encoding = match code {
                "f" | "F" => Encoding::Form,
                "m" | "M" => Encoding::Multipart,
                _ => Encoding::Json,
            };
            Some(Section::Body {
                encoding,
                required: matches!(code, "J" | "F" | "M"),
                ty,
            })
        }
    }
}

impl core::fmt::Debug for Operation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.id())
    }
}

/// Declares the generated operations: a constant each, which costs a program nothing unless it is
/// used, and, for the JavaScript exports, all of them as one text.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $line:literal;)*) => {
        $(#[allow(dead_code)] $(#[$doc])* pub const $name: $crate::operation::Operation = $crate::operation::Operation::new($line);)*

        /// Every operation, a line each.
        #[cfg(feature = "js")]
        pub(crate) const TABLE: &str = concat!($($line, "\n",)*);
    };
}
pub(crate) use operations;

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Operation = Operation::new(
        "users.update updateUser PATCH /api/v1/user update:users ?id! @J{given_name}",
    );

    #[test]
    fn a_line_says_it_all() {
        assert_eq!(LINE.name(), "users.update");
        assert_eq!(LINE.id(), "updateUser");
        assert_eq!(LINE.method(), "PATCH");
        assert_eq!(LINE.path(), "/api/v1/user");
        assert_eq!(LINE.scope(), Some("update:users"));
        let sections: Vec<_> = LINE.sections().collect();
        assert!(matches!(
            sections.as_slice(),
            [
                Section::Query("id!"),
                Section::Body {
                    encoding: Encoding::Json,
                    required: true,
                    ty: "{given_name}"
                }
            ]
        ));
    }

    #[test]
    fn an_operation_may_need_no_scope() {
        let line = Operation::new("oauth.introspect tokenIntrospection POST /x  @F{token!}");
        assert_eq!(line.scope(), None);
        assert_eq!(line.sections().count(), 1);
        assert_eq!(Operation::new("a.b c GET /x").scope(), None);
    }
}
