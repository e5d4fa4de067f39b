//! The calls that programs are written against: the rules that they follow, and all of them as they
//! were when they were made final.

use std::collections::{BTreeMap, HashMap};

use super::super::guide::signature;
use super::real::real;
use super::*;

/// One line for each method: operation id, HTTP call, signature.
const LIST: &str = include_str!("../../../../spec/signatures.tsv");

fn row(operation: &Operation) -> String {
    format!(
        "{}\t{} {}\t{}",
        operation.id,
        operation.method,
        operation.path,
        signature(operation)
    )
}

#[test]
fn every_signature_is_the_one_that_was_promised() {
    let api = real();
    let mut now: Vec<String> = api.methods().map(row).collect();
    let mut promised: Vec<&str> = LIST.lines().skip(1).collect();
    now.sort_unstable();
    promised.sort_unstable();
    let missing: Vec<_> = promised
        .iter()
        .filter(|row| !now.iter().any(|other| other == *row))
        .collect();
    let new: Vec<_> = now
        .iter()
        .filter(|row| !promised.contains(&row.as_str()))
        .collect();
    assert!(
        missing.is_empty() && new.is_empty(),
        "not as in spec/signatures.tsv. A signature that is gone breaks programs; a new one has its \
         line there.\ngone:\n{missing:#?}\nnew:\n{new:#?}"
    );
}

fn names(operation: &Operation) -> Vec<&str> {
    operation.arguments().map(Field::argument_name).collect()
}

#[test]
fn what_identifies_a_thing_has_its_place() {
    for operation in real().methods() {
        let id = &operation.id;
        let placeholders: Vec<&str> = operation
            .path
            .split('{')
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('}')?.0))
            .collect();
        let placed: Vec<&str> = operation
            .arguments()
            .map(|field| field.name.as_str())
            .collect();
        assert!(placed.starts_with(&placeholders), "{id}: {placed:?}");
        assert!(placed.len() <= placeholders.len() + 1, "{id}: {placed:?}");
        if placeholders.is_empty() {
            let left: Vec<_> = operation
                .named_query()
                .filter(|field| {
                    field.required && (field.name == "id" || field.name.ends_with("_id"))
                })
                .collect();
            assert!(left.is_empty(), "{id}: {left:?}");
        }
        if operation.name == "add" {
            let fields: Vec<_> = operation.named_fields().collect();
            let is_member = fields.len() == 1 && fields[0].name.ends_with("_id");
            assert!(!is_member, "{id}: {fields:?}");
        }
    }
}

#[test]
fn one_name_for_one_thing() {
    let mut things: HashMap<String, &str> = HashMap::new();
    let api = real();
    for operation in api.methods() {
        for name in names(operation) {
            let bare = ["id", "code", "key", "app_id", "organization_code"];
            assert!(!bare.contains(&name), "{}: {name}", operation.id);
        }
        let segments: Vec<&str> = operation.path.split('/').collect();
        let path = segments.windows(2).filter(|pair| pair[1].starts_with('{'));
        for (pair, name) in path.zip(names(operation)) {
            // A property has a key and an id: two ways to say which.
            let kind = name.rsplit('_').next().unwrap_or_default();
            let thing = super::super::naming::singular(pair[0]);
            let known = things.entry(format!("{thing} {kind}")).or_insert(name);
            assert_eq!(*known, name, "{}", operation.id);
        }
    }
    assert_eq!(things["organization code"], "org_code");
    assert_eq!(things["application id"], "application_id");
}

#[test]
fn verbs_say_what_is_done() {
    let allowed = BTreeMap::from([
        (
            "GET",
            "list get search count countActive userProfile getDefault getAuthUrl getToken getPortalLink",
        ),
        (
            "POST",
            "create add set enable verify introspect revoke revokeToken refreshClaims",
        ),
        ("PATCH", "update updateLatest set authorizeApplications"),
        ("PUT", "replace set setPassword rotate"),
        (
            "DELETE",
            "delete deleteAll deleteHandle remove reset resetAll disable",
        ),
    ]);
    let api = real();
    for operation in api.methods() {
        let verbs = allowed[operation.method];
        let known = verbs.split(' ').any(|verb| verb == operation.name);
        assert!(
            known,
            "{}: {} {}",
            operation.id, operation.method, operation.name
        );
    }
    // What is added is removed, what is set is reset, what is enabled is disabled.
    let mut resources: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for operation in api.methods() {
        let names = resources.entry(operation.resource.join(".")).or_default();
        names.push(&operation.name);
    }
    for (resource, names) in resources {
        let has = |name: &str| names.contains(&name);
        assert!(!(has("add") && has("delete")), "{resource}");
        assert!(!(has("create") && has("remove")), "{resource}");
        assert_eq!(has("enable"), has("disable"), "{resource}");
        assert!(
            !(has("set") && has("update") && has("replace")),
            "{resource}"
        );
    }
}

#[test]
fn a_shorthand_is_left_out_where_the_document_asks_for_the_identifier() {
    let overlay = "operations: { getThing: { call: things.get, identifier: code, shorthand: things.getDefault } }";
    let with = |required: bool| {
        let document = format!(
            "paths: {{ /thing: {{ get: {{ operationId: getThing, parameters: [{{ name: code, in: query, required: {required}, schema: {{ type: string }} }}], {NO_CONTENT} }} }} }}"
        );
        let api = api_with(&super::document(&document), overlay);
        api.methods().map(signature).collect::<Vec<_>>()
    };
    assert_eq!(
        with(false),
        ["kinde.things.get(thingCode)", "kinde.things.getDefault()"]
    );
    assert_eq!(with(true), ["kinde.things.get(thingCode)"]);
}

#[test]
fn an_identifier_has_to_be_there() {
    let overlay = "operations: { listThings: { call: things.list, identifier: code } }";
    let error = run(&operation(NO_CONTENT), overlay)
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("operations.listThings.identifier"),
        "{error}"
    );
}

#[test]
fn documents_without_an_overlay_follow_the_rules() {
    let query = |name: &str| {
        format!(
            "parameters: [{{ name: {name}, in: query, required: true, schema: {{ type: string }} }}]"
        )
    };
    let path = |names: &[&str]| {
        let parameters = names.iter().map(|name| {
            format!("{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}")
        });
        format!(
            "parameters: [{}]",
            parameters.collect::<Vec<_>>().join(", ")
        )
    };
    let body = |field: &str| {
        format!(
            "requestBody: {{ content: {{ application/json: {{ schema: {{ type: object, properties: {{ {field}: {{ type: string }} }} }} }} }} }}"
        )
    };
    let (team_id, member) = (path(&["id"]), path(&["id", "role_id"]));
    let (get, add, flag) = (query("id"), body("role_id"), body("value"));
    let flags = path(&["flag_key"]);
    let api = api(&document(&format!(
        "paths:
  /api/v1/team:
    get: {{ operationId: a, tags: [Teams], {get}, {NO_CONTENT} }}
  /api/v1/teams/{{id}}/roles:
    {team_id}
    get: {{ operationId: b, tags: [Teams], {NO_CONTENT} }}
    post: {{ operationId: c, tags: [Teams], {add}, {NO_CONTENT} }}
  /api/v1/teams/{{id}}/roles/{{role_id}}:
    {member}
    delete: {{ operationId: d, tags: [Teams], {NO_CONTENT} }}
  /api/v1/feature_flags/{{flag_key}}:
    {flags}
    patch: {{ operationId: e, tags: [Feature Flags], {flag}, {NO_CONTENT} }}
    delete: {{ operationId: f, tags: [Feature Flags], {NO_CONTENT} }}
  /api/v1/feature_flags:
    delete: {{ operationId: g, tags: [Feature Flags], {NO_CONTENT} }}
  /api/v1/search/teams:
    get: {{ operationId: h, tags: [Search], {NO_CONTENT} }}
  /api/v1/teams/{{id}}/roles/count:
    get: {{ operationId: i, tags: [Teams], {team_id}, {NO_CONTENT} }}
  /api/v1/teams/{{id}}/refresh_claims:
    post: {{ operationId: j, tags: [Teams], {team_id}, {NO_CONTENT} }}
"
    )));
    let signatures: Vec<_> = api.methods().map(signature).collect();
    assert_eq!(
        signatures,
        [
            "kinde.teams.get(teamId)",
            "kinde.teams.roles.list(teamId)",
            "kinde.teams.roles.add(teamId, roleId)",
            "kinde.teams.roles.remove(teamId, roleId)",
            "kinde.featureFlags.set(flagKey, params?)",
            "kinde.featureFlags.reset(flagKey)",
            "kinde.featureFlags.resetAll()",
            "kinde.teams.search()",
            "kinde.teams.roles.count(teamId)",
            "kinde.teams.refreshClaims(teamId)",
        ]
    );
}
