//! What OpenAPI can say, one thing at a time.

use super::super::ir::{Content, Encoding, Paging, Response, Type, TypeKind};
use super::*;

#[test]
fn path_level_parameters_are_inherited_and_overridden() {
    let api = api(&document(
        "paths:
  /orgs/{code}/users/{id}:
    parameters:
    - $ref: '#/components/parameters/code'
    - { name: id, in: path, required: true, schema: { type: string } }
    - { name: expand, in: query, schema: { type: string } }
    get:
      tags: [Orgs]
      operationId: getUser
      responses: { '200': { description: ok } }
    delete:
      tags: [Orgs]
      operationId: deleteUser
      parameters:
      - { name: expand, in: query, required: true, schema: { type: boolean } }
      - { name: code, in: query, schema: { type: integer } }
      responses: { '200': { description: ok } }
components:
  parameters:
    code: { name: code, in: path, required: true, description: The code., schema: { type: string } }
",
    ));
    assert_eq!(
        line(&api, "getUser"),
        "GET /orgs/{code}/users/{id}  =org_code,user_id ?expand"
    );
    assert_eq!(
        line(&api, "deleteUser"),
        "DELETE /orgs/{code}/users/{id}  =org_code,user_id ?expand!:b,code:i"
    );
    let names: Vec<_> = find(&api, "getUser")
        .path_params
        .iter()
        .map(|f| &f.name)
        .collect();
    assert_eq!(names, ["code", "id"], "in the order of the path");
    let code = &find(&api, "getUser").path_params[0];
    assert_eq!(code.description.as_deref(), Some("The code."));
    assert!(code.required);
}

#[test]
fn path_values_are_text_or_one_of_an_enum() {
    let api = api(&document(
        "paths:
  /logos/{size}/{kind}:
    put:
      operationId: addLogo
      parameters:
      - { name: kind, in: path, required: true, schema: { type: string, nullable: true, enum: [dark, 'light dark', 'a:b'] } }
      - { name: size, in: path, required: true, schema: { type: integer } }
      responses: { '200': { description: ok } }
",
    ));
    assert_eq!(
        line(&api, "addLogo"),
        "PUT /logos/{size}/{kind(dark|light%20dark|a%3Ab)}"
    );
    let [size, kind] = find(&api, "addLogo").path_params.as_slice() else {
        panic!("two path parameters")
    };
    assert_eq!((&size.ty, size.nullable), (&Type::String, false));
    assert_eq!(
        (&kind.ty, kind.nullable),
        (&named("ReplaceLogoKind"), false)
    );
    assert!(api.types["ReplaceLogoKind"].sent && !api.types["ReplaceLogoKind"].received);
}

#[test]
fn query_parameters_of_every_kind() {
    for (parameter, expected) in [
        ("{ name: a, in: query, schema: { type: string } }", "?a"),
        (
            "{ name: a, in: query, required: true, schema: { type: string, nullable: true } }",
            "?a!~",
        ),
        (
            "{ name: a, in: query, schema: { type: integer, format: int32, minimum: 1, maximum: 500 } }",
            "?a:i",
        ),
        ("{ name: a, in: query, schema: { type: number } }", "?a:n"),
        (
            "{ name: a, in: query, schema: { type: string, enum: [x, 'y z', null] } }",
            "?a~(x|y%20z)",
        ),
        (
            "{ name: a, in: query, schema: { enum: [x, y] } }",
            "?a(x|y)",
        ),
        (
            "{ name: a, in: query, schema: { type: integer, enum: [1, 2] } }",
            "?a:i",
        ),
        ("{ name: a, in: query, schema: { enum: [1, 2] } }", "?a:i"),
        ("{ name: a, in: query, schema: {} }", "?a:a"),
        (
            "{ name: 'filter[name]', in: query, schema: { type: string } }",
            "?filter%5Bname%5D",
        ),
        (
            "{ name: 'ä,b', in: query, schema: { type: string } }",
            "?%C3%A4%2Cb",
        ),
        (
            "{ name: type, in: query, schema: { type: array, items: { type: string } } }",
            "?type[]",
        ),
        (
            "{ name: a, in: query, explode: true, schema: { type: array, items: { type: integer } } }",
            "?a[:i]",
        ),
        (
            "{ name: a, in: query, explode: false, schema: { type: array, items: { type: string } } }",
            "?a:c",
        ),
        (
            "{ name: a, in: query, schema: { anyOf: [{ type: string }, { type: boolean }] } }",
            "?a*sb;",
        ),
        (
            "{ name: a, in: query, style: deepObject, explode: true, schema: { type: object, additionalProperties: { type: array, items: { type: string } } } }",
            "?a<*ls;>",
        ),
        (
            "{ name: a, in: query, style: deepObject, schema: { type: object, properties: { from: { type: string }, n: { type: integer } } } }",
            "?a{from,n:i}",
        ),
        (
            "{ name: a, in: query, style: deepObject, schema: { type: object } }",
            "?a:o",
        ),
        ("{ name: a, in: header, schema: { type: string } }", "^a"),
        (
            "{ name: X-Tags, in: header, schema: { type: array, items: { type: string } } }",
            "^X-Tags:c",
        ),
    ] {
        assert_eq!(query(parameter).trim(), expected, "{parameter}");
    }
}

#[test]
fn headers_that_openapi_ignores_are_ignored() {
    let text = operation(&format!(
        "parameters:
- {{ name: Accept, in: header, required: true, schema: {{ type: string }} }}
- {{ name: authorization, in: header, schema: {{ type: string }} }}
- {{ name: X-Request-ID, in: header, schema: {{ type: string }} }}
{NO_CONTENT}"
    ));
    assert_eq!(
        line(&api(&text), "listThings"),
        "GET /things  ^X-Request-ID"
    );
}

#[test]
fn words_of_a_parameter_come_before_those_of_its_schema() {
    let text = operation(&format!(
        "parameters:
- name: a
  in: query
  description: ' One. '
  deprecated: true
  examples: {{ first: {{ value: x }}, second: {{ value: y }} }}
  schema: {{ type: string, description: Two., default: z, example: s }}
- {{ name: b, in: query, schema: {{ type: string, description: Two., example: s }} }}
{NO_CONTENT}"
    ));
    let api = api(&text);
    let [a, b] = find(&api, "listThings").query.as_slice() else {
        panic!()
    };
    assert_eq!(a.description.as_deref(), Some("One."));
    assert_eq!(a.example, Some("x".into()));
    assert_eq!(a.default, Some("z".into()));
    assert!(a.deprecated);
    assert_eq!(b.description.as_deref(), Some("Two."));
    assert_eq!(b.example, Some("s".into()));
}

#[test]
fn bodies_of_every_kind() {
    for (schema, expected) in [
        (
            "{ type: object, properties: { type: { type: string }, default: { type: boolean } }, required: [type] }",
            "@J{type!,default:b}",
        ),
        (
            "{ properties: { a: { type: string } }, additionalProperties: { type: integer } }",
            "@J{a}",
        ),
        (
            "{ type: object, properties: { a: { type: object, properties: { b: { type: array, items: { type: object, properties: { c: { type: number, nullable: true } } } } } } } }",
            "@J{a{b[{c~:n}]}}",
        ),
        (
            "{ type: object, properties: { a: { type: object } } }",
            "@J{a:o}",
        ),
        (
            "{ type: object, properties: { a: { type: object, additionalProperties: { type: string, enum: [x, y] } } } }",
            "@J{a<(x|y)>}",
        ),
        (
            "{ type: object, properties: { a: { type: array } } }",
            "@J{a[:a]}",
        ),
        (
            "{ type: object, properties: { a: { type: array, items: { type: string, nullable: true } } } }",
            "@J{a[:a]}",
        ),
        (
            "{ type: object, properties: { a: { type: string, format: binary } } }",
            "@J{a}",
        ),
        (
            "{ type: object, properties: { a: { oneOf: [{ type: string }, { type: boolean }] } } }",
            "@J{a*sb;}",
        ),
        (
            "{ type: object, properties: { a: { oneOf: [{ type: string }, { enum: [null] }] } } }",
            "@J{a~}",
        ),
        (
            "{ type: object, properties: { a: { anyOf: [{ type: string, format: date }, { type: string, format: date-time }] } } }",
            "@J{a}",
        ),
        (
            "{ type: object, properties: { a: { anyOf: [{ type: array, items: { type: string } }, { type: object }, { type: integer }] } } }",
            "@J{a*iol;}",
        ),
        (
            "{ type: object, properties: { a: { anyOf: [{}, { type: integer }] } } }",
            "@J{a:a}",
        ),
        (
            "{ type: object, properties: { a: {}, b: {} }, oneOf: [{ required: [a] }, { required: [b] }] }",
            "@J{a:a,b:a}",
        ),
        ("{ type: array, items: { type: string } }", "@J[]"),
        (
            "{ type: object, additionalProperties: { type: integer } }",
            "@J<:i>",
        ),
        ("{ type: object }", "@J:o"),
        (
            "{ oneOf: [{ type: object, properties: { a: { type: string } } }, { type: object, properties: { b: { type: string } } }] }",
            "@J*o;",
        ),
    ] {
        assert_eq!(
            line(&api(&with_body(schema)), "createThing"),
            format!("POST /things  {expected}"),
            "{schema}"
        );
    }
}

#[test]
fn a_body_is_fields_or_a_whole() {
    let whole = api(&with_body(
        "{ type: array, items: { type: object, properties: { id: { type: string } } } }",
    ));
    let body = find(&whole, "createThing").body.clone().expect("a body");
    assert_eq!(body.whole(), Some(&array(named("CreateThingBodyItem"))));

    let union = api(&with_body(
        "{ oneOf: [{ type: object, title: A, properties: { a: { type: string } } }, { type: string }] }",
    ));
    let body = find(&union, "createThing").body.clone().expect("a body");
    assert_eq!(body.whole(), Some(&named("CreateThingBody")));
    let TypeKind::Union(variants) = &union.types["CreateThingBody"].kind else {
        panic!()
    };
    assert_eq!(*variants, [named("CreateThingBodyA"), Type::String]);
}

#[test]
fn objects_in_a_choice_are_merged_for_the_check() {
    let api = api(&with_body(
        "{ type: object, properties: { options: { oneOf: [
            { type: object, title: Social login, required: [id, kind], properties: { id: { type: string }, kind: { type: string, enum: [a] }, same: { type: integer } } },
            { type: object, required: [kind], properties: { id: { type: string }, kind: { type: string, enum: [b] }, same: { type: integer, nullable: true }, own: { type: boolean } } }] } } }",
    ));
    assert_eq!(
        line(&api, "createThing"),
        "POST /things  @J{options{id,kind!:a,same~:i,own:b}}"
    );
    let TypeKind::Union(variants) = &api.types["CreateThingOptions"].kind else {
        panic!()
    };
    assert_eq!(
        *variants,
        [
            named("CreateThingOptionsSocialLogin"),
            named("CreateThingOptionsVariant2")
        ]
    );
    assert!(api.types["CreateThingOptionsVariant2"].sent);
}

#[test]
fn properties_beside_a_choice_belong_to_each_of_its_members() {
    let api = api(&with_body(
        "{ type: object, properties: { a: {
            properties: { id: { type: string } }, required: [id],
            anyOf: [{ title: X, properties: { x: { type: string } } }, { title: Y, properties: { y: { type: string } } }] } } }",
    ));
    assert_eq!(line(&api, "createThing"), "POST /things  @J{a{id!,x,y}}");
    let names: Vec<_> = fields(&api, "CreateThingAX")
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    assert_eq!(names, ["id", "x"]);
}

#[test]
fn forms_and_files() {
    let text = |media: &str, schema: &str| {
        document(&format!(
            "paths:
  /things:
    post:
      operationId: createThing
      requestBody: {{ content: {{ {media}: {{ schema: {schema} }} }} }}
      {NO_CONTENT}
"
        ))
    };
    let form = api(&text(
        "application/x-www-form-urlencoded",
        "{ type: object, required: [token], properties: { token: { type: string }, hints: { type: array, items: { type: string } } } }",
    ));
    assert_eq!(
        line(&form, "createThing"),
        "POST /things  @f{token!,hints[]}"
    );
    let file = api(&text(
        "multipart/form-data",
        "{ type: object, required: [logo], properties: { logo: { type: string, format: binary }, others: { type: array, items: { type: string, format: binary } }, title: { type: string } } }",
    ));
    assert_eq!(
        line(&file, "createThing"),
        "POST /things  @m{logo!:x,others[:x],title}"
    );
    let body = find(&file, "createThing").body.clone().expect("a body");
    assert_eq!((body.encoding, body.required), (Encoding::Multipart, false));
    let Content::Fields(fields) = body.content else {
        panic!()
    };
    assert_eq!(fields[0].ty, Type::Binary);
}

#[test]
fn two_spellings_of_json_name_one_body() {
    let text = document(
        "paths:
  /things:
    post:
      operationId: createThing
      requestBody:
        content:
          application/json: { schema: { $ref: '#/components/schemas/thing' } }
          application/json; charset=utf-8: { schema: { $ref: '#/components/schemas/thing' } }
      responses:
        '201':
          description: ok
          content:
            application/json; charset=utf-8: { schema: { $ref: '#/components/schemas/thing' } }
            text/csv: { schema: { type: string } }
components:
  schemas:
    thing: { type: object, properties: { id: { type: string } } }
",
    );
    let api = api(&text);
    assert_eq!(line(&api, "createThing"), "POST /things  @j{id}");
    assert_eq!(
        find(&api, "createThing").response,
        Response {
            ty: Some(named("Thing")),
            may_be_empty: false
        }
    );
}

#[test]
fn what_success_looks_like() {
    let answer = |responses: &str| {
        let text = operation(&format!("responses: {responses}"));
        api(&text).operations[0].response.clone()
    };
    let json =
        "content: { application/json: { schema: { type: array, items: { type: string } } } }";
    let strings = Some(array(Type::String));
    for (responses, ty, may_be_empty) in [
        (
            format!("{{ 200: {{ description: ok, {json} }} }}"),
            strings.clone(),
            false,
        ),
        (
            format!("{{ '200': {{ description: ok, {json} }}, '204': {{ description: no }} }}"),
            strings.clone(),
            true,
        ),
        (
            format!("{{ '2XX': {{ description: ok, {json} }}, '400': {{ description: no }} }}"),
            strings.clone(),
            false,
        ),
        (
            format!("{{ default: {{ description: ok, {json} }} }}"),
            strings.clone(),
            false,
        ),
        (
            format!("{{ '200': {{ description: ok }}, default: {{ description: no, {json} }} }}"),
            None,
            false,
        ),
        (
            "{ '200': { description: ok }, '204': { description: ok } }".to_owned(),
            None,
            false,
        ),
        (
            "{ '200': { description: ok, content: { application/json: {} } } }".to_owned(),
            Some(Type::Any),
            false,
        ),
        (
            "{ '302': { description: elsewhere } }".to_owned(),
            Some(Type::Any),
            true,
        ),
    ] {
        assert_eq!(
            answer(&responses),
            Response { ty, may_be_empty },
            "{responses}"
        );
    }
}

#[test]
fn two_successes_that_differ_are_a_choice() {
    let text = operation(
        "responses:
  '200': { description: ok, content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } }
  '202': { description: later, content: { application/json: { schema: { type: object, properties: { job: { type: string } } } } } }",
    );
    let api = api(&text);
    assert_eq!(
        api.operations[0].response.ty,
        Some(named("ListThingsResponses"))
    );
    let TypeKind::Union(variants) = &api.types["ListThingsResponses"].kind else {
        panic!()
    };
    assert_eq!(
        *variants,
        [
            named("ListThingsResponse"),
            named("ListThingsOtherResponse")
        ]
    );
    assert!(api.types["ListThingsOtherResponse"].received);
}

#[test]
fn inline_types_are_named_after_where_they_stand() {
    let api = api(&with_answer(
        "{ $ref: '#/components/schemas/get_things_response' }",
        "    get_things_response:
      type: object
      description: Things.
      properties:
        things: { type: array, items: { type: object, properties: { kind: { type: string, enum: [a, b] } } } }
        identities: { type: array, items: { $ref: '#/components/schemas/user_identity' } }
        flags: { type: object, additionalProperties: { type: object, properties: { value: { type: string } } } }
        data: { type: array, items: { type: object, properties: { code: { type: string } } } }
        when: { $ref: '#/components/schemas/timestamp' }
        nothing: { $ref: '#/components/schemas/nullable_thing' }
        described: { $ref: '#/components/schemas/user_identity', description: Here. }
        wrapped: { description: Who., nullable: true, allOf: [{ $ref: '#/components/schemas/user_identity' }] }
    user_identity: { type: object, description: There., properties: { id: { type: string } } }
    timestamp: { type: string, format: date-time, description: When. }
    nullable_thing: { type: object, nullable: true, properties: { a: { type: string } } }
    unused: { type: object, properties: { a: { type: string } } }",
    ));
    let ty = |name: &str| field(&api, "ListThingsResponse", name).ty.clone();
    assert_eq!(ty("things"), array(named("ListedThing")));
    assert_eq!(
        field(&api, "ListedThing", "kind").ty,
        named("ListedThingKind")
    );
    assert_eq!(ty("identities"), array(named("UserIdentity")));
    assert_eq!(ty("flags"), map(named("ListedThingFlag")));
    assert_eq!(ty("data"), array(named("ListedThingDataItem")));
    assert_eq!(ty("when"), Type::String);
    assert_eq!(
        field(&api, "ListThingsResponse", "when")
            .description
            .as_deref(),
        Some("When.")
    );
    let nothing = field(&api, "ListThingsResponse", "nothing");
    assert_eq!(
        (&nothing.ty, nothing.nullable),
        (&named("NullableThing"), true)
    );
    assert_eq!(
        field(&api, "ListThingsResponse", "described")
            .description
            .as_deref(),
        Some("Here.")
    );
    let wrapped = field(&api, "ListThingsResponse", "wrapped");
    assert_eq!(
        (&wrapped.ty, wrapped.nullable),
        (&named("UserIdentity"), true)
    );
    assert_eq!(wrapped.description.as_deref(), Some("Who."));

    assert!(!api.types.contains_key("Unused"), "nothing refers to it");
    let order: Vec<_> = api.types.keys().take(4).collect();
    assert_eq!(
        order,
        [
            "ListThingsResponse",
            "ListedThing",
            "ListedThingKind",
            "UserIdentity"
        ]
    );
    assert!(
        api.types
            .values()
            .all(|definition| definition.received && !definition.sent)
    );
    assert_eq!(
        api.types["ListThingsResponse"].description.as_deref(),
        Some("Things.")
    );
}

#[test]
fn all_of_is_one_object() {
    let api = api(&with_answer(
        "{ $ref: '#/components/schemas/cat' }",
        "    animal: { type: object, required: [id], properties: { id: { type: string }, name: { type: string } } }
    cat:
      description: A cat.
      allOf:
      - $ref: '#/components/schemas/animal'
      - { type: object, required: [lives], properties: { lives: { type: integer } } }
      - { required: [name], properties: { name: { type: string, enum: [Tom] } } }",
    ));
    let names: Vec<_> = fields(&api, "Cat")
        .iter()
        .map(|f| (f.name.as_str(), f.required))
        .collect();
    assert_eq!(names, [("id", true), ("name", true), ("lives", true)]);
    assert_eq!(field(&api, "Cat", "name").ty, named("CatName"));
    assert_eq!(api.types["Cat"].description.as_deref(), Some("A cat."));
    assert!(!api.types.contains_key("Animal"));
}

#[test]
fn what_contains_itself_ends() {
    let api = api(&with_answer(
        "{ $ref: '#/components/schemas/branch' }",
        "    branch:
      type: object
      properties:
        branches: { type: array, items: { $ref: '#/components/schemas/branch' } }
        list: { $ref: '#/components/schemas/list' }
        rule: { $ref: '#/components/schemas/rule' }
    list: { type: array, items: { $ref: '#/components/schemas/list' } }
    rule:
      oneOf:
      - { type: string }
      - { type: object, title: Not, properties: { not: { $ref: '#/components/schemas/rule' } } }",
    ));
    let ty = |name: &str| field(&api, "Branch", name).ty.clone();
    assert_eq!(ty("branches"), array(named("Branch")));
    assert_eq!(
        ty("list"),
        array(Type::Any),
        "no type without a name contains itself"
    );
    assert_eq!(ty("rule"), named("Rule"));
    assert_eq!(field(&api, "RuleNot", "not").ty, named("Rule"));
    let schema = api.operations[0].responses[0].2.clone().expect("a schema");
    let inner = &schema["properties"]["branches"]["items"];
    assert_eq!(*inner, serde_json::json!({ "title": "branch" }));
}

#[test]
fn a_recursive_body_is_cut_in_the_descriptor_only() {
    let text = document(
        "paths:
  /things:
    post:
      operationId: createThing
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/tree' } } } }
      responses: { '200': { description: ok } }
components:
  schemas:
    tree:
      type: object
      properties:
        name: { type: string }
        children: { type: array, items: { $ref: '#/components/schemas/tree' } }
        rule: { $ref: '#/components/schemas/rule' }
    rule:
      oneOf:
      - { type: string }
      - { type: array, items: { $ref: '#/components/schemas/rule' } }
",
    );
    let api = api(&text);
    assert_eq!(
        line(&api, "createThing"),
        "POST /things  @j{name,children[{name,children[:a],rule*sl;}],rule*sl;}"
    );
    assert_eq!(field(&api, "Tree", "children").ty, array(named("Tree")));
    let TypeKind::Union(variants) = &api.types["Rule"].kind else {
        panic!()
    };
    assert_eq!(*variants, [Type::String, array(named("Rule"))]);
}

#[test]
fn a_type_is_marked_by_the_way_it_goes() {
    let text = document(
        "paths:
  /things:
    put:
      operationId: replaceThing
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/thing' } } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { thing: { $ref: '#/components/schemas/thing' } } } } } } }
components:
  schemas:
    thing:
      type: object
      required: [id, secret, inner, name]
      properties:
        id: { type: string, readOnly: true }
        secret: { type: string, writeOnly: true }
        name: { type: string }
        inner: { $ref: '#/components/schemas/inner' }
    inner:
      type: object
      required: [id, name]
      properties:
        id: { type: string, readOnly: true }
        name: { type: string }
",
    );
    let api = api(&text);
    // what only the server gives is not asked for, what only callers give is not promised
    assert_eq!(
        line(&api, "replaceThing"),
        "PUT /things  @j{secret!,name!,inner!{id,name!}}"
    );
    assert!(field(&api, "Thing", "id").required && !field(&api, "Thing", "secret").required);
    let inner = &api.types["Inner"];
    assert!(inner.sent && inner.received);
    assert!(!api.types["Thing"].sent, "its fields are sent, it is not");
}

#[test]
fn names_that_code_cannot_have_are_changed() {
    let api = api(&with_answer(
        "{ type: object, properties: { a: { $ref: '#/components/schemas/error' }, b: { $ref: '#/components/schemas/2fa' }, c: { $ref: '#/components/schemas/get-user' }, d: { $ref: '#/components/schemas/getUser' }, e: { $ref: '#/components/schemas/list_things' } } }",
        "    error: { type: object, properties: { self: { type: string } } }
    2fa: { type: object, properties: { a: { type: string } } }
    get-user: { type: object, properties: { b: { type: string } } }
    getUser: { type: object, properties: { c: { type: string } } }
    list_things: { type: object, properties: { d: { type: string } } }",
    ));
    let types: Vec<_> = fields(&api, "ListThingsModelResponse")
        .iter()
        .map(|field| field.ty.clone())
        .collect();
    assert_eq!(
        types,
        [
            "ErrorModel",
            "Type2fa",
            "GetUser",
            "GetUserModel",
            "ListThings"
        ]
        .map(named),
        "a type of the document comes before the default name of an operation"
    );
}

#[test]
fn a_list_may_be_empty_only_by_its_status() {
    let list = "content: { application/json: { schema: { type: object, nullable: true, properties: { things: { type: array, items: { type: string } } } } } }";
    for (more, may_be_empty) in [
        ("", false),
        (", '201': { description: ok }", false),
        (", '204': { description: none }", true),
    ] {
        let responses = format!("{{ '200': {{ description: ok, {list} }}{more} }}");
        let text = operation(&format!("responses: {responses}"));
        let api = api(&text);
        let operation = &api.operations[0];
        assert_eq!(operation.response.may_be_empty, may_be_empty, "{more}");
        assert!(api.listed(operation).is_some(), "{more}");
    }
}

#[test]
fn lists_are_paged_by_what_they_have() {
    let paging = |query: &str, properties: &str| {
        let text = operation(&format!(
            "parameters: [{{ name: {query}, in: query, schema: {{ type: string }} }}]
responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {{ type: object, properties: {properties} }} }} }} }} }}"
        ));
        api(&text).operations[0].paging.clone()
    };
    let items = "{ type: array, items: { type: object, properties: { id: { type: string } } } }";
    let expected = |cursor: Option<&str>, next: Option<&str>| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some(Paging {
            cursor: owned(cursor),
            items: "things".into(),
            next: owned(next),
            back: None,
            size: None,
        })
    };
    assert_eq!(
        paging(
            "next_token",
            &format!("{{ things: {items}, next_token: {{ type: string }} }}")
        ),
        expected(Some("next_token"), Some("next_token"))
    );
    assert_eq!(
        paging(
            "starting_after",
            &format!("{{ things: {items}, has_more: {{ type: boolean }} }}")
        ),
        expected(Some("starting_after"), None)
    );
    let both_ways = "starting_after, in: query, schema: { type: string } }, { name: ending_before";
    assert_eq!(
        paging(both_ways, &format!("{{ things: {items} }}")),
        expected(Some("starting_after"), None).map(|paging| Paging {
            back: Some("ending_before".into()),
            ..paging
        })
    );
    assert_eq!(
        paging(
            "starting_after",
            "{ things: { type: array, items: { type: string } } }"
        ),
        expected(None, None),
        "items without id"
    );
    assert_eq!(
        paging(
            "sort",
            &format!("{{ things: {items}, next_token: {{ type: string }} }}")
        ),
        expected(None, None),
        "a cursor that nothing takes"
    );
    assert_eq!(
        paging(
            "next_token",
            &format!("{{ things: {items}, others: {items} }}")
        ),
        None
    );
}

#[test]
fn documents_are_merged() {
    let parse =
        |text: &str| Document::parse(&super::document(text), Origin::Project).expect("document");
    let first = "paths:
  /a/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }, { name: q, in: query, schema: { type: string } }]
    get: { operationId: a, responses: {} }
tags: [{ name: A }]
components: { schemas: { same: { type: string } } }
";
    let second = "paths:
  /a/{id}: { put: { operationId: b, parameters: [{ name: id, in: path, required: true, schema: { type: string } }], responses: {} } }
  /c: { get: { operationId: c, responses: {} } }
tags: [{ name: A }, { name: C }]
components: { schemas: { same: { type: string }, other: { type: string } } }
";
    let mut whole = parse(first);
    whole.merge("second.yaml", parse(second)).expect("merges");
    let tags = whole.root().value["tags"].clone();
    assert_eq!(tags, serde_json::json!([{ "name": "A" }, { "name": "C" }]));
    let api = lowered(whole, &Overlay::default());
    assert_eq!(line(&api, "a"), "GET /a/{id}  =a_id ?q");
    assert_eq!(
        line(&api, "b"),
        "PUT /a/{id}  =a_id",
        "what the path has in the other document"
    );
    assert_eq!(line(&api, "c"), "GET /c");

    let refused = |text: &str, what: &str| {
        let error = parse(first)
            .merge("second.yaml", parse(text))
            .expect_err(text);
        assert!(error.to_string().contains(what), "{error}");
    };
    refused(
        "paths: { '/a/{id}': { get: { operationId: b } } }",
        "paths./a/{id}.get stands in second.yaml and in a document before it",
    );
    refused(
        "paths: {}\ncomponents: { schemas: { same: { type: integer } } }",
        "components.schemas.same of second.yaml is not what it is",
    );
}
