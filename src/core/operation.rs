//! What the generated table says of an operation: one line of text each, read where it stands.
//!
//! ```text
//! line    = resource "." name " " operationId " " METHOD " " path " " [scope] *section
//! section = " =" names        what callers know the values by that they give by their place, if
//!                             that is not what the API calls them
//!         | " ?" fields       query parameters
//!         | " ^" fields       header parameters
//!         | " >" paging       the cursor's parameter "," the items' property "," the next cursor's
//!                             "," the parameter that takes a cursor to go back from
//!                             "," the most items of a page, if `page_size` says how many
//!         | " @" enc type     the body; enc: j JSON, f form, m multipart, upper case: required
//!         | " ~"              a POST or PATCH that is as good twice as once: it is repeated like a GET
//!         | " $"              only the token of a signed-in user will do
//! ```
//!
//! [`super::notation`] reads fields and types. A line costs a caller some 50 bytes compressed; the
//! same facts as structures cost four times that.

use super::paging::Paging;
use super::text::{decode, holds, parts};

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

/// What kind of call it is.
#[cfg(feature = "js")]
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// See [`Operation::arguments`].
    pub arguments: u32,
    pub has_params: bool,
    pub is_list: bool,
    pub is_upload: bool,
}

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

    /// Whether a POST or PATCH may be sent again when nobody knows whether it was done.
    pub(crate) fn is_idempotent(&self) -> bool {
        parts(self.0, b' ').any(|word| word == "~")
    }

    /// How many values callers give by their place: those of the path, and an identifier that the
    /// query or the body holds.
    pub(crate) fn arguments(&self) -> u32 {
        let mut before = b' ';
        let mut count = 0;
        for byte in self.0.bytes() {
            // Braces are in bodies too, but not behind a slash.
            let counts = match byte {
                b'{' => before == b'/',
                b'=' => before != b' ',
                _ => false,
            };
            count += u32::from(counts);
            before = byte;
        }
        count
    }

    /// What callers know such a value by; `name` is what the API calls it.
    pub(crate) fn argument(&self, index: u32, name: &str) -> String {
        let names = parts(self.0, b' ').find_map(|word| word.strip_prefix('='));
        let own = names.and_then(|names| parts(names, b',').nth(index as usize));
        let name = own.map_or_else(|| name.into(), decode);
        #[cfg(feature = "js")]
        let name = camel(&name);
        name
    }

    /// Whether a call takes a params object.
    pub(crate) fn has_params(&self) -> bool {
        self.sections().any(|section| match section {
            Section::Query(fields) | Section::Headers(fields) => !is_placed(fields),
            Section::Body { ty, .. } => !is_placed(ty),
        })
    }

    /// Whether a call sends files.
    pub(crate) fn is_upload(&self) -> bool {
        let is_multipart = |section| {
            let encoding = Encoding::Multipart;
            matches!(section, Section::Body { encoding: own, .. } if own == encoding)
        };
        self.sections().any(is_multipart)
    }

    /// What a driver asks of every call, in one reading.
    #[cfg(feature = "js")]
    pub(crate) fn shape(&self) -> Shape {
        Shape {
            arguments: self.arguments(),
            has_params: self.has_params(),
            is_list: parts(self.0, b' ').any(|word| word.starts_with('>')),
            is_upload: self.is_upload(),
        }
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

/// Whether a list of fields has one alone, which has its place in the call.
fn is_placed(fields: &str) -> bool {
    holds(fields, "=") && !holds(fields, ",")
}

/// `userId` for `user_id`.
#[cfg(feature = "js")]
fn camel(name: &str) -> String {
    let mut camel = String::new();
    let mut upper = false;
    for byte in name.bytes() {
        if byte == b'_' {
            upper = !camel.is_empty();
            continue;
        }
        let byte = if upper {
            byte.to_ascii_uppercase()
        } else {
            byte
        };
        camel.push(char::from(byte));
        upper = false;
    }
    camel
}

fn section(text: &'static str) -> Option<Section> {
    let (mark, rest) = text.split_at_checked(1)?;
    match mark {
        "?" => Some(Section::Query(rest)),
        "^" => Some(Section::Headers(rest)),
        ">" | "$" | "=" | "~" => None,
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
        $(#[allow(dead_code)] $(#[$doc])* pub const $name: $crate::core::operation::Operation = $crate::core::operation::Operation::new($line);)*

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
        "users.update updateUser PATCH /api/v1/user update:users =user_id ?id=! @J{given_name}",
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
                Section::Query("id=!"),
                Section::Body {
                    encoding: Encoding::Json,
                    required: true,
                    ty: "{given_name}"
                }
            ]
        ));
    }

    #[test]
    fn marks_say_who_calls_it_and_how_often() {
        let marked = Operation::new("a.b c POST /x  @M{logo!:x} ~ $");
        assert!(marked.is_as_user() && marked.is_idempotent() && marked.is_upload());
        assert!(!LINE.is_as_user() && !LINE.is_idempotent() && !LINE.is_upload());
    }

    #[test]
    fn values_have_their_place_in_the_path_or_by_a_mark() {
        let arguments = |line| {
            let line = Operation::new(line);
            (line.arguments(), line.has_params())
        };
        assert_eq!(arguments(LINE.0), (1, true));
        assert_eq!(arguments("a.b c GET /x"), (0, false));
        assert_eq!(arguments("a.b c GET /x/{y}/z/{w(a|b)} s"), (2, false));
        assert_eq!(arguments("a.b c GET /x  =user_id ?id=!"), (1, false));
        assert_eq!(arguments("a.b c GET /x  ?a_id=!,b"), (1, true));
        assert_eq!(arguments("a.b c POST /x/{y}  @J{role_id=}"), (2, false));
        assert_eq!(arguments("a.b c POST /x/{y}  @J{a,b{c}}"), (1, true));
    }

    #[test]
    fn arguments_are_known_by_one_name() {
        assert_eq!(
            LINE.argument(0, "id").to_lowercase().replace('_', ""),
            "userid"
        );
        let plain = Operation::new("a.b c GET /x/{y}");
        assert_eq!(plain.argument(0, "y"), "y");
    }

    #[test]
    fn an_operation_may_need_no_scope() {
        let line = Operation::new("oauth.introspect tokenIntrospection POST /x  @F{token!}");
        assert_eq!(line.scope(), None);
        assert_eq!(line.sections().count(), 1);
        assert_eq!(Operation::new("a.b c GET /x").scope(), None);
    }
}
