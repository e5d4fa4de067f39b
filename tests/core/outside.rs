//! Bytes from outside: whatever they are, nothing panics, and what is taken is what was there.
//!
//! Each function runs over random bytes, over texts that nearly are what they should be, and over the
//! files of `corpus/` with its name: a case that was ever found goes there.

use std::path::Path;

use proptest::prelude::*;

use crate::core::cookies::{Cookies, LONGEST, MOST};
use crate::core::jwt::compact::Compact;
use crate::core::jwt::{Rules, id_token};
use crate::core::record::{Json, Record};
use crate::core::session::payload::Times;
use crate::core::session::sign_in;
use crate::core::{base64url, bearer, callback, webhook};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 6] = [
    ("base64url", base64url_has_one_spelling),
    ("bearer", a_bearer_token_is_in_the_header),
    ("callback", a_code_belongs_to_its_sign_in),
    ("cookies", cookies_come_back),
    ("jws", a_token_is_its_parts),
    ("session", a_session_ends),
];

fn base64url_has_one_spelling(bytes: &[u8]) {
    assert_eq!(
        base64url::decode(&base64url::encode(bytes)).as_deref(),
        Some(bytes)
    );
    let text = String::from_utf8_lossy(bytes);
    if let Some(decoded) = base64url::decode(&text) {
        assert_eq!(base64url::encode(&decoded), text);
    }
}

fn a_bearer_token_is_in_the_header(bytes: &[u8]) {
    let header = String::from_utf8_lossy(bytes);
    if let Ok(token) = bearer::token(&header) {
        assert!(header.ends_with(token) && !token.is_empty());
        assert!(
            token
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b',')
        );
    }
    // Whatever stands in a challenge, the header ends where it should.
    let challenge = bearer::challenge(&header, Some((&header, &header)), &[header.to_string()]);
    assert!(
        challenge
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic())
    );
    let bare = challenge.replace("\\\\", "").replace("\\\"", "");
    assert_eq!(bare.matches('"').count(), 8);
}

/// The parameters of a query, as a URL parser gives them but for the percent-encoding.
fn pairs(query: &str) -> Vec<(&str, &str)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let pairs = parts.map(|part| part.split_once('=').unwrap_or((part, "")));
    pairs.collect()
}

fn a_code_belongs_to_its_sign_in(bytes: &[u8]) {
    const STATE: &str = "s";
    const ISSUER: &str = "https://acme.kinde.com";
    let query = String::from_utf8_lossy(bytes);
    let pairs = pairs(&query);
    let values = |name: &str| -> Vec<&str> {
        let own = pairs.iter().filter(|(own, _)| *own == name);
        own.map(|(_, value)| *value).collect()
    };
    let all = |name: &str| values(name).into_iter().map(str::to_owned).collect();
    let is_ours = values("state") == [STATE];
    match callback::code(&all, STATE, ISSUER) {
        Ok(code) => {
            assert!(is_ours && !code.is_empty());
            assert_eq!(values("code"), [code]);
            assert!(values("error").is_empty());
            assert!(matches!(values("iss")[..], [] | [ISSUER]));
        }
        // Nothing of a stranger's callback is told as if the service had said it.
        Err(refusal) if !is_ours => {
            assert_eq!(refusal.code, "state_mismatch");
            assert_eq!(refusal.description, "");
        }
        Err(refusal) => assert_ne!(refusal.code, "state_mismatch"),
    }
    assert!(callback::code(&all, "", ISSUER).is_err());
}

fn a_session_ends(bytes: &[u8]) {
    const MAX_AGE: f64 = 604_800.0;
    let payload = Json(bytes);
    let times = Times::read(&payload);
    let mut before = f64::INFINITY;
    // From a minute before it began to its end, and long after.
    let began = payload.number("b").unwrap_or_default();
    for seconds in [-59.0, -1.0, 0.0, 1.0, 3_600.0, 604_799.0, 604_800.0, 1e12] {
        let now = began + seconds * 1000.0;
        let left = times.left(MAX_AGE, now);
        assert!((0.0..=MAX_AGE).contains(&left) && left.trunc() == left);
        // A clock counts milliseconds; beyond, a number cannot tell one from the next.
        let is_time = began.abs() < 1e15;
        assert!(left <= before || !is_time, "{left} after {before}");
        before = left;
    }
    assert_eq!(times.left(MAX_AGE, f64::MAX), 0.0);
    assert!(times.is_due(f64::INFINITY) && !times.will_do(f64::INFINITY));
    let state = payload.text("state").unwrap_or_default();
    if sign_in::check(&payload, &state, 5.0).is_ok() {
        assert!(payload.number(sign_in::ENDS) >= Some(5.0));
    }
    let _ = sign_in::name("s", &String::from_utf8_lossy(bytes));
}

fn cookies_come_back(bytes: &[u8]) {
    let header = String::from_utf8_lossy(bytes);
    let before = Cookies::read(&header);
    let value = base64url::encode(bytes);
    let lines = before.write("a", &value, 60);
    // What a browser has afterwards, in place of what it had.
    let had = header
        .split(';')
        .filter_map(|pair| pair.trim_ascii().split_once('='));
    let mut kept: std::collections::BTreeMap<_, _> = had.collect();
    for line in &lines {
        let (pair, attributes) = line.split_once(';').expect("attributes");
        let (name, value) = pair.split_once('=').expect("a name");
        assert!(pair.len() <= LONGEST + name.len() + 1);
        match attributes.ends_with("Max-Age=0") {
            true => kept.remove(name),
            false => kept.insert(name, value),
        };
    }
    let pairs: Vec<_> = kept
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if value.len() <= LONGEST * MOST {
        assert_eq!(Cookies::read(&pairs.join("; ")).whole("a"), value);
    }
    assert!(before.remove("").len() <= bytes.len());
}

fn a_token_is_its_parts(bytes: &[u8]) {
    let read = |part: &[u8]| match part {
        [b'{', .., b'}'] => Ok(Json(part.to_vec())),
        _ => Err("it is not a JSON object"),
    };
    let text = String::from_utf8_lossy(bytes);
    let Ok(token) = Compact::read(&text, read) else {
        return;
    };
    let signature = base64url::encode(&token.signature);
    assert_eq!(format!("{}.{signature}", token.signed), text);
    assert_eq!(token.signed.matches('.').count(), 1);
    let rules = Rules {
        audience: vec!["a".into()],
        nonce: Some("n".into()),
        token_type: Some("jwt".into()),
        ..Rules::default()
    };
    if let Ok(algorithm) = token.algorithm(&rules) {
        assert_eq!(algorithm.name(), "RS256");
    }
    let Ok(token) = token.open(read) else {
        return;
    };
    if rules.check(&token, "https://acme.kinde.com", 0.0).is_ok() {
        assert!(
            token
                .claims
                .number("exp")
                .is_some_and(|expires| expires > 0.0)
        );
        assert!(token.claims.texts("aud").contains(&"a".to_owned()));
    }
    let _ = id_token::check(&token.claims, "a", Some("u"));
    let _ = webhook::read(&token.claims, 300.0, 0.0, |_| 0.0);
}

/// JSON that may be claims or a header, and what nearly is.
fn record() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "alg",
        "kid",
        "crit",
        "typ",
        "exp",
        "nbf",
        "iat",
        "iss",
        "aud",
        "nonce",
        "azp",
        "sub",
        "x",
        "type",
        "event_id",
        "timestamp",
    ]);
    let value = prop::sample::select(vec![
        "\"RS256\"",
        "\"a\"",
        "[\"a\",5]",
        "5000000000",
        "-1e999",
        "null",
        "{}",
        "\"\\ud83d\"",
        "\"n\"",
        "\"https://acme.kinde.com\"",
        "\"JWT\"",
        "",
        "\"",
    ]);
    prop::collection::vec((name, value), 0..8).prop_map(|members| {
        let members: Vec<_> = members
            .iter()
            .map(|(n, v)| format!("\"{n}\":{v}"))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

/// Tokens, and what nearly is one.
fn token() -> impl Strategy<Value = String> {
    (record(), record(), "[A-Za-z0-9_-]{0,8}", "(\\.|=|)").prop_map(
        |(header, claims, rest, end)| {
            let part = |json: &str| base64url::encode(json.as_bytes());
            format!("{}.{}.{rest}{end}", part(&header), part(&claims))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        for (_, target) in TARGETS {
            target(&bytes);
        }
    }

    #[test]
    fn nearly_tokens(token in token()) {
        a_token_is_its_parts(token.as_bytes());
        a_bearer_token_is_in_the_header(format!("Bearer {token}").as_bytes());
    }

    #[test]
    fn nearly_callbacks(query in "((code|state|error|iss|x)=(s|c|e|https://acme.kinde.com|)&?){0,7}") {
        a_code_belongs_to_its_sign_in(query.as_bytes());
    }

    #[test]
    fn nearly_sessions(members in prop::collection::vec(("[benria]|ends", any::<f64>()), 0..8)) {
        let members: Vec<_> = members.iter().map(|(n, v)| format!("\"{n}\":{v:e}")).collect();
        a_session_ends(format!("{{{}}}", members.join(",")).as_bytes());
    }

    #[test]
    fn nearly_cookies(header in "((a|a\\.[0-9]|b|a\\.x)=?[A-Za-z0-9=\"]{0,4}(; ?|;|)){0,8}") {
        cookies_come_back(header.as_bytes());
    }
}

#[test]
fn cases_that_were_found() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in TARGETS {
        let files = std::fs::read_dir(corpus.join(name)).expect("a folder of the corpus");
        let files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        assert!(!files.is_empty(), "{name}");
        for file in files {
            target(&std::fs::read(file).expect("a case"));
        }
    }
}

/// Long values are cut: random bytes seldom are so long.
#[test]
fn long_cookies() {
    for length in [2_849, 2_850, 2_851, 20_000, 28_499, 28_501, 40_000] {
        cookies_come_back(&vec![7; length]);
    }
}
