//! Small documents in, the model and the files out.

mod command;
mod documents;
mod elsewhere;
mod newer;
mod overlays;
mod real;
mod refusals;
mod signatures;
mod types;

use super::document::Document;
use super::ir::{Api, Field, Operation, Type, TypeKind};
use super::notes::{Notes, Origin};
use super::overlay::{Overlay, OwnCalls};
use super::{Generated, descriptors, generate, lower};

/// A whole document around `paths` and `components`.
fn document(rest: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{ title: Test, version: '1' }}\n{rest}")
}

/// A document with one operation: `GET /things`, unless the rest of it says otherwise.
fn operation(rest: &str) -> String {
    let rest = rest.replace('\n', "\n      ");
    document(&format!(
        "paths:\n  /things:\n    get:\n      tags: [Things]\n      operationId: listThings\n      {rest}\n"
    ))
}

const NO_CONTENT: &str = "responses: { '200': { description: ok } }";

/// A document with `POST /things` and this JSON schema as its body.
fn with_body(schema: &str) -> String {
    document(&format!(
        "paths:
  /things:
    post:
      operationId: createThing
      requestBody:
        required: true
        content:
          application/json: {{ schema: {schema} }}
      {NO_CONTENT}
"
    ))
}

/// A document with `GET /things` and this JSON schema as its answer.
fn with_answer(schema: &str, components: &str) -> String {
    document(&format!(
        "paths:
  /things:
    get:
      operationId: listThings
      responses:
        '200': {{ description: ok, content: {{ application/json: {{ schema: {schema} }} }} }}
components:
  schemas:
{components}
"
    ))
}

/// The documents of the project as one, not yet corrected, and their overlay.
fn project() -> (Document, Overlay) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a root");
    let overlay = include_str!("../../../../spec/overlay.yaml");
    super::project(root, Overlay::parse(overlay).expect("overlay")).expect("documents")
}

fn run(document: &str, overlay: &str) -> anyhow::Result<Generated> {
    let overlay = Overlay::parse(overlay)?;
    let mut document = Document::parse(document, Origin::Project)?;
    generate(&mut document, overlay, &OwnCalls::default())
}

fn api(text: &str) -> Api {
    api_with(text, "{}")
}

fn api_with(text: &str, overlay: &str) -> Api {
    let overlay = Overlay::parse(overlay).expect("overlay");
    lowered(
        Document::parse(text, Origin::Project).expect("document"),
        &overlay,
    )
}

fn lowered(mut document: Document, overlay: &Overlay) -> Api {
    let mut notes = Notes::default();
    overlay
        .correct(&mut document, &mut notes)
        .expect("corrections");
    document.prepare(&mut notes).expect("document");
    lower::lower(&document, overlay, &mut notes)
        .unwrap_or_else(|error| panic!("{error:#}"))
        .api
}

fn error(text: &str) -> String {
    error_with(text, "{}")
}

fn error_with(text: &str, overlay: &str) -> String {
    match run(text, overlay) {
        Ok(_) => panic!("this should have been refused:\n{text}\n{overlay}"),
        Err(error) => format!("{error:#}"),
    }
}

fn find<'a>(api: &'a Api, id: &str) -> &'a Operation {
    api.operations
        .iter()
        .find(|operation| operation.id == id)
        .expect(id)
}

/// The descriptor without the names in front: from the method on.
fn line(api: &Api, id: &str) -> String {
    let line = descriptors::line(api, find(api, id));
    line.splitn(3, ' ').nth(2).expect("three words").to_owned()
}

fn fields<'a>(api: &'a Api, type_name: &str) -> &'a [Field] {
    match &api
        .types
        .get(type_name)
        .unwrap_or_else(|| panic!("{type_name}"))
        .kind
    {
        TypeKind::Object(fields) => fields,
        other => panic!("{type_name} is {other:?}"),
    }
}

fn field<'a>(api: &'a Api, type_name: &str, name: &str) -> &'a Field {
    let field = fields(api, type_name)
        .iter()
        .find(|field| field.name == name);
    field.unwrap_or_else(|| panic!("{type_name}.{name}"))
}

fn named(name: &str) -> Type {
    Type::Named(name.to_owned())
}

fn array(items: Type) -> Type {
    Type::Array(Box::new(items))
}

fn map(values: Type) -> Type {
    Type::Map(Box::new(values))
}

/// The schema of a query parameter `filter`, as descriptor of the query.
fn query(parameter: &str) -> String {
    let text = operation(&format!("parameters:\n- {parameter}\n{NO_CONTENT}"));
    line(&api(&text), "listThings")
        .trim_start_matches("GET /things ")
        .to_owned()
}
