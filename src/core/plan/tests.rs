use super::*;

const LIST: Operation = Operation::new(
    "users.list getUsers GET /api/v1/users read:users ?page_size~:i,user_id~:c,has_organization:b,properties:o",
);
const UPDATE: Operation = Operation::new(
    "users.update updateUser PATCH /api/v1/user update:users ?id! @J{given_name,is_suspended:b}",
);
const CREATE: Operation = Operation::new(
    "permissions.create CreatePermission POST /api/v1/permissions create:permissions @j{name,key}",
);
const USER: Operation = Operation::new(
    "users.create createUser POST /api/v1/user create:users @j{profile{given_name,family_name},provided_id,identities[{type(email|phone),details{email,phone}}]}",
);
const ROLES: Operation = Operation::new(
    "organizations.users.roles.list GetRoles GET /api/v1/organizations/{org_code}/users/{user_id}/roles x",
);
const FORM: Operation =
    Operation::new("oauth.introspect tokenIntrospection POST /oauth2/introspect  @F{token!,hint~}");
const LOGO: Operation = Operation::new(
    "environment.logos.set AddLogo PUT /api/v1/environment/logos/{type(dark|light)} x @M{logo!:x}",
);
const WHOLE: Operation = Operation::new("things.set SetThings PUT /api/v1/things x @J[:i]");

fn call(operation: Operation, args: &str) -> Result<Plan, String> {
    read(operation, Args::Positional(Value::new(args.as_bytes())))
}

fn named(operation: Operation, args: &str) -> Result<Plan, String> {
    read(operation, Args::Named(Value::new(args.as_bytes())))
}

fn read(operation: Operation, args: Args<'_>) -> Result<Plan, String> {
    plan(operation, args).map_err(|(part, problem)| match problem.at.as_str() {
        "" => concat(&[part, ": ", &problem.what]),
        at => concat(&[part, " ", at, ": ", &problem.what]),
    })
}

fn target(operation: Operation, args: &str) -> String {
    call(operation, args).unwrap().target
}

#[test]
fn a_query_has_what_is_given_in_the_order_of_the_table() {
    assert_eq!(target(LIST, "[]"), "/api/v1/users");
    assert_eq!(target(LIST, "[{}]"), "/api/v1/users");
    assert_eq!(
        target(
            LIST,
            r#"[{"has_organization":false,"page_size":10,"user_id":null}]"#
        ),
        "/api/v1/users?page_size=10&has_organization=false"
    );
    assert_eq!(
        target(LIST, r#"[{"user_id":["a&b","c"],"page_size":#u}]"#),
        "/api/v1/users?user_id=a%26b%2Cc"
    );
}

#[test]
fn objects_and_lists_in_a_query_are_pairs() {
    assert_eq!(
        target(
            LIST,
            r#"[{"properties":{"city":["Paris","New York"],"a=b":"ä"}}]"#
        ),
        "/api/v1/users?properties%5Bcity%5D=Paris&properties%5Bcity%5D=New%20York&properties%5Ba%3Db%5D=%C3%A4"
    );
    assert_eq!(
        call(LIST, r#"[{"properties":{"a[b]":"x"}}]"#).unwrap_err(),
        "query parameter properties: expected keys without brackets"
    );
    assert_eq!(
        call(LIST, r#"[{"properties":{"a":{"b":"x"}}}]"#).unwrap_err(),
        "query parameter properties.a: expected a string, a number or a boolean, got an object"
    );
}

#[test]
fn what_nothing_declares_is_sent_all_the_same() {
    assert_eq!(
        target(LIST, r#"[{"is_new":true,"l":["a","b"]}]"#),
        "/api/v1/users?is_new=true&l=a&l=b"
    );
    let body = call(UPDATE, r#"[{"id":"kp_1","new":{"a":[#u]}}]"#)
        .unwrap()
        .body;
    assert_eq!(body, Body::Json(r#"{"new":{"a":[null]}}"#.into()));
}

#[test]
fn a_name_of_something_deeper_is_refused_where_no_name_is_known() {
    let email = r#"[{"email":"a@example.com","more":1}]"#;
    assert_eq!(
        call(USER, email).unwrap_err(),
        "params email: belongs inside of \"identities[].details\""
    );
    assert_eq!(
        call(USER, r#"[{"given_name":"Ada"}]"#).unwrap_err(),
        "params given_name: belongs inside of \"profile\""
    );
    // What the service learns tomorrow.
    assert!(call(USER, r#"[{"new":1}]"#).is_ok());
    assert!(call(USER, r#"[{"profile":{},"email":"a@example.com"}]"#).is_ok());
}

#[test]
fn a_key_that_is_nearly_known_is_refused() {
    for (operation, args, message) in [
        (
            LIST,
            r#"[{"pageSize":10}]"#,
            "params pageSize: did you mean \"page_size\"?",
        ),
        (
            UPDATE,
            r#"[{"id":"k","given_nam":"x"}]"#,
            "params given_nam: did you mean \"given_name\"?",
        ),
        (
            UPDATE,
            r#"[{"id":"k","ID":"x"}]"#,
            "params ID: did you mean \"id\"?",
        ),
    ] {
        assert_eq!(call(operation, args).unwrap_err(), message);
    }
    assert_eq!(
        named(ROLES, r#"{"org_code":"o","user_id":"u","userId":"u"}"#).unwrap_err(),
        "params userId: did you mean \"user_id\"?"
    );
    assert_eq!(
        target(LIST, r#"[{"page":1,"pages":2}]"#),
        "/api/v1/users?page=1&pages=2"
    );
}

/// Arguments are known by other names in Rust.
fn as_called(message: &str) -> String {
    let name = |index, name| ROLES.argument(index, name);
    message
        .replace("orgCode", &name(0, "org_code"))
        .replace("userId", &name(1, "user_id"))
}

#[test]
fn path_values_stay_in_their_place() {
    assert_eq!(
        target(ROLES, r#"["../..","a/b?c#d"]"#),
        "/api/v1/organizations/..%2F../users/a%2Fb%3Fc%23d/roles"
    );
    for (args, message) in [
        (
            r#"["",""]"#,
            "argument orgCode: expected a string that is not empty, got \"\"",
        ),
        (
            r#"["o",".."]"#,
            "argument userId: expected an identifier, got \"..\"",
        ),
        (
            r#"["o"]"#,
            "argument userId: expected a string, got undefined",
        ),
        (
            r#"["\ud83d","u"]"#,
            "argument orgCode: is not well-formed Unicode",
        ),
        (r#"[5,"u"]"#, "argument orgCode: expected a string, got 5"),
    ] {
        assert_eq!(call(ROLES, args).unwrap_err(), as_called(message));
    }
    let long = concat(&["[\"", &"x".repeat(65_537), "\",\"u\"]"]);
    assert_eq!(
        call(ROLES, &long).unwrap_err(),
        as_called("argument orgCode: is longer than 65,536 characters")
    );
}

#[test]
fn a_body_is_the_params_without_what_only_the_query_has() {
    let plan = call(
        UPDATE,
        r#"[{"id":"kp_1","given_name":"Ada \"A\"","is_suspended":#u}]"#,
    )
    .unwrap();
    assert_eq!(plan.target, "/api/v1/user?id=kp_1");
    assert_eq!(
        plan.body,
        Body::Json(r#"{"given_name":"Ada \"A\""}"#.into())
    );
    assert_eq!(
        call(UPDATE, r#"[{"id":"kp_1"}]"#).unwrap().body,
        Body::Json("{}".into())
    );
    assert_eq!(call(CREATE, "[]").unwrap().body, Body::None);
    assert_eq!(
        call(CREATE, r#"[{"name":#u}]"#).unwrap().body,
        Body::Json("{}".into())
    );
}

#[test]
fn by_id_all_values_are_in_one_object() {
    let plan = named(ROLES, r#"{"org_code":"o","user_id":"u","extra":1}"#).unwrap();
    assert_eq!(plan.target, "/api/v1/organizations/o/users/u/roles?extra=1");
    let plan = named(UPDATE, r#"{"id":"kp_1","given_name":"Ada"}"#).unwrap();
    assert_eq!(plan.body, Body::Json(r#"{"given_name":"Ada"}"#.into()));
}

#[test]
fn a_form_is_pairs() {
    let plan = call(FORM, r#"[{"token":"a b&c=é","extra":1,"hint":null}]"#).unwrap();
    assert_eq!(
        plan.body,
        Body::Form("token=a%20b%26c%3D%C3%A9&extra=1".into())
    );
}

#[test]
fn a_file_stays_with_the_driver() {
    let part = |name: &str, content| Part {
        name: name.into(),
        content,
    };
    let plan = call(LOGO, r#"["dark",{"logo":#x0,"more":"x"}]"#).unwrap();
    assert_eq!(
        plan.body,
        Body::Multipart(vec![
            part("logo", Content::File(0)),
            part("more", Content::Text("x".into()))
        ])
    );
    assert_eq!(
        call(LOGO, r#"["blue",{"logo":#x0}]"#).unwrap_err(),
        "argument type: expected one of \"dark\" \"light\", got a string of 4 characters"
    );
    assert_eq!(
        call(LOGO, r#"["dark",{"logo":"x"}]"#).unwrap_err(),
        "field logo: expected a Blob, a File, an ArrayBuffer, a typed array or {data, name, type}, got a string of 1 character"
    );
}

#[test]
fn a_body_that_is_no_object_is_the_key_body() {
    assert_eq!(
        call(WHOLE, r#"[{"body":[1,2]}]"#).unwrap().body,
        Body::Json("[1,2]".into())
    );
    assert_eq!(
        call(WHOLE, "[{}]").unwrap_err(),
        "field body: expected an array, got undefined"
    );
    assert_eq!(
        call(WHOLE, r#"[{"body":[1,"2"]}]"#).unwrap_err(),
        "field body[1]: expected an integer, got a string of 1 character"
    );
}

#[test]
fn params_are_an_object() {
    for (args, message) in [
        ("[null]", "params: expected an object, got null"),
        (
            r#"["kp_1"]"#,
            "params: expected an object, got a string of 4 characters",
        ),
        (
            r#"[#o"AbortSignal"]"#,
            "params: expected an object, got an AbortSignal",
        ),
        ("[#t0]", "params: reading it threw"),
        ("[#d]", "params: cannot be written as JSON"),
    ] {
        assert_eq!(call(LIST, args).unwrap_err(), message);
    }
    let (_, problem) = plan(LIST, Args::Positional(Value::new(b"[#t3]"))).unwrap_err();
    assert_eq!(problem.thrown, Some(3));
}

#[test]
fn what_json_has_no_word_for_fails_a_body() {
    for args in [r#"[{"id":"k","n":#b}]"#, r#"[{"id":"k","n":[#d]}]"#] {
        assert_eq!(
            call(UPDATE, args).unwrap_err(),
            "field: cannot be written as JSON"
        );
    }
    assert_eq!(
        call(UPDATE, r#"[{"id":"k","n":#t0}]"#).unwrap_err(),
        "field: reading it threw"
    );
}

#[test]
fn more_than_the_service_takes_at_once_is_refused() {
    let list = Operation::new(
        "users.list getUsers GET /api/v1/users read:users ?page_size~:i >next_token,users,next_token,,500",
    );
    assert_eq!(
        target(list, r#"[{"page_size":500}]"#),
        "/api/v1/users?page_size=500"
    );
    for (size, got) in [("501", "501"), ("9000000000", "9000000000")] {
        let args = concat(&[r#"[{"page_size":"#, size, "}]"]);
        let expected = concat(&["params page_size: expected at most 500, got ", got]);
        assert_eq!(call(list, &args).unwrap_err(), expected);
    }
    let add = Operation::new("o.add Add POST /api/v1/users x @j{users[{id,roles[]}]}");
    let users = |count: usize| {
        let all = vec![r#"{"id":"kp_1"}"#; count].join(",");
        concat(&[r#"[{"users":["#, &all, "]}]"])
    };
    assert!(call(add, &users(100)).is_ok());
    assert_eq!(
        call(add, &users(101)).unwrap_err(),
        "params users: expected at most 100 at once, got 101"
    );
}

#[test]
fn less_than_one_item_is_no_page() {
    let list = Operation::new("a.list listA GET /a x ?page_size~:i >cursor,items,next,,500");
    for size in ["-1", "-9000000000"] {
        let args = concat(&[r#"[{"page_size":"#, size, "}]"]);
        let expected = concat(&["params page_size: expected at least 1, got ", size]);
        assert_eq!(call(list, &args).unwrap_err(), expected);
    }
}

#[test]
fn a_header_has_what_is_given_and_nothing_else() {
    let operation = Operation::new("a.get getA GET /a x ?q ^x-name,x-other!");
    let plan = call(operation, r#"[{"q":"1","x-name":"a b","x-other":"c"}]"#).unwrap();
    assert_eq!(plan.target, "/a?q=1");
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        plan.headers,
        [header("x-name", "a b"), header("x-other", "c")]
    );
    assert_eq!(
        call(operation, r#"[{"x-name":"a"}]"#).unwrap_err(),
        "header x-other: expected a string, got undefined"
    );
}

#[test]
fn a_list_with_commas_holds_texts() {
    assert_eq!(
        call(LIST, r#"[{"user_id":["a",5]}]"#).unwrap_err(),
        "query parameter user_id: expected a string, or an array of strings without commas, got an array"
    );
}
