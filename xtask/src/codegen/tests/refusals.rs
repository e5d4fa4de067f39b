//! What cannot be generated is refused, with its place.

use super::*;

fn refused(text: &str, place: &str, what: &str) {
    let error = error(text);
    assert!(
        error.contains(place) && error.contains(what),
        "expected `{place}` and `{what}` in: {error}\n{text}"
    );
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
            "`content` is not supported",
        ),
        ("{ name: a, in: query }", "schema is missing"),
        (
            "{ name: a, in: query, style: pipeDelimited, schema: { type: array, items: { type: string } } }",
            "pipeDelimited",
        ),
        (
            "{ name: a, in: query, style: spaceDelimited, schema: { type: array, items: { type: string } } }",
            "spaceDelimited",
        ),
        (
            "{ name: a, in: query, schema: { type: object, properties: { b: { type: string } } } }",
            "without style deepObject",
        ),
        (
            "{ name: a, in: query, style: deepObject, schema: { type: string } }",
            "deepObject of anything but",
        ),
        (
            "{ name: a, in: query, style: deepObject, schema: { type: object, additionalProperties: { type: object } } }",
            "deepObject of anything but",
        ),
        (
            "{ name: a, in: query, schema: { type: array, items: { type: object } } }",
            "not supported in query",
        ),
        (
            "{ name: a, in: header, schema: { type: object } }",
            "not supported in header",
        ),
        (
            "{ name: a, in: path, schema: { type: string } }",
            "has no `{a}`",
        ),
        ("{ name: a, in: body, schema: { type: string } }", "body"),
        (
            "{ name: a, in: query, schema: { type: string }, surprise: 1 }",
            "`surprise` is not known",
        ),
        (
            "{ $ref: '#/components/parameters/gone' }",
            "`#/components/parameters/gone` refers to nothing",
        ),
        ("{ $ref: 'other.yaml#/a' }", "outside this document"),
    ] {
        let text = operation(&format!(
            "parameters:\n- {{ name: first, in: query, schema: {{ type: string }} }}\n- {parameter}\n{NO_CONTENT}"
        ));
        refused(&text, "paths./things.get.parameters[1]", what);
    }
    let twice = "{ name: a, in: query, schema: { type: string } }";
    refused(
        &operation(&format!("parameters: [{twice}, {twice}]\n{NO_CONTENT}")),
        "paths./things.get.parameters[1]",
        "`a` is there twice",
    );
}

#[test]
fn path_styles() {
    for style in ["matrix", "label"] {
        let text = document(&format!(
            "paths:
  /things/{{id}}:
    get:
      operationId: getThing
      parameters: [{{ name: id, in: path, required: true, style: {style}, schema: {{ type: string }} }}]
      {NO_CONTENT}
"
        ));
        refused(&text, "paths./things/{id}.get.parameters[0]", style);
    }
}

#[test]
fn paths() {
    for (path, what) in [
        ("/things/{id}", "no path parameter for `{id}`"),
        ("/things/{id", "braces"),
        ("/things/{}", "braces"),
        ("/things?x=1", "not a path"),
        ("things", "not a path"),
    ] {
        let text = document(&format!(
            "paths:\n  {path}:\n    get: {{ operationId: a, {NO_CONTENT} }}\n"
        ));
        refused(&text, &format!("paths.{path}"), what);
    }
}

#[test]
fn operations() {
    let two = |a: &str, b: &str| {
        document(&format!(
            "paths:\n  /a: {{ get: {{ {a}, {NO_CONTENT} }} }}\n  /b: {{ get: {{ {b}, {NO_CONTENT} }} }}\n"
        ))
    };
    refused(
        &two("operationId: x", "summary: no"),
        "paths./b.get",
        "operationId is missing",
    );
    refused(
        &two("operationId: x", "operationId: a b"),
        "paths./b.get",
        "space",
    );
    let same = error(&two("operationId: x", "operationId: x"));
    assert!(
        same.contains("paths./b.get") && same.contains("paths./a.get"),
        "{same}"
    );
    refused(
        &two("operationId: getUser", "operationId: get_user"),
        "paths./b.get",
        "`getUser` and `get_user`",
    );
    refused(
        &two("operationId: x", "operationId: y, security: [{ key: [] }]"),
        "paths./b.get.security",
        "no security scheme `key`",
    );
    refused(
        &two("operationId: x", "operationId: y, x-kinde-scope: a b"),
        "paths./b.get",
        "x-kinde-scope",
    );
    refused(
        &two("operationId: x", "operationId: y, webhook: 1"),
        "paths./b.get",
        "`webhook` is not known",
    );
    refused(
        &document("paths:\n  /a: { query: { operationId: a } }\n"),
        "paths./a",
        "`query` is not known",
    );
    refused(
        &document("paths:\n  /a: { get: { operationId: a } }\n"),
        "paths./a.get",
        "responses are missing",
    );
}

#[test]
fn other_ways_to_be_allowed_than_a_token() {
    let text = |security: &str| {
        document(&format!(
            "paths:
  /a: {{ get: {{ operationId: a, security: {security}, {NO_CONTENT} }} }}
components:
  securitySchemes:
    key: {{ type: apiKey, in: query, name: k }}
    token: {{ type: http, scheme: Bearer }}
"
        ))
    };
    refused(
        &text("[{ key: [] }]"),
        "paths./a.get.security",
        "more than a bearer token",
    );
    refused(
        &text("[{ key: [], token: [] }]"),
        "paths./a.get.security",
        "more than a bearer token",
    );
    for fine in [
        "[]",
        "[{}]",
        "[{ token: [] }]",
        "[{ key: [] }, { token: [] }]",
    ] {
        assert_eq!(api(&text(fine)).operations.len(), 1, "{fine}");
    }
}

#[test]
fn bodies() {
    let text = |method: &str, content: &str| {
        document(&format!(
            "paths:\n  /a: {{ {method}: {{ operationId: a, requestBody: {{ content: {content} }}, {NO_CONTENT} }} }}\n"
        ))
    };
    let json = "{ application/json: { schema: { type: object } } }";
    refused(&text("get", json), "paths./a.get.requestBody", "GET");
    for (content, what) in [
        (
            "{ application/xml: { schema: { type: object } } }",
            "`application/xml`",
        ),
        (
            "{ text/plain: { schema: { type: string } } }",
            "`text/plain`",
        ),
        (
            "{ application/json: {}, multipart/form-data: {} }",
            "several media types (`application/json`, `multipart/form-data`)",
        ),
        (
            "{ application/json: { schema: { type: object } }, application/json; charset=utf-8: { schema: { type: string } } }",
            "not the same schema",
        ),
        ("{}", "no media type"),
        (
            "{ multipart/form-data: { schema: { type: object } } }",
            "object with properties",
        ),
        (
            "{ application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: object } } } } }",
            "(`a`)",
        ),
        (
            "{ multipart/form-data: { schema: { type: object, properties: { a: { type: string } } }, encoding: { a: { headers: {} } } } }",
            "`headers` is not known",
        ),
    ] {
        refused(
            &text("post", content),
            "paths./a.post.requestBody.content",
            what,
        );
    }
    let clash = document(&format!(
        "paths:
  /a:
    post:
      operationId: a
      parameters: [{{ name: body, in: query, schema: {{ type: string }} }}]
      requestBody: {{ content: {{ application/json: {{ schema: {{ type: array }} }} }} }}
      {NO_CONTENT}
"
    ));
    refused(&clash, "paths./a.post", "`body`");
}

#[test]
fn responses() {
    for (responses, place, what) in [
        (
            "{ '200': { description: ok, content: { text/csv: { schema: { type: string } } } } }",
            ".200.content.text/csv",
            "`text/csv`",
        ),
        (
            "{ '200': { $ref: '#/components/responses/gone' } }",
            ".200",
            "refers to nothing",
        ),
        ("{ '99': { description: ok } }", ".99", "not a status"),
        (
            "{ '200': { description: ok, surprise: 1 } }",
            ".200",
            "`surprise`",
        ),
    ] {
        let text = operation(&format!("responses: {responses}"));
        refused(&text, &format!("paths./things.get.responses{place}"), what);
    }
}

#[test]
fn schemas() {
    for (schema, place, what) in [
        (
            "{ type: object, properties: { a: { type: file } } }",
            ".properties.a",
            "`file`",
        ),
        (
            "{ type: object, properties: { a: { type: string, required: true } } }",
            ".properties.a",
            "expected a sequence",
        ),
        (
            "{ type: object, properties: { a: { konst: x } } }",
            ".properties.a",
            "`konst` is not known",
        ),
        (
            "{ type: object, properties: { a: { allOf: [{ type: string }, { type: object }] } } }",
            ".properties.a.allOf[1]",
            "two types",
        ),
        (
            "{ type: object, properties: { a: { oneOf: [{ type: string }], anyOf: [{ type: string }] } } }",
            ".properties.a",
            "oneOf and anyOf",
        ),
        (
            "{ type: object, properties: { a: { $ref: '#/components/schemas/gone' } } }",
            ".properties.a",
            "refers to nothing",
        ),
        (
            "{ type: object, properties: { a: { type: string, readOnly: true, writeOnly: true } } }",
            ".properties.a",
            "readOnly and writeOnly",
        ),
        (
            "{ type: object, properties: { a: 1 } }",
            ".properties.a",
            "integer `1`",
        ),
    ] {
        let place =
            format!("paths./things.post.requestBody.content.application/json.schema{place}");
        refused(&with_body(schema), &place, what);
    }
}

#[test]
fn schemas_that_are_nothing_but_themselves() {
    let answer = |components: &str| with_answer("{ $ref: '#/components/schemas/a' }", components);
    refused(
        &answer(
            "    a: { $ref: '#/components/schemas/b' }\n    b: { $ref: '#/components/schemas/a' }",
        ),
        "components.schemas",
        "refers to itself",
    );
    refused(
        &answer("    a: { allOf: [{ $ref: '#/components/schemas/a' }] }"),
        "components.schemas.a",
        "made of itself",
    );
    refused(
        &answer("    a: { oneOf: [{ $ref: '#/components/schemas/a' }, { type: string }] }"),
        "components.schemas.a",
        "made of itself",
    );
}

#[test]
fn dangling_references_in_unused_components() {
    let text = with_answer(
        "{ type: string }",
        "    unused: { type: object, properties: { example: { $ref: '#/components/schemas/gone' } } }",
    );
    refused(
        &text,
        "components.schemas.unused.properties.example",
        "refers to nothing",
    );
    let fine = with_answer(
        "{ type: string }",
        "    unused: { type: object, example: { $ref: '#/not/a/reference' } }",
    );
    assert_eq!(api(&fine).operations.len(), 1);
}

#[test]
fn documents() {
    refused("openapi: 4.0.0\npaths: {}", "openapi", "4.0.0");
    refused("swagger: '2.0'", "openapi", "missing");
    refused("openapi: 3.0.0", "paths", "missing");
    refused(
        &document(&format!(
            "paths:
  /a/b: {{ get: {{ operationId: a, {NO_CONTENT} }} }}
  /b: {{ get: {{ operationId: b, servers: [{{ url: /a }}], {NO_CONTENT} }} }}
"
        )),
        "paths",
        "`/a/b` stands there twice, by its servers",
    );
    refused(
        &document("paths: {}\nwebhooks: {}\n"),
        "",
        "`webhooks` is not known",
    );
    refused(&document("paths:\n  /a: {}\n  /a: {}\n"), "", "duplicate");
}
