//! What public documents have that the project's does not: each is read, or passed over with a note.

use serde_json::Value;

use super::super::ir::TypeKind;
use super::*;

/// The model of a document from elsewhere, and the notes.
fn reads(text: &str) -> (Api, Vec<String>) {
    let mut document = Document::parse(text, Origin::Elsewhere).expect("document");
    let mut notes = Notes::default();
    document.prepare(&mut notes).expect("prepares");
    let lowered = lower::lower(&document, &Overlay::default(), &mut notes)
        .unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    for operation in &lowered.api.operations {
        complete(&lowered.api, operation);
    }
    // all that is written of it
    let mut document = Document::parse(text, Origin::Elsewhere).expect("document");
    generate(&mut document, Overlay::default(), &OwnCalls::default())
        .unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    (lowered.api, notes.lines())
}

/// Every type that is named is there.
fn complete(api: &Api, operation: &Operation) {
    let line = descriptors::line(api, operation);
    assert!(!line.contains(":a:a"), "{line}");
    let check = |ty: &Type| {
        if let Type::Named(name) = ty {
            assert!(api.types.contains_key(name), "{name}");
        }
    };
    for definition in api.types.values() {
        match &definition.kind {
            TypeKind::Object(fields) => fields.iter().for_each(|field| check(&field.ty)),
            TypeKind::Union(variants) => variants.iter().for_each(check),
            TypeKind::Enum(_) => {}
        }
    }
}

fn noted(notes: &[String], what: &str) {
    assert!(
        notes.iter().any(|note| note.contains(what)),
        "no note `{what}` in {notes:#?}"
    );
}

fn silent(text: &str) -> Api {
    let (api, notes) = reads(text);
    assert!(notes.is_empty(), "{notes:#?}");
    api
}

fn get(path: &str, rest: &str) -> String {
    document(&format!(
        "paths:\n  {path}:\n    get: {{ operationId: a, {rest} }}\n"
    ))
}

#[test]
fn servers_anywhere() {
    // as Kinde's newest document has them
    let empty = document(&format!(
        "servers: [{{ url: 'https://{{subdomain}}.kinde.com', variables: {{ subdomain: {{ default: your }} }} }}]
paths:
  /a:
    servers: []
    get: {{ operationId: a, servers: [], {NO_CONTENT} }}
"
    ));
    assert_eq!(line(&silent(&empty), "a"), "GET /a");
    // the project's own may have them as well
    assert_eq!(line(&api(&empty), "a"), "GET /a");

    let with_paths = document(&format!(
        "servers: [{{ url: 'https://{{domain}}/{{base}}/v1/', variables: {{ domain: {{ default: x }}, base: {{ default: account_api }} }} }}]
paths:
  /a: {{ get: {{ operationId: a, {NO_CONTENT} }} }}
  /b:
    servers: [{{ url: /other }}]
    get: {{ operationId: b, {NO_CONTENT} }}
    post: {{ operationId: c, servers: [{{ url: 'https://x' }}], {NO_CONTENT} }}
  /d/{{id}}:
    parameters: [{{ name: id, in: path, required: true, schema: {{ type: string }} }}]
    get: {{ operationId: d, servers: [{{ url: 'https://elsewhere.example/d' }}], {NO_CONTENT} }}
"
    ));
    let (api, notes) = reads(&with_paths);
    assert_eq!(line(&api, "a"), "GET /account_api/v1/a");
    assert_eq!(line(&api, "b"), "GET /other/b");
    assert_eq!(line(&api, "c"), "POST /b");
    assert_eq!(line(&api, "d"), "GET /d/d/{id}  =d_id");
    noted(
        &notes,
        "the server `elsewhere.example` is passed over: calls go to the client's domain: paths./d/{id}.get",
    );
}

#[test]
fn scopes_in_descriptions() {
    let text = |description: &str| {
        document(&format!(
            "paths:\n  /a:\n    get:\n      operationId: a\n      description: |\n        {}\n      {NO_CONTENT}\n",
            description.replace('\n', "\n        ")
        ))
    };
    let api = silent(&text(
        "Returns all.\n\n<div>\n  <code>read:apis</code>\n</div>",
    ));
    assert_eq!(line(&api, "a"), "GET /a read:apis");
    assert_eq!(find(&api, "a").description.as_deref(), Some("Returns all."));
    let api = silent(&text("Takes <code>mfa:email</code> too."));
    assert_eq!(line(&api, "a"), "GET /a");
    assert_eq!(
        find(&api, "a").description.as_deref(),
        Some("Takes <code>mfa:email</code> too.")
    );
    let (api, notes) = reads(&text("<code>read:apis</code> <code>read:users</code>"));
    assert_eq!(line(&api, "a"), "GET /a read:apis");
    noted(&notes, "several scopes");
    let (api, notes) = reads(&get("/a", &format!("x-kinde-scope: 'a b', {NO_CONTENT}")));
    assert_eq!(line(&api, "a"), "GET /a");
    noted(&notes, "x-kinde-scope \"a b\"");
}

#[test]
fn ids_that_are_missing_or_taken() {
    let (api, notes) = reads(&document(&format!(
        "paths:
  /users/{{user_id}}/roles:
    parameters: [{{ name: user_id, in: path, required: true, schema: {{ type: string }} }}]
    get: {{ {NO_CONTENT} }}
    post: {{ operationId: a, {NO_CONTENT} }}
    put: {{ operationId: a, {NO_CONTENT} }}
    patch: {{ operationId: 'set  roles', {NO_CONTENT} }}
"
    )));
    let ids: Vec<&str> = api
        .operations
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "getUsersUserIdRoles",
            "a",
            "putUsersUserIdRoles",
            "set_roles"
        ]
    );
    noted(&notes, "without an operationId of its own");
}

#[test]
fn version_3_1() {
    let text = |schema: &str| with_body(schema).replace("openapi: 3.0.3", "openapi: 3.1.0");
    for (schema, expected) in [
        ("{ type: [string, 'null'] }", "~"),
        (
            "{ type: ['null', array], items: { type: integer } }",
            "~[:i]",
        ),
        ("{ type: [string, integer] }", "*si;"),
        ("{ type: [string, integer], enum: [a, b] }", "(a|b)"),
        ("{ type: [integer, number, 'null'] }", "~:n"),
        ("{ type: [string, array], items: { type: string } }", "*sl;"),
        ("{ anyOf: [{ type: string }, { type: 'null' }] }", "~"),
        (
            "{ oneOf: [{ $ref: '#/components/schemas/kind' }, { type: 'null' }] }",
            "~(x|y)",
        ),
        ("{ const: on }", "(on)"),
        (
            "{ type: integer, exclusiveMinimum: 0, examples: [1, 2] }",
            ":i",
        ),
        (
            "{ $ref: '#/components/schemas/kind', description: Which. }",
            "(x|y)",
        ),
        ("{ type: string, $comment: Nothing. }", ""),
        ("true", ":a"),
    ] {
        let schema = format!("{{ type: object, properties: {{ p: {schema} }} }}");
        let text =
            text(&schema) + "components: { schemas: { kind: { type: string, enum: [x, y] } } }\n";
        let expected = format!("POST /things  @J{{p{expected}}}");
        assert_eq!(line(&silent(&text), "createThing"), expected, "{schema}");
        // the project's own may be of this version too
        assert_eq!(line(&api(&text), "createThing"), expected, "{schema}");
    }
    let api = silent(&text(
        "{ type: object, properties: { p: { type: string, examples: [one, two] } } }",
    ));
    let body = find(&api, "createThing").body.as_ref().expect("a body");
    assert_eq!(body.fields()[0].example, Some("one".into()));

    let (api, notes) = reads(&text(
        "{ type: object, properties: {
            a: { type: object, patternProperties: { '^x': { type: integer } } },
            b: { type: array, prefixItems: [{ type: string }] },
            c: { type: object, if: { required: [d] }, then: {}, properties: { d: { $ref: '#/$defs/none' } } },
            d: { type: object, unevaluatedProperties: false, dependentRequired: {} } } }",
    ));
    assert_eq!(
        line(&api, "createThing"),
        "POST /things  @J{a<:i>,b[:a],c{d:a},d:o}"
    );
    for key in [
        "if",
        "then",
        "patternProperties",
        "prefixItems",
        "unevaluatedProperties",
    ] {
        noted(&notes, &format!("`{key}` is passed over"));
    }
    noted(
        &notes,
        "\"#/$defs/none\" is not in the document, read as anything",
    );

    let api = silent(
        "openapi: 3.1.0
info: { title: Test, version: '1' }
jsonSchemaDialect: https://json-schema.org/draft/2020-12/schema
paths:
  /a: { $ref: '#/components/pathItems/a' }
components:
  pathItems:
    a: { put: { operationId: a, requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { file: { contentMediaType: image/png } } } } } } } }
",
    );
    assert_eq!(line(&api, "a"), "PUT /a  @m{file:x}");
    let (api, notes) = reads("openapi: 3.1.0\ninfo: {}\nwebhooks: { a: {} }\n");
    assert!(api.operations.is_empty());
    noted(&notes, "`webhooks`");
}

#[test]
fn what_has_no_use_here() {
    let (api, notes) = reads(&document(&format!(
        "surprise: 1
paths:
  /a:
    trace: {{ operationId: t }}
    summary: A.
    query: {{ operationId: q }}
    get:
      operationId: a
      surprise: 1
      callbacks: {{ a: {{}} }}
      security: [{{ key: [] }}]
      {NO_CONTENT}
components:
  securitySchemes: {{ key: {{ type: apiKey, in: query, name: k }} }}
"
    )));
    assert_eq!(line(&api, "a"), "GET /a");
    for what in [
        "`surprise`",
        "`trace`",
        "`query`",
        "`callbacks`",
        "more than a bearer token",
    ] {
        noted(&notes, what);
    }
}

#[test]
fn parameters() {
    for (parameter, what) in [
        (
            "{ name: a, in: cookie, schema: { type: string } }",
            "cookie",
        ),
        (
            "{ name: a, in: query, content: { application/json: {} } }",
            "`content`",
        ),
        (
            "{ name: a, in: query, style: pipeDelimited, schema: { type: array, items: { type: string } } }",
            "pipeDelimited",
        ),
        (
            "{ name: a, in: query, schema: { type: object, properties: { b: { type: string } } } }",
            "deepObject",
        ),
        (
            "{ name: a, in: path, required: true, schema: { type: string } }",
            "`{a}`",
        ),
    ] {
        let (api, notes) = reads(&get(
            "/a",
            &format!(
                "parameters: [{{ name: first, in: query, schema: {{ type: string }} }}, {parameter}], {NO_CONTENT}"
            ),
        ));
        assert_eq!(line(&api, "a"), "GET /a  ?first", "{parameter}");
        noted(&notes, what);
    }
    let (api, notes) = reads(&get("/a/{id}", NO_CONTENT));
    assert_eq!(line(&api, "a"), "GET /a/{id}  =a_id");
    noted(&notes, "`{id}` is no parameter, read as text");
    let (api, notes) = reads(&get(
        "/a",
        &format!("parameters: [{{ name: a, in: query, surprise: 1 }}], {NO_CONTENT}"),
    ));
    assert_eq!(line(&api, "a"), "GET /a  ?a:a");
    noted(&notes, "`surprise`");
}

#[test]
fn bodies_and_answers() {
    let post = |content: &str| {
        document(&format!(
            "paths:\n  /a: {{ post: {{ operationId: a, requestBody: {{ content: {content} }}, {NO_CONTENT} }} }}\n"
        ))
    };
    let schema = "{ schema: { type: object, properties: { p: { type: string } } } }";
    for media in [
        "application/vnd.api+json",
        "'*/*'",
        "application/json; charset=utf-8",
    ] {
        let api = silent(&post(&format!("{{ {media}: {schema} }}")));
        assert_eq!(line(&api, "a"), "POST /a  @j{p}", "{media}");
    }
    let (api, notes) = reads(&post(&format!(
        "{{ application/xml: {schema}, application/x-www-form-urlencoded: {schema}, application/json: {schema} }}"
    )));
    assert_eq!(line(&api, "a"), "POST /a  @j{p}");
    noted(&notes, "a body as `application/xml` is passed over");
    let (api, notes) = reads(&get(
        "/a",
        &format!("requestBody: {{ content: {{ application/json: {schema} }} }}, {NO_CONTENT}"),
    ));
    assert_eq!(line(&api, "a"), "GET /a");
    noted(&notes, "GET");

    let (api, _) = reads(&get(
        "/a",
        "responses: { 2xx: { description: ok, links: { a: { operationId: b, server: { url: 'https://x' } } }, content: { application/hal+json: { schema: { type: object, properties: { b: { type: string } } } } } } }",
    ));
    assert_eq!(find(&api, "a").response.ty, Some(named("GetAResponse")));
}

#[test]
fn schemas_with_slips() {
    let (api, notes) = reads(&with_body(
        "{ type: object, properties: {
            a: { type: file }, b: { type: string, required: true }, c: { type: array, items: [{ type: string }] },
            d: { $ref: 'other.yaml#/d' }, e: { oneOf: [{ type: string }], anyOf: [{ type: integer }] },
            f: { type: string, surprise: 1 }, g: { type: string, readOnly: true, writeOnly: true } } }",
    ));
    assert_eq!(
        line(&api, "createThing"),
        "POST /things  @J{a:a,b,c[:a],d:a,e,f,g}"
    );
    for what in [
        "the type \"file\" is read as anything",
        "required, which is no list",
        "items, which is a list",
        "\"other.yaml#/d\" is not in the document",
        "anyOf beside oneOf",
        "`surprise`",
        "readOnly with writeOnly",
    ] {
        noted(&notes, what);
    }
}

/// What cannot be read at all costs that operation and no other, nor a type that others share.
#[test]
fn an_operation_that_cannot_be_read_is_left_out() {
    let broken = [
        "get: { operationId: broken, responses: { '200': { description: ok, content: { text/csv: {} } } } }",
        "get: { operationId: broken, parameters: [{ name: a, in: cookie, required: true, schema: { type: string } }], responses: {} }",
        "get: { operationId: broken, parameters: 1, responses: { '200': { $ref: '#/components/responses/gone' } } }",
        "post: { operationId: broken, requestBody: { content: { text/plain: {} } }, responses: {} }",
        "post: { operationId: broken, requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/shared' } } } }, responses: { '200': { description: ok, content: { image/png: {} } } } }",
        "get: { operationId: broken, responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { shared: { $ref: '#/components/schemas/shared' }, bad: { allOf: [{ type: string }, { type: object }] } } } } } } } }",
    ];
    for broken in broken {
        let (api, notes) = reads(&document(&format!(
            "paths:
  /broken: {{ {broken} }}
  /fine:
    get: {{ operationId: fine, responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/shared' }} }} }} }} }} }}
components:
  schemas:
    shared: {{ type: object, properties: {{ kind: {{ type: string, enum: [a] }}, again: {{ $ref: '#/components/schemas/shared' }} }} }}
"
        )));
        let ids: Vec<&str> = api
            .operations
            .iter()
            .map(|operation| operation.id.as_str())
            .collect();
        assert_eq!(ids, ["fine"], "{broken}");
        assert_eq!(fields(&api, "Shared").len(), 2, "{broken}");
        noted(&notes, "left out: ");
    }
    let (api, notes) = reads(&document(&format!(
        "paths:\n  'a b': {{ get: {{ operationId: a, {NO_CONTENT} }} }}\n  /b: {{ get: {{ operationId: b, {NO_CONTENT} }} }}\n"
    )));
    assert_eq!(api.operations.len(), 1);
    noted(&notes, "not a path");
}

#[test]
fn names_that_are_all_taken() {
    let (api, _) = reads(&document(&format!(
        "paths:
  /a: {{ get: {{ operationId: get, tags: [A], {NO_CONTENT} }} }}
  /v1/a: {{ get: {{ operationId: get.a, tags: [A], {NO_CONTENT} }} }}
  /v2/a: {{ get: {{ operationId: GetA, tags: [A], {NO_CONTENT} }} }}
"
    )));
    let mut names: Vec<&str> = api
        .operations
        .iter()
        .map(|operation| operation.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 3, "{names:?}");
}

/// What the overlay has of an operation may not fit another version of it.
#[test]
fn pages_and_lists_that_another_version_does_not_have() {
    let text = operation(
        "parameters: [{ name: page, in: query, schema: { type: integer } }]
responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { things: { type: array, items: { type: string } } } } } } } }",
    );
    let overlay = "operations: { listThings: { call: things.list, comma_lists: [page, ids], paging: { cursor: next_token, items: things, next: next_token } } }
corrections:
  half: { reason: Because., changes: [{ at: /info, add: { a: 1 } }, { at: /info, remove: [none] }] }
";
    let overlay = Overlay::parse(overlay).expect("overlay");
    let mut document = Document::parse(&text, Origin::Elsewhere).expect("document");
    let generated = generate(&mut document, overlay, &OwnCalls::default()).expect("generates");
    for what in [
        "corrections.half",
        "comma_lists of the overlay that are none here: listThings (page), listThings (ids)",
        "no query parameter `next_token`",
    ] {
        noted(&generated.notes, what);
    }
    let info = document.root().get("info").expect("info");
    assert!(info.get("a").is_none(), "half of a correction is none");
}

/// The project's own document, as public versions of it spell the same things.
#[test]
fn the_document_of_the_project_as_others_have_it() {
    let corrected = || {
        let (mut ours, overlay) = project();
        let mut notes = Notes::default();
        overlay.correct(&mut ours, &mut notes).expect("corrections");
        (
            ours,
            Overlay {
                corrections: Default::default(),
                ..overlay
            },
        )
    };
    let own = {
        let (mut ours, _) = corrected();
        ours.prepare(&mut Notes::default()).expect("document");
        OwnCalls::of(&ours.operations().expect("operations"))
    };
    let mut text = corrected().0.root().value.clone();
    let mut renamed = 0;
    for (_, item) in text["paths"].as_object_mut().expect("paths").iter_mut() {
        let item = item.as_object_mut().expect("a path");
        for (key, operation) in item.iter_mut().filter(|(key, _)| *key != "parameters") {
            let operation = operation.as_object_mut().expect("an operation");
            if let Some(Value::String(scope)) = operation.remove("x-kinde-scope") {
                let text = operation["description"].as_str().unwrap_or_default();
                let text = format!("{text}\n\n<div>\n  <code>{scope}</code>\n</div>\n");
                operation.insert("description".to_owned(), text.into());
            }
            if key == "delete" {
                let id = operation["operationId"].as_str().expect("an id").to_owned();
                operation.insert("operationId".to_owned(), format!("{id}Now").into());
                renamed += 1;
            }
            operation.insert("callbacks".to_owned(), serde_json::json!({}));
        }
        item.insert("servers".to_owned(), serde_json::json!([]));
    }
    let theirs = Document::parse(&text.to_string(), Origin::Elsewhere).expect("document");
    let table = |mut document: Document, own: &OwnCalls| {
        let generated = generate(&mut document, corrected().1, own).expect("generates");
        let is_table = |(path, _): &&(std::path::PathBuf, String)| {
            path.ends_with("src/generated/operations.rs")
        };
        let table = generated.files.iter().find(is_table).expect("a table");
        let lines = table.1.lines().filter_map(|line| line.split_once(" = \""));
        let lines = lines.map(|(_, line)| line.replace("Now ", " "));
        (lines.collect::<Vec<_>>(), generated.notes)
    };
    let (expected, none) = table(corrected().0, &OwnCalls::default());
    let (lines, notes) = table(theirs, &own);
    assert_eq!(lines, expected);
    assert!(none.is_empty() && renamed == 40, "{none:?} {renamed}");
    noted(
        &notes,
        "goes by what the overlay says of another id of the same call",
    );
    assert_eq!(notes.len(), 2, "callbacks and ids: {notes:#?}");
}
