//! The documents the package is made from.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::super::ir::{Encoding, Type};
use super::*;

pub fn real() -> Api {
    let (document, overlay) = project();
    lowered(document, &overlay)
}

fn generated() -> Generated {
    let (mut document, overlay) = project();
    generate(&mut document, overlay, &OwnCalls::default()).expect("generates")
}

#[test]
fn every_operation_is_there_with_a_name_of_its_own() {
    let api = real();
    assert_eq!(api.operations.len(), 194);
    assert_eq!(
        api.operations
            .iter()
            .filter(|operation| operation.scope.is_some())
            .count(),
        183
    );
    assert!(generated().notes.is_empty(), "the overlay names all");

    let mut resources: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut type_names = HashSet::new();
    for operation in &api.operations {
        resources
            .entry(operation.resource.join("."))
            .or_default()
            .push(&operation.name);
        assert!(
            type_names.insert(&operation.type_name),
            "{}",
            operation.type_name
        );
        assert!(
            !api.types.contains_key(&operation.type_name),
            "{}",
            operation.type_name
        );
    }
    let expected = "
        account: getPortalLink | account.entitlements: get list | account.featureFlags: list
        account.permissions: list | account.properties: list | account.roles: list
        apiKeys: create delete get list rotate verify
        apis: authorizeApplications create delete get list
        apis.applications.scopes: add remove | apis.scopes: create delete get list update
        applications: create delete get list update | applications.accessRoles: add list remove
        billing.agreements: create list | billing.entitlements: list | billing.meterUsage: create
        directories: create delete get list update | environment.passkey: get replace
        organizations.invites: create delete get list | organizations.passkey: get replace
        organizations.roles.users: count countActive list | organizations.sessions: update
        roles.systemPermissions: list update | roles.users: list | systemPermissions: list
        applications.connections: disable enable list
        applications.logoutUrls: add list remove replace | applications.properties: list set
        applications.redirectUrls: add list remove replace | applications.tokens: update
        business: get update | connectedApps: getAuthUrl getToken revokeToken
        connections: create delete get list replace update | environment: get
        environment.featureFlags: list reset resetAll set | environment.logos: delete list set
        environment.mfa: replace | environmentVariables: create delete get list update
        featureFlags: create delete replace | identities: delete get update | industries: list
        oauth: introspect revoke userProfile
        organizations: create delete deleteHandle get list update
        organizations.connections: disable enable list
        organizations.featureFlags: list reset resetAll set
        organizations.logos: delete list set | organizations.mfa: replace
        organizations.properties: list set update
        organizations.users: add list remove update | organizations.users.apis.scopes: add remove
        organizations.users.mfa: get reset resetAll | organizations.users.permissions: add list remove
        organizations.users.roles: add list remove | permissions: create delete list update
        properties: create delete list replace | propertyCategories: create list replace
        roles: create delete get list update | roles.permissions: list remove update
        roles.scopes: add list remove | subscribers: create get list | timezones: list
        users: create delete get list refreshClaims search setPassword update
        users.featureFlags: set | users.identities: create list | users.mfa: get reset resetAll
        users.properties: list set update | users.sessions: deleteAll list
        webhooks: create delete list update updateLatest | webhooks.eventTypes: list
        webhooks.events: get";
    let expected: BTreeMap<String, Vec<&str>> = expected
        .split(['\n', '|'])
        .filter_map(|entry| entry.trim().split_once(": "))
        .map(|(resource, names)| (resource.to_owned(), names.split(' ').collect()))
        .collect();
    for names in resources.values_mut() {
        names.sort_unstable();
    }
    assert_eq!(resources, expected);
}

#[test]
fn the_odd_corners_of_the_document() {
    let api = real();
    for (id, expected) in [
        (
            "getAPIs",
            "GET /api/v1/apis read:apis ?expand~(scopes) >,apis",
        ),
        ("deleteAPI", "DELETE /api/v1/apis/{api_id} delete:apis"),
        (
            "updateUser",
            "PATCH /api/v1/user update:users =user_id ?id=!:k @J{given_name,family_name,picture,is_suspended:b,is_password_reset_requested:b,provided_id}",
        ),
        (
            "AddOrganizationUsers",
            "POST /api/v1/organizations/{org_code}/users create:organization_users @j{users[{id,roles[],permissions[]}]}",
        ),
        (
            "AddLogo",
            "PUT /api/v1/environment/logos/{type(dark|light)} update:environments @M{logo!:x}",
        ),
        (
            "updateApplicationsProperty",
            "PUT /api/v1/applications/{application_id}/properties/{property_key} update:application_properties @J{value!*sb;}",
        ),
        (
            "searchUsers",
            "GET /api/v1/search/users read:users ?page_size~:i,query~,properties<*ls;>,starting_after~,ending_before~,expand~:c,api_scopes~ >starting_after,results,,ending_before,500",
        ),
        (
            "CreateSubscriber",
            "POST /api/v1/subscribers create:subscribers ?first_name!,last_name!~,email!~",
        ),
        (
            "deleteCallbackURLs",
            "DELETE /api/v1/applications/{app_id}/auth_redirect_urls delete:applications_redirect_uris =application_id ?urls!:C",
        ),
        (
            "GetOrganizationUsers",
            "GET /api/v1/organizations/{org_code}/users read:organization_users ?sort~(name_asc|name_desc|email_asc|email_desc|id_asc|id_desc),page_size~:i,next_token~,permissions:c,roles:c >next_token,organization_users,next_token,,500",
        ),
        (
            "UpdateUserProperties",
            "PATCH /api/v1/users/{user_id}/properties update:user_properties @J{properties!:o} ~",
        ),
        (
            "ReplaceMFA",
            "PUT /api/v1/mfa update:mfa @J{policy!(required|off|optional),enabled_factors![(mfa%3Aemail|mfa%3Asms|mfa%3Aauthenticator_app)],is_recovery_codes_enabled:b}",
        ),
        (
            "GetFeatureFlags",
            "GET /account_api/v1/feature_flags  ?page_size~:i,starting_after~ >starting_after,data.feature_flags,metadata.next_page_starting_after,,500 $",
        ),
        (
            "GetEntitlement",
            "GET /account_api/v1/entitlement/{key}  =entitlement_key $",
        ),
        (
            "UpdateWebHook",
            "PATCH /api/v1/webhooks/{webhook_id} update:webhooks @J{event_types[],name,description~}",
        ),
        (
            "UpdateLatestWebHook",
            "PATCH /api/v1/webhooks update:webhooks @J{event_types[],name,description~}",
        ),
        ("getUserProfileV2", "GET /oauth2/v2/user_profile"),
        (
            "tokenIntrospection",
            "POST /oauth2/introspect  @F{token!,token_type_hint(access_token|refresh_token)} ~",
        ),
    ] {
        assert_eq!(line(&api, id), expected);
    }
    let connection = line(&api, "UpdateConnection");
    assert!(
        connection.contains(
            "options{client_id,client_secret,is_use_custom_domain:b,is_trusted:b,home_realm_domains[],"
        ),
        "{connection}"
    );
    for id in ["getUsers", "AddLogo"] {
        assert!(!find(&api, id).response.may_be_empty, "{id}");
    }
    for id in [
        "DeleteLogo",
        "DeleteOrganizationLogo",
        "AddOrganizationUsers",
    ] {
        assert!(find(&api, id).response.may_be_empty, "{id}: 200 beside 204");
    }
    let empty = api
        .operations
        .iter()
        .filter(|operation| operation.response.ty.is_none());
    assert_eq!(empty.count(), 10, "200 without content");
    let body = |encoding| {
        let bodies = api
            .operations
            .iter()
            .filter_map(|operation| operation.body.as_ref());
        bodies.filter(|body| body.encoding == encoding).count()
    };
    assert_eq!((body(Encoding::Multipart), body(Encoding::Form)), (2, 2));
    // a single one and one in a list
    assert_eq!(
        field(&api, "GetConnectionResponse", "connection").ty,
        named("Connection")
    );
    assert_eq!(
        field(&api, "ListedConnection", "connection").ty,
        named("Connection")
    );
    assert_eq!(field(&api, "ListedConnection", "strategy").ty, Type::String);
    assert!(
        !api.types
            .values()
            .any(|definition| !definition.sent && !definition.received)
    );
}

#[test]
fn lists_know_their_next_page() {
    let api = real();
    let cursors: BTreeMap<String, String> = api
        .operations
        .iter()
        .filter_map(|operation| {
            let paging = operation.paging.as_ref()?;
            let cursor = paging.cursor.as_ref()?;
            let next = paging.next.as_deref().unwrap_or("id of the last");
            Some((
                operation.id.clone(),
                format!("{} {cursor} {next}", paging.items),
            ))
        })
        .collect();
    let expected = [
        ("GetCategories", "categories starting_after id of the last"),
        (
            "GetConnections",
            "connections starting_after id of the last",
        ),
        (
            "GetOrganizationUsers",
            "organization_users next_token next_token",
        ),
        ("GetPermissions", "permissions next_token next_token"),
        ("GetProperties", "properties starting_after id of the last"),
        ("GetRolePermissions", "permissions next_token next_token"),
        ("GetRoles", "roles next_token next_token"),
        (
            "GetApplicationAccessRoles",
            "roles starting_after id of the last",
        ),
        (
            "GetEntitlements",
            "data.entitlements starting_after metadata.next_page_starting_after",
        ),
        (
            "GetFeatureFlags",
            "data.feature_flags starting_after metadata.next_page_starting_after",
        ),
        ("GetOrganizationRoleUsers", "users next_token next_token"),
        (
            "GetRoleSystemPermissions",
            "system_permissions next_token next_token",
        ),
        ("GetRoleUsers", "users next_token next_token"),
        (
            "GetSystemPermissions",
            "system_permissions next_token next_token",
        ),
        (
            "GetUserPermissions",
            "data.permissions starting_after metadata.next_page_starting_after",
        ),
        (
            "GetUserProperties",
            "data.properties starting_after metadata.next_page_starting_after",
        ),
        (
            "GetUserRoles",
            "data.roles starting_after metadata.next_page_starting_after",
        ),
        ("getApiKeys", "api_keys starting_after id of the last"),
        (
            "getBillingAgreements",
            "agreements starting_after id of the last",
        ),
        (
            "getBillingEntitlements",
            "entitlements starting_after id of the last",
        ),
        (
            "getDirectories",
            "directories starting_after id of the last",
        ),
        ("getOrganizationInvites", "invites next_token next_token"),
        ("GetSubscribers", "subscribers next_token next_token"),
        (
            "GetUserIdentities",
            "identities starting_after id of the last",
        ),
        ("getApplications", "applications next_token next_token"),
        ("getOrganizations", "organizations next_token next_token"),
        ("getUsers", "users next_token next_token"),
        ("searchUsers", "results starting_after id of the last"),
    ];
    let expected = expected.map(|(id, paging)| (id.to_owned(), paging.to_owned()));
    assert_eq!(cursors, BTreeMap::from(expected));
    let takes_cursor = |operation: &&Operation| {
        operation
            .query
            .iter()
            .any(|field| ["next_token", "starting_after"].contains(&field.name.as_str()))
    };
    assert_eq!(
        api.operations.iter().filter(takes_cursor).count(),
        cursors.len(),
        "none forgotten"
    );
    let apis = find(&api, "getAPIs").paging.clone().expect("one page");
    assert_eq!((apis.items.as_str(), apis.cursor), ("apis", None));
}

#[test]
fn the_catalogue_holds_what_the_document_has() {
    let generated = generated();
    let text = |path: &str| {
        let file = generated
            .files
            .iter()
            .find(|(name, _)| name.to_str() == Some(path));
        &file.unwrap_or_else(|| panic!("{path}")).1
    };
    let catalogue: Vec<Value> = serde_json::from_str(text("pkg/operations.json")).expect("JSON");
    assert_eq!(catalogue.len(), 194);
    assert!(!text("pkg/operations.json").contains("$ref"));
    let entry = |id: &str| {
        catalogue
            .iter()
            .find(|entry| entry["operationId"] == id)
            .expect(id)
    };

    let users = entry("getUsers");
    assert_eq!(users["resource"], "users");
    assert_eq!(users["name"], "list");
    assert_eq!(users["scope"], "read:users");
    assert_eq!(users["body"], Value::Null);
    let email = users["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|p| p["name"] == "email");
    assert_eq!(email.expect("email")["commaList"], true);
    assert_eq!(users["paging"]["next"], "next_token");
    let item = &users["responses"]["200"]["schema"]["properties"]["users"]["items"];
    assert_eq!(item["properties"]["id"]["type"], "string");

    let logo = entry("AddOrganizationLogo");
    assert_eq!(logo["positional"], serde_json::json!(["org_code", "type"]));
    assert_eq!(logo["body"]["contentType"], "multipart/form-data");
    assert_eq!(logo["body"]["required"], true);
    assert_eq!(
        logo["body"]["schema"]["properties"]["logo"]["format"],
        "binary"
    );
    assert_eq!(entry("tokenRevocation")["scope"], Value::Null);
    let properties = entry("searchUsers")["parameters"][2].clone();
    assert_eq!(
        (&properties["name"], &properties["style"]),
        (&"properties".into(), &"deepObject".into())
    );

    // The page of www/ has the same, with the answers in a file of their own; it has no use for tags.
    let page: Vec<Value> = serde_json::from_str(text("www/operations.json")).expect("JSON");
    for (page, entry) in page.iter().zip(&catalogue) {
        let mut shown = page.clone();
        let object = shown.as_object_mut().expect("an object");
        object.remove("answers");
        object.insert("responses".to_owned(), entry["responses"].clone());
        object.insert("tag".to_owned(), entry["tag"].clone());
        assert_eq!(shown, *entry);
    }
    let answering = |id: &str| {
        let found = page.iter().find(|entry| entry["operationId"] == id);
        found.expect(id)["answers"] == true
    };
    assert!(answering("getUsers") && !answering("tokenRevocation"));
    let answers: Value = serde_json::from_str(text("www/answers.json")).expect("JSON");
    for entry in &catalogue {
        let id = entry["operationId"].as_str().unwrap_or_default();
        let status = answers[id]["status"].as_str().expect(id);
        assert_eq!(
            answers[id]["schema"], entry["responses"][status]["schema"],
            "{id}"
        );
    }
    let rust: Value = serde_json::from_str(text("www/rust.json")).expect("JSON");
    let names = rust["operations"].as_object().expect("an object");
    assert!(catalogue.iter().all(|entry| {
        let id = entry["operationId"].as_str().unwrap_or_default();
        names.contains_key(id)
    }));

    let guide = text("pkg/api.md");
    assert_eq!(
        guide
            .lines()
            .filter(|line| line.starts_with("- `kinde."))
            .count(),
        195,
        "organizations.getDefault is a second method"
    );
    for line in [
        "- `kinde.users.list(params?)` → `GET /api/v1/users`, `read:users`: Get users",
        "- `kinde.users.update(userId, { … })` → `PATCH /api/v1/user`, `update:users`: Update user",
        "- `kinde.organizations.logos.set(orgCode, type, { logo })` → `POST /api/v1/organizations/{org_code}/logos/{type}`, `update:organizations`: Add organization logo",
        "- `kinde.oauth.userProfile()` → `GET /oauth2/v2/user_profile`: Get user profile",
    ] {
        assert!(guide.lines().any(|other| other == line), "{line}");
    }
}

#[test]
fn the_output_is_the_same_every_time() {
    let first = generated();
    let second = generated();
    assert_eq!(first.files, second.files);
    assert!(
        first
            .files
            .iter()
            .all(|(_, text)| text.ends_with('\n') && !text.contains("\r"))
    );
}

/// What came after version 1 says so; what a user calls is the Account API and nothing else.
#[test]
fn operations_by_source() {
    let v1 = Document::parse(
        include_str!("../../../../spec/kinde-v1.yaml"),
        Origin::Project,
    )
    .expect("document");
    let known = OwnCalls::of(&v1.operations().expect("operations"));
    let api = real();
    let later: Vec<&Operation> = api
        .operations
        .iter()
        .filter(|operation| !known.has(operation.method, &operation.path))
        .collect();
    assert_eq!(later.len(), 45);
    let says = |operation: &Operation, what: &str| {
        let text = operation.description.as_deref().unwrap_or_default();
        assert!(text.contains(what), "{}: {text}", operation.id);
    };
    for operation in &api.operations {
        let account = operation.path.starts_with("/account_api/");
        assert_eq!(operation.as_user, account, "{}", operation.id);
        assert!(!account || operation.scope.is_none(), "{}", operation.id);
    }
    let idempotent = api.operations.iter().filter(|one| one.idempotent);
    let idempotent: Vec<&str> = idempotent.map(|one| one.id.as_str()).collect();
    // More than these only for what is as good twice as once, at every server that speaks the API.
    assert_eq!(idempotent.len(), 11, "{idempotent:?}");
    for operation in later {
        match operation.as_user {
            true => says(operation, "access token of a signed-in user"),
            false => says(operation, "Not in version 1 of Kinde's API document."),
        }
        for field in operation.query.iter().chain(&operation.path_params) {
            assert!(
                field.description.is_some(),
                "{}.{}",
                operation.id,
                field.name
            );
        }
    }
    let latest = find(&api, "UpdateLatestWebHook");
    assert!(latest.deprecated && latest.path == "/api/v1/webhooks");
}

/// The document of all is one that others can read: this generator among them.
#[test]
fn the_document_of_all_is_what_was_generated_from() {
    let generated = generated();
    let text = |path: &str| {
        let file = generated
            .files
            .iter()
            .find(|(name, _)| name.to_str() == Some(path));
        &file.unwrap_or_else(|| panic!("{path}")).1
    };
    let (_, overlay) = project();
    let mut whole = Document::parse(text("spec/kinde.json"), Origin::Project).expect("document");
    let overlay = Overlay {
        corrections: Default::default(),
        ..overlay
    };
    let again = generate(&mut whole, overlay, &OwnCalls::default()).expect("generates");
    let different = again.files.iter().zip(&generated.files);
    let different: Vec<_> = different
        .filter(|(a, b)| a != b)
        .map(|(a, _)| &a.0)
        .collect();
    assert!(different.is_empty(), "{different:?}");
}

/// Pages for people say how many operations there are.
#[test]
fn the_guides_know_how_many_there_are() {
    let count = real().operations.len().to_string();
    for (name, text) in [
        ("README.md", include_str!("../../../../README.md")),
        ("CHANGELOG.md", include_str!("../../../../CHANGELOG.md")),
    ] {
        let before = text
            .split(" operations")
            .filter_map(|before| before.rsplit(' ').next());
        let numbers: Vec<&str> = before
            .filter(|word| word.len() == 3 && word.chars().all(|c| c.is_ascii_digit()))
            .collect();
        assert!(!numbers.is_empty(), "{name} has no number of operations");
        assert!(
            numbers.iter().all(|number| *number == count),
            "{name}: {numbers:?}"
        );
    }
}
