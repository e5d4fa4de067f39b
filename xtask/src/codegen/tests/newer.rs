//! Documents that know more than the overlay: default names.

use super::super::ir::Type;
use super::*;

/// The documents with operations behind their own, as a later version would have them.
fn newer(added: &str) -> Api {
    let (mut document, overlay) = project();
    let paths = if added.is_empty() { " {}" } else { added };
    let later = super::document(&format!("paths:{paths}"));
    let later = Document::parse(&later, Origin::Project).expect("document");
    document.merge("later", later).expect("merges");
    lowered(document, &overlay)
}

const ADDED: &str = "
  /api/v1/billing/plans:
    get:
      tags: [Billing Plans]
      operationId: GetBillingPlans
      x-kinde-scope: read:billing
      parameters:
      - { name: X-Request-ID, in: header, required: true, schema: { type: string } }
      - { name: 'filter[name]', in: query, schema: { type: string } }
      - { name: level, in: query, schema: { type: integer, enum: [1, 2, 3] } }
      - { name: next_token, in: query, schema: { type: string } }
      responses:
        '200':
          description: Plans
          content:
            application/json:
              schema:
                type: object
                properties:
                  plans: { type: array, items: { $ref: '#/components/schemas/webhook' } }
                  next_token: { type: string }
    post:
      tags: [Billing Plans]
      operationId: CreateBillingPlans
      requestBody:
        required: true
        content:
          application/json: { schema: { type: array, items: { type: object, required: [name], properties: { name: { type: string }, type: { type: string, enum: [fixed, metered] } } } } }
      responses: { '201': { description: ok } }
  /api/v1/organizations/{org_code}/billing-seats/{seat.id}:
    patch:
      tags: [Organizations]
      operationId: update-seat
      parameters:
      - { name: org_code, in: path, required: true, schema: { type: string } }
      - { name: seat.id, in: path, required: true, schema: { type: string } }
      requestBody:
        content:
          application/json:
            schema:
              allOf:
              - { type: object, required: [a], properties: { a: { type: string } } }
              - { type: object, properties: { self: { $ref: '#/components/schemas/success_response' } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/success_response' } } } } }
  /api/v1/user/{user_id}:
    get:
      tags: [Users]
      operationId: GetUserById
      parameters: [{ name: user_id, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: ok } }
  /api/v1/environment/themes:
    delete:
      tags: [Environments]
      operationId: DeleteThemes
      responses: { '200': { description: ok } }
  /health:
    get:
      operationId: health
      responses: { '200': { description: ok } }
";

#[test]
fn new_operations_have_default_names_and_old_ones_keep_theirs() {
    let old = newer("");
    let new = newer(ADDED);
    assert_eq!(new.operations.len(), old.operations.len() + 6);
    for operation in &old.operations {
        assert_eq!(
            super::super::descriptors::line(&old, operation),
            super::super::descriptors::line(&new, find(&new, &operation.id))
        );
        assert_eq!(operation.type_name, find(&new, &operation.id).type_name);
    }
    for name in old.types.keys() {
        assert!(new.types.contains_key(name), "{name}");
    }
    let call = |id: &str| {
        let operation = find(&new, id);
        (
            format!("{}.{}", operation.resource.join("."), operation.name),
            operation.type_name.clone(),
        )
    };
    for (id, name, type_name) in [
        ("GetBillingPlans", "billingPlans.list", "ListBillingPlans"),
        (
            "CreateBillingPlans",
            "billingPlans.create",
            "CreateBillingPlan",
        ),
        (
            "update-seat",
            "organizations.billingSeats.update",
            "UpdateOrganizationBillingSeat",
        ),
        // users.get is taken
        ("GetUserById", "users.getUserById", "GetUserById"),
        (
            "DeleteThemes",
            "environment.themes.deleteAll",
            "DeleteAllEnvironmentThemes",
        ),
        ("health", "health.get", "GetHealth"),
    ] {
        assert_eq!(call(id), (name.to_owned(), type_name.to_owned()), "{id}");
    }
    assert_eq!(
        line(&new, "GetBillingPlans"),
        "GET /api/v1/billing/plans read:billing ?filter%5Bname%5D,level:i,next_token ^X-Request-ID! >next_token,plans,next_token"
    );
    assert_eq!(
        line(&new, "CreateBillingPlans"),
        "POST /api/v1/billing/plans  @J[{name!,type(fixed|metered)}]"
    );
    assert_eq!(
        line(&new, "update-seat"),
        "PATCH /api/v1/organizations/{org_code}/billing-seats/{seat.id}  @j{a!,self{message,code}}"
    );
    let paging = find(&new, "GetBillingPlans").paging.clone().expect("paged");
    assert_eq!(paging.next.as_deref(), Some("next_token"));
    // what is sent too is a type of its own
    let success = &new.types["SuccessResponseModel"];
    assert!(success.sent && success.received);
    assert_eq!(
        find(&new, "CreateBillingPlans")
            .body
            .as_ref()
            .and_then(|body| body.whole()),
        Some(&Type::Array(Box::new(named("CreateBillingPlanBodyItem"))))
    );
}

fn names(paths: &str) -> Vec<String> {
    let api = api(&document(&format!("paths:\n{paths}")));
    let call =
        |operation: &Operation| format!("{}.{}", operation.resource.join("."), operation.name);
    api.operations.iter().map(call).collect()
}

#[test]
fn default_names_follow_tag_path_and_method() {
    for (tag, path, method, expected) in [
        ("Users", "/api/v1/users", "get", "users.list"),
        ("Users", "/api/v2/users", "post", "users.create"),
        ("Users", "/users", "delete", "users.deleteAll"),
        ("Users", "/user", "get", "users.get"),
        ("Users", "/user", "delete", "users.delete"),
        ("Users", "/users/{id}", "get", "users.get"),
        ("Users", "/users/{id}", "put", "users.replace"),
        ("Users", "/users/{id}", "post", "users.add"),
        (
            "Users",
            "/users/{id}/feature_flags/{flag}",
            "patch",
            "users.featureFlags.update",
        ),
        ("Users", "/users/{id}", "head", "users.head"),
        (
            "Feature Flags",
            "/feature_flags/{id}",
            "delete",
            "featureFlags.delete",
        ),
        (
            "Webhooks",
            "/event_types",
            "get",
            "webhooks.eventTypes.list",
        ),
        ("APIs", "/apis/{id}/scopes", "get", "apis.scopes.list"),
        ("Tokens", "/tokens", "get", "tokensApi.list"),
        ("Then", "/a/then", "get", "thenApi.a.thenApi.get"),
        ("2FA", "/2fa", "get", "x2Fa.get"),
    ] {
        let parameters: String = path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| {
                format!(
                    "{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}, "
                )
            })
            .collect();
        let paths = format!(
            "  {path}: {{ {method}: {{ operationId: x, tags: [{tag}], parameters: [{parameters}], {NO_CONTENT} }} }}\n"
        );
        assert_eq!(names(&paths), [expected], "{method} {path}");
    }
}

#[test]
fn a_default_name_that_is_taken_gives_way_to_the_operation_id() {
    let paths = format!(
        "  /a/users: {{ get: {{ operationId: one, tags: [A], {NO_CONTENT} }} }}
  /v1/a/users: {{ get: {{ operationId: get-two, tags: [A], {NO_CONTENT} }} }}
  /a/users/list: {{ get: {{ operationId: three, tags: [A], {NO_CONTENT} }} }}
"
    );
    assert_eq!(names(&paths), ["a.users.list", "a.getTwo", "a.three"]);
    let error = error(&document(&format!(
        "paths:
  /a: {{ get: {{ operationId: one, tags: [A], {NO_CONTENT} }} }}
  /v1/a: {{ get: {{ operationId: get, tags: [A], {NO_CONTENT} }} }}
"
    )));
    assert!(
        error.contains("paths./v1/a.get") && error.contains("`a.get`"),
        "{error}"
    );
}
