//! What the generator knows of an API once the document and the overlay are read, resolved and
//! checked. Emitters read this and nothing else: no reference is left in it, every inline object,
//! enum and union has a name, every order is the document's.

use indexmap::IndexMap;
use serde_json::Value;

/// A whole API.
#[derive(Debug, Clone)]
pub struct Api {
    /// `info.title`
    pub title: String,
    /// `info.version`
    pub version: String,
    /// In the document's order.
    pub operations: Vec<Operation>,
    /// Second methods of some of them: each calls its operation without the identifier, which the
    /// service then chooses itself.
    pub shorthands: Vec<Operation>,
    /// Every named type that an operation sends or receives on success, by [`Type::Named`] name.
    pub types: IndexMap<String, TypeDef>,
}

impl Api {
    /// Every method of a client: one for each operation, then the second ones.
    pub fn methods(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().chain(&self.shorthands)
    }

    /// The second method of an operation.
    pub fn shorthand(&self, operation: &Operation) -> Option<&Operation> {
        self.shorthands
            .iter()
            .find(|other| other.id == operation.id)
    }

    /// What a list operation answers, and what it lists: only where the answer, if there is one, is
    /// an object whose items are in an array.
    pub fn listed<'a>(&'a self, operation: &'a Operation) -> Option<(&'a Type, &'a Type)> {
        let paging = operation.paging.as_ref()?;
        let Response {
            ty: Some(answer @ Type::Named(name)),
            ..
        } = &operation.response
        else {
            return None;
        };
        let mut object = name;
        let mut path = paging.items.split('.');
        let last = path.next_back()?;
        for name in path {
            match &self.field(object, name)?.ty {
                Type::Named(inner) => object = inner,
                _ => return None,
            }
        }
        match &self.field(object, last)?.ty {
            Type::Array(item) => Some((answer, item)),
            _ => None,
        }
    }

    /// A field of a named type that is an object.
    fn field(&self, type_name: &str, name: &str) -> Option<&Field> {
        match &self.types.get(type_name)?.kind {
            TypeKind::Object(fields) => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }
}

/// One operation: a method on a path.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId` as the document spells it.
    pub id: String,
    /// The client's accessors, camelCase: `["organizations", "users"]`.
    pub resource: Vec<String>,
    /// The method on that resource, camelCase: `list`.
    pub name: String,
    /// What its own types are called, PascalCase and unique: `ListUsers`, `AddOrganizationUsers`.
    /// Parameters are `<type_name>` in Rust, `<type_name>Params` in TypeScript.
    pub type_name: String,
    /// Upper case: `GET`.
    pub method: &'static str,
    /// The template: `/api/v1/users/{user_id}/roles`.
    pub path: String,
    /// The first tag.
    pub tag: String,
    /// `x-kinde-scope`
    pub scope: Option<String>,
    /// `x-kinde-token: user`: only the token of a signed-in user will do.
    pub as_user: bool,
    /// A POST or PATCH that is as good twice as once, by the overlay: it is repeated like a GET.
    pub idempotent: bool,
    /// One line.
    pub summary: Option<String>,
    /// CommonMark.
    pub description: Option<String>,
    /// `deprecated: true`
    pub deprecated: bool,
    /// Path parameters in the order of the template: each is required.
    pub path_params: Vec<Field>,
    /// Query parameters in the document's order.
    pub query: Vec<Field>,
    /// Header parameters in the document's order (none in today's document).
    pub headers: Vec<Field>,
    /// The request body.
    pub body: Option<Body>,
    /// What success looks like.
    pub response: Response,
    /// How to get the next page, from the overlay.
    pub paging: Option<Paging>,
    /// All documented responses: status ("200", "4XX", "default") to description and JSON schema.
    pub responses: Vec<(String, String, Option<Value>)>,
}

impl Operation {
    /// What callers give by its place: the values of the path in its order, then what identifies
    /// the thing elsewhere.
    pub fn arguments(&self) -> impl Iterator<Item = &Field> {
        let elsewhere = self
            .query
            .iter()
            .chain(self.body.iter().flat_map(Body::fields));
        self.path_params
            .iter()
            .chain(elsewhere.filter(|field| field.argument.is_some()))
    }

    /// What its method does not say of its retries.
    pub fn retried(&self) -> &'static str {
        match self.idempotent {
            true => "; retried like a GET, since doing it twice is as good as doing it once",
            false => "",
        }
    }

    /// The query parameters of the params object.
    pub fn named_query(&self) -> impl Iterator<Item = &Field> {
        self.query.iter().filter(|field| field.argument.is_none())
    }

    /// The fields of the body that stand in the params object.
    pub fn named_fields(&self) -> impl Iterator<Item = &Field> {
        let fields = self.body.iter().flat_map(Body::fields);
        fields.filter(|field| field.argument.is_none())
    }

    /// Whether the params object holds the body, or a part of it.
    pub fn names_body(&self) -> bool {
        let only_arguments = |body: &Body| {
            body.whole().is_none() && body.fields().iter().any(|field| field.argument.is_some())
        };
        let body = self.body.as_ref();
        body.is_some_and(|body| !only_arguments(body)) || self.named_fields().next().is_some()
    }

    /// Whether a call takes a params object (behind the arguments, before the options).
    pub fn has_params(&self) -> bool {
        self.named_query().next().is_some() || !self.headers.is_empty() || self.names_body()
    }

    /// Whether that object may be left out. What an optional body requires is required of those
    /// who send one.
    pub fn params_optional(&self) -> bool {
        let needs_body = self.names_body() && self.body.iter().any(|body| body.required);
        let mut parameters = self.named_query().chain(&self.headers);
        !needs_body && !parameters.any(|field| field.required)
    }
}

/// A parameter, or a property of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name on the wire.
    pub name: String,
    /// `required`
    pub required: bool,
    /// `nullable`
    pub nullable: bool,
    /// The type of a value that is not null.
    pub ty: Type,
    /// CommonMark.
    pub description: Option<String>,
    /// `example`, as the document has it.
    pub example: Option<Value>,
    /// `default`
    pub default: Option<Value>,
    /// `deprecated: true`
    pub deprecated: bool,
    /// What a list with commas takes, where the document says it: other values pass.
    pub words: Vec<String>,
    /// In an answer: the service gives it, whatever the document requires.
    pub certain: bool,
    /// What callers know it by where they give it by its place, in snake_case: `user_id` for the
    /// `id` of a user. Path parameters have it if it is not their name, others if they have a place.
    pub argument: Option<String>,
}

impl Field {
    /// What callers know an argument by.
    pub fn argument_name(&self) -> &str {
        self.argument.as_deref().unwrap_or(&self.name)
    }
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// `string`, whatever its format (but for `binary`).
    String,
    /// `string` on the wire with several values in it, comma separated (overlay: `comma_lists`):
    /// callers may give an array of strings.
    CommaList,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `boolean`
    Boolean,
    /// `string` with format `binary`, in a multipart body.
    Binary,
    /// No type, or a free-form object.
    Any,
    /// `type: object` with neither properties nor typed additional ones.
    FreeObject,
    /// `array`
    Array(Box<Type>),
    /// `additionalProperties` with a schema. In a query: style deepObject.
    Map(Box<Type>),
    /// An entry of [`Api::types`].
    Named(String),
}

/// A type with a name of its own.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// PascalCase, unique, usable in Rust and TypeScript as it is.
    pub name: String,
    /// CommonMark.
    pub description: Option<String>,
    /// What it is.
    pub kind: TypeKind,
    /// Whether an operation sends it (parameters, bodies), directly or inside another type.
    pub sent: bool,
    /// Whether an operation receives it.
    pub received: bool,
}

/// The kinds of named types.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// `type: object` with properties, `allOf` already merged.
    Object(Vec<Field>),
    /// `enum` of strings, as the document spells them.
    Enum(Vec<String>),
    /// `oneOf` / `anyOf`.
    Union(Vec<Type>),
}

/// A request body.
#[derive(Debug, Clone)]
pub struct Body {
    /// `requestBody.required`
    pub required: bool,
    /// How it is written.
    pub encoding: Encoding,
    /// CommonMark.
    pub description: Option<String>,
    /// What it holds.
    pub content: Content,
}

impl Body {
    /// The fields that callers give beside the query parameters.
    pub fn fields(&self) -> &[Field] {
        match &self.content {
            Content::Fields(fields) => fields,
            Content::Whole(_) => &[],
        }
    }

    /// The type of a body that is not an object with known properties: callers give it as `body`.
    pub fn whole(&self) -> Option<&Type> {
        match &self.content {
            Content::Whole(ty) => Some(ty),
            Content::Fields(_) => None,
        }
    }
}

/// What a body holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// An object: its properties stand in the params object.
    Fields(Vec<Field>),
    /// Anything else: an array, a map, a union, a scalar.
    Whole(Type),
}

/// The media types a body can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data`
    Multipart,
}

/// What an operation answers on success.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The type of the body, if a success has one.
    pub ty: Option<Type>,
    /// Whether another success of the same operation has none (200 with, 204 without).
    pub may_be_empty: bool,
}

/// How an operation goes on to the next page.
#[derive(Debug, Clone, PartialEq)]
pub struct Paging {
    /// The query parameter that takes the cursor: `next_token`, `starting_after`. None: one page.
    pub cursor: Option<String>,
    /// The property of the answer that holds the items: `users`, or `data.users`.
    pub items: String,
    /// The property of the answer that holds the next cursor: `next_token`, or one inside another.
    /// None: the `id` of the last item is the cursor.
    pub next: Option<String>,
    /// The query parameter that takes a cursor to go back from: `ending_before`.
    pub back: Option<String>,
    /// How many items a page has at most, if callers can say how many it is to have (`page_size`).
    pub size: Option<u64>,
}
