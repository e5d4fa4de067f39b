//! The overlay, and that everything in it has to match.

use super::super::ir::Paging;
use super::super::overlay::{Overlay, OwnCalls};
use super::super::{Document, generate};
use super::*;

const USERS: &str = "paths:
  /users:
    get:
      operationId: getUsers
      tags: [Users]
      parameters:
      - { name: next_token, in: query, schema: { type: string } }
      - { name: email, in: query, schema: { type: string, nullable: true } }
      - { name: limit, in: query, schema: { type: integer } }
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  users: { type: array, items: { type: object, properties: { name: { type: string } } } }
                  next_token: { type: string }
    post:
      operationId: createUser
      tags: [Users]
      responses: { '200': { description: ok } }
";

fn refused(overlay: &str, what: &str) {
    let error = error_with(&document(USERS), overlay);
    assert!(
        error.contains(what),
        "expected `{what}` in: {error}\n{overlay}"
    );
}

#[test]
fn an_entry_names_pages_and_lists() {
    let api = api_with(
        &document(USERS),
        "operations:
  getUsers:
    call: people.all.find
    type: FindPeople
    paging: { cursor: next_token, items: users, next: next_token }
    comma_lists: [email]
",
    );
    let operation = find(&api, "getUsers");
    assert_eq!(operation.resource, ["people", "all"]);
    assert_eq!(
        (operation.name.as_str(), operation.type_name.as_str()),
        ("find", "FindPeople")
    );
    assert_eq!(
        line(&api, "getUsers"),
        "GET /users  ?next_token,email~:c,limit:i >next_token,users,next_token"
    );
    let paging = Paging {
        cursor: Some("next_token".into()),
        items: "users".into(),
        next: Some("next_token".into()),
        back: None,
        size: None,
    };
    assert_eq!(operation.paging, Some(paging));
}

#[test]
fn entries_that_do_not_match() {
    refused(
        "operations: { getUserz: { call: users.list } }",
        "operations.getUserz",
    );
    refused(
        "operations: { getUsers: { call: list } }",
        "operations.getUsers: `list`",
    );
    refused(
        "operations: { getUsers: { call: users.List } }",
        "`users.List`",
    );
    refused(
        "operations: { getUsers: { call: users.then } }",
        "the name `then` is taken",
    );
    refused(
        "operations: { getUsers: { call: tokens.list } }",
        "the name `tokens` is taken",
    );
    refused(
        "operations: { getUsers: { call: users.list, type: listUsers } }",
        "`listUsers`",
    );
    refused(
        "operations: { getUsers: { call: users.list, type: Promise } }",
        "operations.getUsers: the type name `Promise`",
    );
    refused(
        "operations: { getUsers: { call: users.list, pages: 1 } }",
        "operations.getUsers",
    );
    refused(
        "operations: { getUsers: { call: users.list, comma_lists: [name] } }",
        "operations.getUsers.comma_lists: no query parameter `name`",
    );
    refused(
        "operations: { getUsers: { call: users.list, words: { email: [a] } } }",
        "operations.getUsers.words: `email` is no comma list",
    );
    refused(
        "operations: { getUsers: { call: users.list, comma_lists: [limit] } }",
        "`limit` is no plain string",
    );
    refused(
        "operations: { getUsers: { call: users.list, paging: { cursor: page, items: users } } }",
        "operations.getUsers.paging.cursor: no query parameter `page`",
    );
    refused(
        "operations: { getUsers: { call: users.list, paging: { items: people } } }",
        "paging.items: the answer has no array `people`",
    );
    refused(
        "operations: { getUsers: { call: users.list, paging: { cursor: next_token, items: users, next: token } } }",
        "paging.next: the answer has no `token`",
    );
    refused(
        "operations: { getUsers: { call: users.list, paging: { cursor: next_token, items: users } } }",
        "paging.next: missing, and items have no `id`",
    );
    refused(
        "operations: { getUsers: { call: users.list, paging: { items: users, next: next_token } } }",
        "paging.next: there is no cursor",
    );
    refused(
        "operation: { getUsers: { call: users.list } }",
        "`operation` is not known",
    );
    refused(
        "operations: { getUsers: { call: a.b }, getUsers: { call: a.c } }",
        "getUsers",
    );
}

#[test]
fn two_operations_with_one_name() {
    let two = |a: &str, b: &str| {
        format!("operations: {{ getUsers: {{ call: {a} }}, createUser: {{ call: {b} }} }}")
    };
    refused(
        &two("users.list", "users.list"),
        "operations.createUser: `users.list` is the name of getUsers as well",
    );
    refused(
        &two("users.listAll", "users.listall"),
        "is the name of getUsers",
    );
    refused(
        &two("users.list", "users.list.all"),
        "`users.list` is the name of getUsers",
    );
    refused(
        &two("users.list.all", "users.list"),
        "`users.list` is a resource as well, of getUsers",
    );
    refused(
        &two("users.roles.list", "usersRoles.list"),
        "too much alike",
    );
    refused(
        "operations: { getUsers: { call: a.list, type: Same }, createUser: { call: b.list, type: Same } }",
        "operations.createUser: the type name `Same` is taken",
    );
}

#[test]
fn corrections_change_the_document() {
    let api = api_with(
        &document(USERS),
        "corrections:
  limits_are_text:
    reason: The service answers 400 to numbers.
    changes:
    - at: /paths/~1users/get/parameters/2/schema
      replace: { type: { from: integer, to: string } }
      add: { nullable: true }
    - at: /paths/~1users/get/parameters/1/schema
      remove: [nullable]
",
    );
    assert_eq!(
        line(&api, "getUsers"),
        "GET /users  ?next_token,email,limit~ >next_token,users,next_token"
    );
}

#[test]
fn corrections_that_no_longer_apply() {
    let correction = |change: &str| {
        format!(
            "corrections: {{ fix: {{ reason: Because., changes: [{{ at: /paths/~1users/get/parameters/1/schema, {change} }}] }} }}"
        )
    };
    for (change, what) in [
        (
            "add: { nullable: true }",
            "corrections.fix: `/paths/~1users/get/parameters/1/schema/nullable` is in the document now",
        ),
        (
            "replace: { type: { from: integer, to: string } }",
            "corrections.fix: `/paths/~1users/get/parameters/1/schema/type` is not \"integer\"",
        ),
        (
            "remove: [format]",
            "corrections.fix: `/paths/~1users/get/parameters/1/schema/format` is not in the document",
        ),
        ("add: {}", "changes nothing"),
        ("append: [a]", "is no array"),
    ] {
        refused(&correction(change), what);
    }
    refused(
        "corrections: { fix: { reason: Because., changes: [{ at: /paths/~1gone, remove: [a] }] } }",
        "corrections.fix: the document has nothing to change at `/paths/~1gone`",
    );
    let appended = |item: &str| {
        format!(
            "corrections: {{ fix: {{ reason: Because., changes: [{{ at: /paths/~1users/get/tags, {item} }}] }} }}"
        )
    };
    refused(
        &appended("append: [Users]"),
        "`/paths/~1users/get/tags` has \"Users\"",
    );
    refused(&appended("append: []"), "changes nothing");
    run(&document(USERS), &appended("append: [People]")).expect("applies");
    refused(
        "corrections: { fix: { reason: '', changes: [{ at: /info, add: { a: 1 } }] } }",
        "corrections.fix: no reason",
    );
    refused(
        "corrections: { fix: { reason: Because., changes: [] } }",
        "corrections.fix: no changes",
    );
}

#[test]
fn another_document_may_lack_what_the_overlay_has() {
    let overlay = Overlay::parse(
        "operations: { getUsers: { call: users.list }, gone: { call: users.gone } }
corrections:
  gone: { reason: Because., changes: [{ at: /paths/~1gone, add: { a: 1 } }] }
",
    )
    .expect("overlay");
    let mut document = Document::parse(&document(USERS), Origin::Elsewhere).expect("document");
    let generated = generate(&mut document, overlay, &OwnCalls::default()).expect("generates");
    assert!(
        generated.notes[0].contains("corrections.gone")
            && generated.notes[0].contains("operations.gone"),
        "{:?}",
        generated.notes
    );
    assert!(
        generated.notes[1].contains("`createUser: { call: users.create }`"),
        "{:?}",
        generated.notes
    );
}
