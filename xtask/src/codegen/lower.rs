//! The document and the overlay to [`super::ir::Api`]: every reference resolved, every inline object,
//! enum and union named.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail, ensure};
use indexmap::IndexMap;
use serde_json::Value;

use super::document::{Document, Location, Node, Parameter, RawOperation, Style};
use super::ir::{
    Api, Body, Content, Encoding, Field, Operation, Paging, Response, Type, TypeDef, TypeKind,
};
use super::names::{self, Names};
use super::naming::{TypeNames, constant, pascal, singular};
use super::notes::Notes;
use super::overlay::{Entry, Overlay};
use super::schema::{Kind, Shape, sole_member};
use super::shapes::{self, Origins};
use super::{answers, arguments};

/// The model of a document, and what is worth a message.
pub struct Lowered {
    pub api: Api,
    /// The operations that the overlay does not name, with the calls they got.
    pub unnamed: Vec<(String, String)>,
}

/// Builds the model.
pub fn lower<'d>(
    document: &'d Document,
    overlay: &'d Overlay,
    notes: &mut Notes,
) -> Result<Lowered> {
    let raw = document.operations()?;
    let lenient = document.origin().is_lenient();
    let mut constants: HashMap<String, &str> = HashMap::new();
    for operation in &raw {
        if let Some(other) = constants.insert(constant(operation.id), operation.id) {
            return Err(operation.node.error(format!(
                "the operation ids `{other}` and `{}` are too much alike",
                operation.id
            )));
        }
    }

    let mut types = TypeNames::new();
    let mut components = HashMap::new();
    let names = names::assign(&raw, overlay, document.origin(), &mut types, |types| {
        let schemas = document
            .root()
            .get("components")
            .and_then(|c| c.get("schemas"));
        for (name, _) in schemas.iter().flat_map(Node::entries) {
            let pointer = format!("/components/schemas/{}", escape(name));
            components.insert(pointer, types.claim_like(&pascal(name)));
        }
    })?;

    let mut lower = Lower {
        document,
        overlay,
        names: types,
        components,
        types: IndexMap::new(),
        references: HashMap::new(),
        access: HashMap::new(),
        multipart: false,
        lenient,
        notes,
    };
    // Those with an entry first: what they hoist is named before what newer operations hoist.
    let mut order: Vec<usize> = (0..raw.len()).collect();
    order.sort_by_key(|&i| names[i].default);
    let mut operations: Vec<(usize, Operation)> = Vec::new();
    for i in order {
        let entry = overlay.operations.get(raw[i].id);
        if lenient {
            let lowered = lower.operation_or_nothing(&raw[i], &names[i], entry);
            operations.extend(lowered.map(|operation| (i, operation)));
        } else {
            operations.push((i, lower.operation(&raw[i], &names[i], entry)?));
        }
    }
    operations.sort_by_key(|(i, _)| *i);

    let info = document.root().get("info");
    let text = |key| {
        info.as_ref()
            .and_then(|info| info.text(key))
            .unwrap_or_default()
            .to_owned()
    };
    let mut api = Api {
        title: text("title"),
        version: text("version"),
        operations: operations
            .into_iter()
            .map(|(_, operation)| operation)
            .collect(),
        shorthands: Vec::new(),
        types: IndexMap::new(),
    };
    api.shorthands = shorthands(&api, overlay, lenient)?;
    let origins = Origins {
        order: lower.types.keys().cloned().collect(),
        components: lower.components.values().cloned().collect(),
    };
    lower.reach(&mut api);
    answers::require(&mut api);
    shapes::share(&mut api, &origins, overlay, lenient, notes)?;
    for operation in &mut api.operations {
        if let Some(paging) = &mut operation.paging {
            paging.size = page_size(&operation.query, &overlay.limits);
        }
    }
    let is_there = |id: &str| api.operations.iter().any(|operation| operation.id == id);
    let unnamed = raw
        .iter()
        .zip(&names)
        .filter(|(raw, names)| names.default && is_there(raw.id));
    let unnamed = unnamed
        .map(|(raw, names)| (raw.id.to_owned(), names.call()))
        .collect();
    Ok(Lowered { api, unnamed })
}

/// The second methods that the overlay has. Where a document requires the identifier, there is no
/// call without it.
fn shorthands(api: &Api, overlay: &Overlay, lenient: bool) -> Result<Vec<Operation>> {
    let mut all = Vec::new();
    for operation in &api.operations {
        let entry = overlay.operations.get(&operation.id);
        let Some((resource, name)) = entry.and_then(Entry::shorthand_names) else {
            continue;
        };
        let mut identifiers = operation
            .query
            .iter()
            .filter(|field| field.argument.is_some());
        if identifiers.clone().next().is_none() {
            ensure!(
                lenient,
                "operations.{}.shorthand: no identifier to leave out",
                operation.id
            );
            continue;
        }
        if identifiers.any(|field| field.required) {
            continue;
        }
        let mut shorthand = operation.clone();
        shorthand.query.retain(|field| field.argument.is_none());
        (shorthand.resource, shorthand.name) = (resource, name);
        all.push(shorthand);
    }
    Ok(all)
}

fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// What an inline type is called, should it need a name: the type around it and its word there.
#[derive(Debug, Clone)]
struct Hint {
    parent: String,
    word: String,
}

impl Hint {
    fn new(parent: &str, word: &str) -> Hint {
        Hint {
            parent: parent.to_owned(),
            word: word.to_owned(),
        }
    }

    fn name(&self) -> String {
        self.parent.clone() + &pascal(&self.word)
    }

    /// One of several: `ListApisResponseApi` in `apis`.
    fn item(&self) -> Hint {
        let word = singular(&self.word);
        match word == self.word {
            true => Hint::new(&self.parent, &format!("{word}_item")),
            false => Hint::new(&self.parent, &word),
        }
    }
}

/// A documented response, as [`Operation::responses`] has it.
type Documented = (String, String, Option<Value>);

/// A type and whether null is one of its values.
#[derive(Debug, Clone)]
struct Typed {
    ty: Type,
    nullable: bool,
}

/// A schema that is referred to, while its type is being built and afterwards.
#[derive(Clone)]
struct Reference {
    /// `None`: a type without a name, such as an array.
    name: Option<String>,
    used: bool,
}

struct Lower<'d, 'n> {
    document: &'d Document,
    overlay: &'d Overlay,
    names: TypeNames,
    /// The names of the types in `components`, by pointer.
    components: HashMap<String, String>,
    types: IndexMap<String, TypeDef>,
    references: HashMap<String, Reference>,
    /// `readOnly` and `writeOnly` of a type's fields.
    access: HashMap<(String, String), Access>,
    /// Inside a multipart body, the only place where a string can be binary.
    multipart: bool,
    /// What cannot be read is passed over.
    lenient: bool,
    notes: &'n mut Notes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ReadOnly,
    WriteOnly,
}

impl<'d> Lower<'d, '_> {
    /// An operation, if it can be read; nothing of it is left if not.
    fn operation_or_nothing(
        &mut self,
        raw: &RawOperation<'d>,
        names: &Names,
        entry: Option<&Entry>,
    ) -> Option<Operation> {
        let before = (
            self.types.clone(),
            self.references.clone(),
            self.access.clone(),
        );
        match self.operation(raw, names, entry) {
            Ok(operation) => Some(operation),
            Err(error) => {
                (self.types, self.references, self.access) = before;
                self.multipart = false;
                self.notes.add("left out", format!("{error:#}"));
                None
            }
        }
    }

    fn operation(
        &mut self,
        raw: &RawOperation<'d>,
        names: &Names,
        entry: Option<&Entry>,
    ) -> Result<Operation> {
        let node = &raw.node;
        let mut query = Vec::new();
        let mut headers = Vec::new();
        let mut path: HashMap<String, Field> = HashMap::new();
        for parameter in &raw.parameters {
            let field = match self.parameter(parameter, &names.type_name) {
                Err(error) if self.lenient && !parameter.data.required => {
                    self.notes.add("passed over", format!("{error:#}"));
                    continue;
                }
                field => field?,
            };
            match parameter.location {
                Location::Query => query.push(field),
                Location::Header => headers.push(field),
                Location::Path => {
                    path.insert(field.name.clone(), field);
                }
            }
        }
        let mut path_params: Vec<Field> = path.into_values().collect();
        path_params.sort_by_key(|field| raw.path.find(&format!("{{{}}}", field.name)));

        let body = self.body(raw, &names.type_name)?;
        let whole = body.as_ref().is_some_and(|body| body.whole().is_some());
        if let Some(field) = query
            .iter()
            .chain(&headers)
            .find(|field| whole && field.name == "body")
        {
            return Err(node.error(format!(
                "the parameter `{}` has the name under which callers give the body",
                field.name
            )));
        }
        for name in entry.iter().flat_map(|entry| &entry.comma_lists) {
            let field = query.iter_mut().find(|field| field.name == *name);
            match field {
                Some(field) if field.ty == Type::String => field.ty = Type::CommaList,
                _ if self.lenient => {
                    let what = "comma_lists of the overlay that are none here";
                    self.notes.add(what, format!("{} ({name})", raw.id));
                }
                Some(_) => bail!(
                    "operations.{}.comma_lists: `{name}` is no plain string",
                    raw.id
                ),
                None => bail!(
                    "operations.{}.comma_lists: no query parameter `{name}`",
                    raw.id
                ),
            }
        }
        for (name, words) in entry.iter().flat_map(|entry| &entry.words) {
            let list = |field: &&mut Field| field.name == *name && field.ty == Type::CommaList;
            match query.iter_mut().find(list) {
                Some(field) => field.words.clone_from(words),
                None if self.lenient => {
                    let what = "words of the overlay for what is no list here";
                    self.notes.add(what, format!("{} ({name})", raw.id));
                }
                None => bail!("operations.{}.words: `{name}` is no comma list", raw.id),
            }
        }
        let (mut response, responses) = self.responses(raw, &names.type_name)?;
        let paging = match entry.and_then(|entry| entry.paging.as_ref()) {
            Some(paging) => match self.given_paging(raw, &query, &response, paging) {
                Err(error) if self.lenient => {
                    let what = "pages that are not those of the overlay";
                    self.notes.add(what, format!("{error:#}"));
                    self.found_paging(&query, &response)
                }
                given => Some(given?),
            },
            None if names.name == "list" => self.found_paging(&query, &response),
            None => None,
        };
        if paging.is_some() {
            // An answer that has no list is refused, unless its status says that there is none.
            response.may_be_empty = responses.iter().any(|(status, ..)| status == "204");
        }
        let scope = match node.value.get("x-kinde-scope") {
            None => None,
            Some(Value::String(scope)) if !scope.contains(char::is_whitespace) => {
                Some(scope.clone()).filter(|scope| !scope.is_empty())
            }
            Some(scope) if self.lenient => {
                let what = format!("x-kinde-scope {scope} is passed over");
                self.notes.add(what, &node.place);
                None
            }
            Some(_) => return Err(node.error("x-kinde-scope is not one scope")),
        };
        let idempotent = entry.is_some_and(|entry| entry.idempotent);
        ensure!(
            !idempotent || matches!(raw.method, "POST" | "PATCH"),
            "operations.{}: a {} is repeated as it is: take `idempotent` out",
            raw.id,
            raw.method
        );
        let tag = node
            .value
            .get("tags")
            .and_then(|tags| tags.get(0))
            .and_then(Value::as_str);
        let mut operation = Operation {
            id: raw.id.to_owned(),
            resource: names.resource.clone(),
            name: names.name.clone(),
            type_name: names.type_name.clone(),
            method: raw.method,
            path: raw.path.to_owned(),
            tag: tag.unwrap_or("General").to_owned(),
            scope,
            as_user: node.text("x-kinde-token") == Some("user"),
            idempotent,
            summary: node
                .text("summary")
                .map(one_line)
                .filter(|text| !text.is_empty()),
            description: node.text("description").and_then(trimmed),
            deprecated: node.value.get("deprecated") == Some(&Value::Bool(true)),
            path_params,
            query,
            headers,
            body,
            response,
            paging,
            responses,
        };
        match arguments::assign(&mut operation, self.overlay, entry) {
            Err(error) if self.lenient => {
                let what = "identifiers of the overlay that are none here";
                self.notes.add(what, format!("{error:#}"));
                arguments::assign(&mut operation, self.overlay, None)?;
            }
            assigned => assigned?,
        }
        Ok(operation)
    }

    fn parameter(&mut self, parameter: &Parameter<'d>, type_name: &str) -> Result<Field> {
        let Parameter {
            name, data, node, ..
        } = parameter;
        let path = parameter.location == Location::Path;
        let mut field = self.field(name, &parameter.schema, type_name, data.required || path)?;
        field.description = data
            .description
            .as_deref()
            .and_then(trimmed)
            .or(field.description);
        field.deprecated |= data.deprecated == Some(true);
        let example = node
            .get("examples")
            .and_then(|all| all.entries().next()?.1.get("value"));
        field.example = data
            .example
            .clone()
            .or(example.map(|node| node.value.clone()))
            .or(field.example);

        let refused = |what: &str| {
            let place = parameter.location.as_str();
            Err(node.error(format!("{what} is not supported in {place} parameters")))
        };
        let listed = match &field.ty {
            Type::Array(items) => Some(self.is_scalar(items)),
            _ => None,
        };
        match (parameter.location, parameter.style, listed) {
            (Location::Query, Style::DeepObject, _) => {
                if !self.is_deep_object(&field.ty) {
                    return refused("deepObject of anything but an object of simple values");
                }
            }
            (Location::Query, Style::Plain, Some(true)) => {}
            (Location::Query | Location::Header, Style::CommaSeparated, Some(true)) => {
                field.words = self.words(&field.ty);
                field.ty = Type::CommaList;
            }
            _ if self.is_scalar(&field.ty) => {}
            (Location::Query, _, None) => return refused("an object without style deepObject"),
            _ => return refused("an object or an array of this kind"),
        }
        if path {
            // a path value is text, and there is no path without it
            field.nullable = false;
            if !self.is_enum(&field.ty) {
                field.ty = Type::String;
            }
        }
        Ok(field)
    }

    /// The values of a list of an enum.
    fn words(&self, ty: &Type) -> Vec<String> {
        let name = match ty {
            Type::Array(item) => match &**item {
                Type::Named(name) => name,
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        match self.types.get(name).map(|def| &def.kind) {
            Some(TypeKind::Enum(values)) => values.clone(),
            _ => Vec::new(),
        }
    }

    /// A value that is written as one text.
    fn is_scalar(&self, ty: &Type) -> bool {
        match ty {
            Type::String | Type::Integer | Type::Number | Type::Boolean | Type::Any => true,
            Type::CommaList | Type::Binary => true,
            Type::FreeObject | Type::Array(_) | Type::Map(_) => false,
            Type::Named(name) => match self.types.get(name).map(|def| &def.kind) {
                Some(TypeKind::Enum(_)) => true,
                Some(TypeKind::Union(variants)) => variants.iter().all(|ty| self.is_scalar(ty)),
                Some(TypeKind::Object(_)) | None => false,
            },
        }
    }

    fn is_enum(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named(name)
            if matches!(self.types.get(name).map(|def| &def.kind), Some(TypeKind::Enum(_))))
    }

    fn is_scalar_or_list(&self, ty: &Type) -> bool {
        match ty {
            Type::Array(items) => self.is_scalar(items),
            ty => self.is_scalar(ty),
        }
    }

    fn is_deep_object(&self, ty: &Type) -> bool {
        match ty {
            Type::FreeObject => true,
            Type::Map(values) => self.is_scalar_or_list(values),
            Type::Named(name) => match self.types.get(name).map(|def| &def.kind) {
                Some(TypeKind::Object(fields)) => {
                    fields.iter().all(|field| self.is_scalar_or_list(&field.ty))
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn body(&mut self, raw: &RawOperation<'d>, type_name: &str) -> Result<Option<Body>> {
        let Some(node) = raw.node.get("requestBody") else {
            return Ok(None);
        };
        let (node, _) = self.document.resolve(&node)?;
        node.expect_keys("description content required")?;
        if matches!(raw.method, "GET" | "HEAD") {
            let error = node.error("fetch cannot send a body with GET or HEAD");
            let needed = node.value.get("required") == Some(&Value::Bool(true));
            if self.lenient && !needed {
                self.notes.add("passed over", format!("{error:#}"));
                return Ok(None);
            }
            return Err(error);
        }
        let (media, encoding) = self.request_media(&node)?;
        self.multipart = encoding == Encoding::Multipart;
        let content = self.body_content(&media, type_name);
        self.multipart = false;
        let content = content?;

        if encoding != Encoding::Json {
            let Content::Fields(fields) = &content else {
                return Err(media.error("a form has to be an object with properties"));
            };
            if let Some(field) = fields
                .iter()
                .find(|field| !self.is_scalar_or_list(&field.ty))
            {
                return Err(media.error(format!(
                    "an object in a form (`{}`) is not supported",
                    field.name
                )));
            }
            for (_, part) in media.get("encoding").iter().flat_map(Node::entries) {
                part.expect_keys("contentType")?;
            }
        }
        Ok(Some(Body {
            required: node.value.get("required") == Some(&Value::Bool(true)),
            encoding,
            description: node.text("description").and_then(trimmed),
            content,
        }))
    }

    /// The one media type of a request body.
    fn request_media(&self, node: &Node<'d>) -> Result<(Node<'d>, Encoding)> {
        let content = node
            .get("content")
            .ok_or_else(|| node.error("content is missing"))?;
        let mut chosen: Option<(Node<'d>, &str)> = None;
        for (name, media) in content.entries() {
            media.expect_keys("schema example examples encoding")?;
            let essence = essence(name);
            match &chosen {
                None => chosen = Some((media, essence)),
                Some((_, first)) if *first != essence => {
                    return Err(content.error(format!(
                        "several media types (`{first}`, `{essence}`) are not supported"
                    )));
                }
                Some((first, _)) => self.same_schema(first, &media)?,
            }
        }
        match chosen {
            Some((media, "application/json")) => Ok((media, Encoding::Json)),
            Some((media, "application/x-www-form-urlencoded")) => Ok((media, Encoding::Form)),
            Some((media, "multipart/form-data")) => Ok((media, Encoding::Multipart)),
            Some((media, other)) => {
                Err(media.error(format!("the media type `{other}` is not supported")))
            }
            None => Err(content.error("no media type")),
        }
    }

    /// Several spellings of one media type name one body.
    fn same_schema(&self, first: &Node<'d>, other: &Node<'d>) -> Result<()> {
        let inlined = |media: &Node<'d>| {
            media
                .get("schema")
                .map(|schema| self.document.inlined(&schema))
                .transpose()
        };
        match inlined(first)? == inlined(other)? {
            true => Ok(()),
            false => Err(other.error(format!("not the same schema as at {}", first.place))),
        }
    }

    fn body_content(&mut self, media: &Node<'d>, type_name: &str) -> Result<Content> {
        let Some(schema) = media.get("schema") else {
            return Ok(Content::Whole(Type::Any));
        };
        let shape = Shape::read(self.document, &schema)?;
        let fields = shape.kind == Some(Kind::Object)
            && !shape.properties.is_empty()
            && shape.variants.is_empty();
        if !fields {
            return Ok(Content::Whole(
                self.ty(&schema, &Hint::new(type_name, "body"))?.ty,
            ));
        }
        let (parent, fields) = match schema.text("$ref") {
            None => (type_name.to_owned(), self.fields(&shape, type_name)?),
            Some(_) => match self.ty(&schema, &Hint::new(type_name, "body"))?.ty {
                Type::Named(name) => match self.types.get(&name).map(|def| &def.kind) {
                    Some(TypeKind::Object(fields)) => (name.clone(), fields.clone()),
                    _ => return Err(schema.error("is made of itself")),
                },
                _ => return Err(schema.error("is made of itself")),
            },
        };
        let sent = |field: &Field| {
            self.access.get(&(parent.clone(), field.name.clone())) != Some(&Access::ReadOnly)
        };
        Ok(Content::Fields(fields.into_iter().filter(sent).collect()))
    }

    fn responses(
        &mut self,
        raw: &RawOperation<'d>,
        type_name: &str,
    ) -> Result<(Response, Vec<Documented>)> {
        let all = self.document.responses(&raw.node)?;
        let success = |status: &str| status.starts_with('2');
        let any_success = all.iter().any(|(status, _)| success(status));
        let unknown = !any_success && !all.iter().any(|(status, _)| *status == "default");
        let mut documented = Vec::new();
        let mut types: Vec<Type> = Vec::new();
        let mut may_be_empty = false;
        for (status, node) in all {
            let is_success = success(status) || (status == "default" && !any_success);
            let media = match raw.method {
                "HEAD" => None,
                _ => self.response_media(&node, is_success)?,
            };
            let schema = media.as_ref().and_then(|media| media.get("schema"));
            let json = schema
                .as_ref()
                .map(|schema| self.document.inlined(schema))
                .transpose()?;
            let description = node.text("description").unwrap_or_default();
            documented.push((status.to_owned(), one_line(description), json));
            if !is_success {
                continue;
            }
            let typed = match (&media, &schema) {
                (None, _) => None,
                (Some(_), None) => Some(Typed {
                    ty: Type::Any,
                    nullable: false,
                }),
                (Some(_), Some(schema)) => {
                    let word = if types.is_empty() {
                        "response"
                    } else {
                        "other_response"
                    };
                    Some(self.ty(schema, &Hint::new(type_name, word))?)
                }
            };
            match typed {
                Some(typed) => {
                    may_be_empty |= typed.nullable;
                    if !types.contains(&typed.ty) {
                        types.push(typed.ty);
                    }
                }
                None => may_be_empty = true,
            }
        }
        if unknown {
            // no success is documented: nobody knows what it looks like
            types.push(Type::Any);
            may_be_empty = true;
        }
        let ty = match types.len() {
            0 | 1 => types.pop(),
            _ => {
                let name = self
                    .names
                    .claim_like(&Hint::new(type_name, "responses").name());
                self.define(&name, None, TypeKind::Union(types));
                Some(Type::Named(name))
            }
        };
        let may_be_empty = may_be_empty && ty.is_some();
        Ok((Response { ty, may_be_empty }, documented))
    }

    /// The JSON of a response. Calls ask for nothing else, so a success that is not available as
    /// JSON is an error.
    fn response_media(&self, node: &Node<'d>, needed: bool) -> Result<Option<Node<'d>>> {
        let Some(content) = node.get("content") else {
            return Ok(None);
        };
        let mut json: Option<Node<'d>> = None;
        for (name, media) in content.entries() {
            match &json {
                _ if essence(name) != "application/json" => {}
                None => json = Some(media),
                Some(first) if needed => self.same_schema(first, &media)?,
                Some(_) => {}
            }
        }
        match content.entries().next() {
            Some((other, media)) if needed && json.is_none() => Err(media.error(format!(
                "an answer of type `{other}` is not supported, only JSON is"
            ))),
            _ => Ok(json),
        }
    }

    fn fields(&mut self, shape: &Shape<'d>, parent: &str) -> Result<Vec<Field>> {
        let mut fields = Vec::new();
        for (name, property) in &shape.properties {
            let required = shape.required.contains(name);
            fields.push(self.field(name, property, parent, required)?);
        }
        Ok(fields)
    }

    fn field(
        &mut self,
        name: &str,
        node: &Node<'d>,
        parent: &str,
        required: bool,
    ) -> Result<Field> {
        let shape = Shape::read(self.document, node)?;
        let typed = self.ty(node, &Hint::new(parent, name))?;
        let access = match (shape.read_only, shape.write_only) {
            (true, true) => bail!("{}: readOnly and writeOnly", shape.place),
            (true, false) => Some(Access::ReadOnly),
            (false, true) => Some(Access::WriteOnly),
            (false, false) => None,
        };
        if let Some(access) = access {
            self.access
                .insert((parent.to_owned(), name.to_owned()), access);
        }
        let beside_reference = node.text("description").and_then(trimmed);
        Ok(Field {
            name: name.to_owned(),
            required,
            nullable: typed.nullable,
            ty: typed.ty,
            description: beside_reference
                .or_else(|| shape.description.as_deref().and_then(trimmed)),
            example: shape.example,
            default: shape.default,
            deprecated: shape.deprecated,
            words: Vec::new(),
            certain: false,
            argument: None,
        })
    }

    /// The type of a schema.
    fn ty(&mut self, node: &Node<'d>, hint: &Hint) -> Result<Typed> {
        let shape = Shape::read(self.document, node)?;
        let (target, pointer) = self.document.resolve(node)?;
        if let Some(member) = sole_member(&target) {
            let mut typed = self.ty(&member, hint)?;
            typed.nullable |= shape.nullable;
            return Ok(typed);
        }
        match pointer {
            Some(pointer) => self.referenced(pointer, shape),
            None => self.shape(shape, hint, None),
        }
    }

    /// The type of a schema that is referred to: built once, and possibly met again meanwhile.
    fn referenced(&mut self, pointer: String, shape: Shape<'d>) -> Result<Typed> {
        let nullable = shape.nullable;
        if let Some(reference) = self.references.get_mut(&pointer) {
            reference.used = true;
            let ty = match &reference.name {
                Some(name) => Type::Named(name.clone()),
                // an array of itself: no type without a name can say that
                None => Type::Any,
            };
            return Ok(Typed { ty, nullable });
        }
        let word = pointer
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .replace("~1", "/")
            .replace("~0", "~");
        let hint = Hint::new("", &word);
        if !needs_name(&shape) {
            self.references.insert(
                pointer.clone(),
                Reference {
                    name: None,
                    used: false,
                },
            );
            let typed = self.shape(shape, &hint, None);
            self.references.remove(&pointer);
            return typed;
        }
        let name = match self.components.get(&pointer) {
            Some(name) => name.clone(),
            None => self.names.claim_like(&hint.name()),
        };
        self.references.insert(
            pointer.clone(),
            Reference {
                name: Some(name.clone()),
                used: false,
            },
        );
        let typed = self.shape(shape, &hint, Some(name.clone()))?;
        if typed.ty != Type::Named(name) {
            // a union that came down to one type
            self.references.remove(&pointer);
        }
        Ok(typed)
    }

    /// The type of a schema without references; `name` is the one it has to have.
    fn shape(&mut self, shape: Shape<'d>, hint: &Hint, name: Option<String>) -> Result<Typed> {
        let nullable = shape.nullable;
        let parent = name.clone();
        if !shape.variants.is_empty() {
            return self.union(shape, hint, parent);
        }
        let ty = match &shape.kind {
            None => Type::Any,
            Some(Kind::Integer) => Type::Integer,
            Some(Kind::Number) => Type::Number,
            Some(Kind::Boolean) => Type::Boolean,
            Some(Kind::String { binary: true, .. }) if self.multipart => Type::Binary,
            Some(Kind::String { values, .. }) if values.is_empty() => Type::String,
            Some(Kind::String { values, .. }) => {
                let mut seen = HashSet::new();
                let values = values
                    .iter()
                    .filter(|value| seen.insert(*value))
                    .cloned()
                    .collect();
                let name = self.name(name, hint);
                self.define(&name, shape.description.as_deref(), TypeKind::Enum(values));
                Type::Named(name)
            }
            Some(Kind::Array) => {
                let items = match &shape.items {
                    None => Type::Any,
                    Some(items) => self.plain(items, &hint.item())?,
                };
                Type::Array(Box::new(items))
            }
            Some(Kind::Object) if !shape.properties.is_empty() => {
                let name = self.name(name, hint);
                // its place is before those of the types inside it
                self.define(
                    &name,
                    shape.description.as_deref(),
                    TypeKind::Object(Vec::new()),
                );
                let fields = self.fields(&shape, &name)?;
                self.define(
                    &name,
                    shape.description.as_deref(),
                    TypeKind::Object(fields),
                );
                Type::Named(name)
            }
            Some(Kind::Object) => match &shape.additional {
                None => Type::FreeObject,
                Some(values) => Type::Map(Box::new(self.plain(values, &hint.item())?)),
            },
        };
        Ok(Typed { ty, nullable })
    }

    /// The type of an item or a value, which has no place for "or null": anything, then.
    fn plain(&mut self, node: &Node<'d>, hint: &Hint) -> Result<Type> {
        let typed = self.ty(node, hint)?;
        Ok(if typed.nullable { Type::Any } else { typed.ty })
    }

    fn union(&mut self, mut shape: Shape<'d>, hint: &Hint, name: Option<String>) -> Result<Typed> {
        let variants = std::mem::take(&mut shape.variants);
        if let ([only], true) = (variants.as_slice(), shape.properties.is_empty()) {
            let mut typed = self.ty(only, hint)?;
            typed.nullable |= shape.nullable;
            return Ok(typed);
        }
        let needed = name.is_some();
        let name = self.name(name, hint);
        self.define(
            &name,
            shape.description.as_deref(),
            TypeKind::Union(Vec::new()),
        );
        let mut nullable = shape.nullable;
        let mut types = Vec::new();
        for (i, variant) in variants.iter().enumerate() {
            let (target, _) = self.document.resolve(variant)?;
            let word = match target
                .text("title")
                .map(pascal)
                .filter(|title| !title.is_empty())
            {
                Some(title) => title,
                None => format!("variant_{}", i + 1),
            };
            let hint = Hint::new(&name, &word);
            let typed = match shape.properties.is_empty() {
                true => self.ty(variant, &hint)?,
                // the properties beside `oneOf` belong to each of its members
                false => {
                    let mut base = shape.clone();
                    base.description = None;
                    let variant = Shape::read(self.document, variant)?;
                    self.shape(base.and(variant)?, &hint, None)?
                }
            };
            nullable |= typed.nullable;
            if !types.contains(&typed.ty) {
                types.push(typed.ty);
            }
        }
        let referred = needed
            && self.references.values().any(|reference| {
                reference.used && reference.name.as_deref() == Some(name.as_str())
            });
        let only = match types.as_slice() {
            _ if referred => None,
            [only] => Some(only.clone()),
            _ if types.contains(&Type::Any) => Some(Type::Any),
            _ => None,
        };
        let ty = match only {
            Some(ty) => {
                self.types.shift_remove(&name);
                ty
            }
            None => {
                self.define(&name, shape.description.as_deref(), TypeKind::Union(types));
                Type::Named(name)
            }
        };
        Ok(Typed { ty, nullable })
    }

    fn name(&mut self, given: Option<String>, hint: &Hint) -> String {
        given.unwrap_or_else(|| self.names.claim_like(&hint.name()))
    }

    fn define(&mut self, name: &str, description: Option<&str>, kind: TypeKind) {
        let definition = TypeDef {
            name: name.to_owned(),
            description: description.and_then(trimmed),
            kind,
            sent: false,
            received: false,
        };
        self.types.insert(name.to_owned(), definition);
    }

    /// Checks the paging that the overlay gives.
    fn given_paging(
        &self,
        raw: &RawOperation<'d>,
        query: &[Field],
        response: &Response,
        paging: &super::overlay::Paging,
    ) -> Result<Paging> {
        let place = format!("operations.{}.paging", raw.id);
        let property = |path: &str| {
            let mut fields = self.answer(response);
            let mut found = None;
            for name in path.split('.') {
                let field = fields.iter().find(|field| field.name == name)?;
                fields = self.object(&field.ty);
                found = Some(field);
            }
            found
        };
        if let Some(cursor) = &paging.cursor {
            let known = query.iter().any(|field| field.name == *cursor);
            ensure!(known, "{place}.cursor: no query parameter `{cursor}`");
        }
        for path in [Some(&paging.items), paging.next.as_ref()]
            .into_iter()
            .flatten()
        {
            let deep = path.split('.').count() > 2;
            ensure!(
                !deep,
                "{place}: `{path}` is more than one property inside another"
            );
        }
        let Some(Type::Array(item)) = property(&paging.items).map(|field| &field.ty) else {
            bail!("{place}.items: the answer has no array `{}`", paging.items);
        };
        match (&paging.cursor, &paging.next) {
            (None, Some(_)) => bail!("{place}.next: there is no cursor that takes it"),
            (_, Some(next)) => {
                ensure!(
                    property(next).is_some(),
                    "{place}.next: the answer has no `{next}`"
                );
            }
            (Some(_), None) => {
                ensure!(
                    self.has_id(item),
                    "{place}.next: missing, and items have no `id`"
                );
            }
            (None, None) => {}
        }
        Ok(Paging {
            cursor: paging.cursor.clone(),
            items: paging.items.clone(),
            next: paging.next.clone(),
            back: back(query, paging.next.is_none()),
            size: None,
        })
    }

    /// The paging of a list that the overlay says nothing of, if there is no doubt about it.
    fn found_paging(&self, query: &[Field], response: &Response) -> Option<Paging> {
        let answer = self.answer(response);
        let mut arrays = answer.iter().filter_map(|field| match &field.ty {
            // a dot stands between one property and another inside it
            Type::Array(item) if !field.name.contains('.') => Some((field.name.clone(), item)),
            _ => None,
        });
        let ((items, item), None) = (arrays.next()?, arrays.next()) else {
            return None;
        };
        let has = |fields: &[Field], name: &str| fields.iter().any(|field| field.name == name);
        let (cursor, next) = if has(query, "next_token") && has(answer, "next_token") {
            (Some("next_token".to_owned()), Some("next_token".to_owned()))
        } else if has(query, "starting_after") && self.has_id(item) {
            (Some("starting_after".to_owned()), None)
        } else {
            (None, None)
        };
        let back = back(query, cursor.is_some() && next.is_none());
        Some(Paging {
            cursor,
            items,
            next,
            back,
            size: None,
        })
    }

    /// The properties of the answer.
    fn answer(&self, response: &Response) -> &[Field] {
        response.ty.as_ref().map_or(&[], |ty| self.object(ty))
    }

    fn object(&self, ty: &Type) -> &[Field] {
        match ty {
            Type::Named(name) => match self.types.get(name).map(|def| &def.kind) {
                Some(TypeKind::Object(fields)) => fields,
                _ => &[],
            },
            _ => &[],
        }
    }

    fn has_id(&self, ty: &Type) -> bool {
        self.object(ty).iter().any(|field| field.name == "id")
    }

    /// Moves the types that operations use into the model, in the order in which they use them,
    /// and marks which way each goes.
    fn reach(mut self, api: &mut Api) {
        let mut found: IndexMap<String, TypeDef> = IndexMap::new();
        let mut pending: Vec<(&Type, bool)> = Vec::new();
        for operation in &api.operations {
            let parameters = operation
                .path_params
                .iter()
                .chain(&operation.query)
                .chain(&operation.headers);
            let body = operation.body.iter();
            let fields = parameters.chain(body.clone().flat_map(Body::fields));
            let sent = fields
                .map(|field| &field.ty)
                .chain(body.filter_map(Body::whole));
            pending.extend(sent.map(|ty| (ty, true)));
            pending.extend(operation.response.ty.iter().map(|ty| (ty, false)));
        }
        pending.reverse();
        while let Some((ty, sent)) = pending.pop() {
            let name = match ty {
                Type::Array(inner) | Type::Map(inner) => {
                    pending.push((inner, sent));
                    continue;
                }
                Type::Named(name) => name,
                _ => continue,
            };
            let Some(definition) = self.types.get(name) else {
                continue;
            };
            let known = found
                .entry(name.clone())
                .or_insert_with(|| definition.clone());
            let marked = if sent {
                &mut known.sent
            } else {
                &mut known.received
            };
            if std::mem::replace(marked, true) {
                continue;
            }
            match &definition.kind {
                TypeKind::Object(fields) => {
                    pending.extend(fields.iter().rev().map(|field| (&field.ty, sent)));
                }
                TypeKind::Union(variants) => {
                    pending.extend(variants.iter().rev().map(|ty| (ty, sent)));
                }
                TypeKind::Enum(_) => {}
            }
        }
        // What one side never gives cannot be required of it.
        for definition in found.values_mut() {
            let TypeKind::Object(fields) = &mut definition.kind else {
                continue;
            };
            for field in fields {
                match self
                    .access
                    .remove(&(definition.name.clone(), field.name.clone()))
                {
                    Some(Access::ReadOnly) if definition.sent => field.required = false,
                    Some(Access::WriteOnly) if definition.received => field.required = false,
                    _ => {}
                }
            }
        }
        api.types = found;
    }
}

/// The parameter that takes a cursor to go back from. A token leads one way only.
fn back(query: &[Field], by_id: bool) -> Option<String> {
    const BACK: &str = "ending_before";
    let known = by_id && query.iter().any(|field| field.name == BACK);
    known.then(|| BACK.to_owned())
}

/// The most items of a page, where callers can say how many it has.
fn page_size(query: &[Field], limits: &IndexMap<String, u64>) -> Option<u64> {
    const PAGE_SIZE: &str = "page_size";
    let known = query.iter().any(|field| field.name == PAGE_SIZE);
    limits.get(PAGE_SIZE).copied().filter(|_| known)
}

/// Whether the type of a schema has a name of its own.
fn needs_name(shape: &Shape<'_>) -> bool {
    let members = shape.variants.len();
    match &shape.kind {
        _ if members > 1 || (members == 1 && !shape.properties.is_empty()) => true,
        _ if members == 1 => false,
        Some(Kind::Object) => !shape.properties.is_empty(),
        Some(Kind::String { values, .. }) => !values.is_empty(),
        _ => false,
    }
}

/// `application/json` of `application/json; charset=utf-8`
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn trimmed(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
