//! One type for one shape, what types are called, and what an answer cannot be without.

use std::collections::HashMap;

use super::super::naming;
use super::*;

/// `GET /things`, `GET /things/{thing_id}` and `POST /things` with these answers.
fn things(list: &str, get: &str, create: &str) -> String {
    let answer = |schema: &str| {
        format!(
            "{{ '200': {{ description: ok, content: {{ application/json: {{ schema: {schema} }} }} }} }}"
        )
    };
    document(&format!(
        "paths:
  /things:
    get: {{ operationId: getThings, tags: [Things], responses: {} }}
    post: {{ operationId: createThing, tags: [Things], responses: {} }}
  /things/{{thing_id}}:
    get:
      operationId: getThing
      tags: [Things]
      parameters: [{{ name: thing_id, in: path, required: true, schema: {{ type: string }} }}]
      responses: {}
",
        answer(list),
        answer(create),
        answer(get),
    ))
}

const ITEM: &str = "{ type: object, properties: { id: { type: string }, logo: { type: object, properties: { raw: { type: string } } } } }";

fn envelope(name: &str, inner: &str) -> String {
    format!("{{ type: object, properties: {{ code: {{ type: string }}, {name}: {inner} }} }}")
}

fn sample() -> String {
    let shorter = "{ type: object, properties: { id: { type: string } } }";
    let list = format!("{{ type: array, nullable: true, items: {ITEM} }}");
    things(
        &envelope("things", &list),
        &envelope(
            "thing",
            "{ type: object, properties: { id: { type: string }, icon: { type: object, properties: { raw: { type: string } } } } }",
        ),
        &envelope("thing", shorter),
    )
}

#[test]
fn types_are_named_after_things_and_shared() {
    let api = api(&sample());
    let names: Vec<&String> = api.types.keys().collect();
    assert_eq!(
        names,
        [
            "ListThingsResponse",
            "ListedThing",
            "ListedThingLogo",
            "CreateThingResponse",
            "CreatedThing",
            "GetThingResponse",
            "Thing"
        ]
    );
    assert_eq!(
        field(&api, "Thing", "icon").ty,
        named("ListedThingLogo"),
        "what says the same is one type"
    );
}

#[test]
fn the_overlay_names_types() {
    let overlay = "types: { ListedThingLogo: Picture, Thing: ListedThing, ListedThing: Thing }";
    let api = api_with(&sample(), overlay);
    assert_eq!(field(&api, "Thing", "logo").ty, named("Picture"));
    assert_eq!(field(&api, "ListedThing", "icon").ty, named("Picture"));

    let error = |overlay: &str| error_with(&sample(), overlay);
    let unknown = error("types: { Nothing: Something }");
    assert!(unknown.contains("types.Nothing"), "{unknown}");
    let taken = error("types: { ListedThing: Same, Thing: Same }");
    assert!(taken.contains("`Same` is taken"), "{taken}");
    let reserved = error("types: { Thing: Promise }");
    assert!(reserved.contains("`Promise` is taken"), "{reserved}");
    let ugly = error("types: { Thing: a thing }");
    assert!(ugly.contains("`a thing` is no name"), "{ugly}");
}

#[test]
fn an_answer_has_what_it_cannot_be_without() {
    let api = api(&sample());
    for (owner, name, expected) in [
        ("ListThingsResponse", "things", true),
        ("ListThingsResponse", "code", false),
        ("ListedThing", "id", true),
        ("ListedThing", "logo", false),
        ("GetThingResponse", "thing", true),
        ("Thing", "id", true),
        ("CreateThingResponse", "thing", true),
        ("CreatedThing", "id", true),
    ] {
        let field = field(&api, owner, name);
        let found = (field.required, field.certain, field.nullable);
        // a write that was done is no failure of a strict reader
        let certain = expected && !owner.starts_with("Create");
        assert_eq!(found, (expected, certain, false), "{owner}.{name}");
    }
}

#[test]
fn of_two_forms_neither_is_certain() {
    let wrapped = "{ type: object, properties: { id: { type: string } } }";
    let item =
        format!("{{ type: object, properties: {{ id: {{ type: string }}, thing: {wrapped} }} }}");
    let list = envelope("things", &format!("{{ type: array, items: {item} }}"));
    let api = api(&things(&list, wrapped, wrapped));
    assert!(!field(&api, "ListedThing", "id").required);
    assert!(!field(&api, "ListedThing", "thing").required);
    let Type::Named(inner) = &field(&api, "ListedThing", "thing").ty else {
        panic!("no envelope");
    };
    assert!(field(&api, inner, "id").required);
}

#[test]
fn names_of_the_project_are_short_and_no_two_types_say_the_same() {
    let (document, overlay) = project();
    let api = lowered(document, &overlay);
    let mut shapes: HashMap<String, &str> = HashMap::new();
    for (name, def) in &api.types {
        let words = naming::words(name);
        assert!(words.len() <= 5 && name.len() <= 40, "{name}");
        let place = words.iter().position(|word| word == "Response");
        assert!(place.is_none_or(|at| at + 1 == words.len()), "{name}");
        assert!(
            !name.ends_with("Model") && !name.ends_with("Item"),
            "{name}"
        );

        let mut kind = def.kind.clone();
        if let TypeKind::Object(fields) = &mut kind {
            fields.sort_by(|one, other| one.name.cmp(&other.name));
            for field in fields {
                (field.description, field.example, field.default) = (None, None, None);
                field.deprecated = false;
            }
        }
        let shape = format!("{} {} {kind:?}", def.sent, def.received);
        if let Some(other) = shapes.insert(shape, name) {
            panic!("{name} and {other} say the same");
        }
    }
    let names: Vec<&str> = [
        "User",
        "ListedUser",
        "Organization",
        "ListedOrganization",
        "Color",
    ]
    .into();
    assert!(names.iter().all(|name| api.types.contains_key(*name)));
}
