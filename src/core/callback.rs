//! What the browser brought back: an authorization response (RFC 6749, section 4.1.2).

use super::text::same;

/// Why there is no code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub what: &'static str,
    /// `error` of the service, or one of ours: `state_mismatch`, `issuer_mismatch`, `missing_code`.
    pub code: String,
    /// `error_description` of the service.
    pub description: String,
}

/// The code, if this is the answer to the sign-in with this state. What else it says counts for
/// nothing before that is known: anybody can send a browser here.
///
/// `all` gives the values of a parameter.
pub(crate) fn code(
    all: &dyn Fn(&str) -> Vec<String>,
    state: &str,
    issuer: &str,
) -> Result<String, Refusal> {
    let one = |name| only(all(name));
    let refused = |what, code: &str| {
        Err(Refusal {
            what,
            code: code.into(),
            description: String::new(),
        })
    };
    let given = one("state").unwrap_or_default();
    if given.is_empty() || !same(&given, state) {
        let what = "the callback does not belong to this sign-in";
        return refused(what, "state_mismatch");
    }
    // Who names itself has to be the one that was asked, if only once (RFC 9207, section 2.4).
    let by = all("iss");
    if !by.is_empty() && only(by).as_deref() != Some(issuer) {
        return refused("the callback comes from another issuer", "issuer_mismatch");
    }
    if let Some(code) = one("error") {
        return Err(Refusal {
            what: "the sign-in was refused",
            code,
            description: one("error_description").unwrap_or_default(),
        });
    }
    match one("code").filter(|code| !code.is_empty()) {
        // Errors that contradict each other are no success.
        Some(code) if all("error").is_empty() => Ok(code),
        _ => refused("the callback brings no code", "missing_code"),
    }
}

/// The value of a parameter; one that comes twice has none (RFC 6749, section 3.1).
pub(crate) fn only(mut all: Vec<String>) -> Option<String> {
    all.pop().filter(|_| all.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(query: &str) -> Result<String, String> {
        let all = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let own = pairs.filter(|(own, _)| *own == name);
            own.map(|(_, value)| value.to_owned()).collect()
        };
        let code = code(&all, "s", "https://acme.kinde.com");
        code.map_err(|refusal| format!("{}|{}", refusal.code, refusal.description))
    }

    #[test]
    fn a_code_comes_with_the_state_of_its_sign_in() {
        assert_eq!(answer("code=c&state=s").as_deref(), Ok("c"));
        for query in [
            "",
            "code=c",
            "code=c&state=",
            "code=c&state=t",
            "code=c&state=s&state=s",
            "error=access_denied&state=t",
        ] {
            assert_eq!(answer(query).unwrap_err(), "state_mismatch|", "{query}");
        }
    }

    #[test]
    fn a_sign_in_without_a_state_has_no_callback() {
        let empty = |_: &str| vec![String::new()];
        assert_eq!(code(&empty, "", "").unwrap_err().code, "state_mismatch");
        assert_eq!(
            code(&|_| Vec::new(), "", "").unwrap_err().code,
            "state_mismatch"
        );
    }

    #[test]
    fn the_issuer_is_the_one_if_it_says_so() {
        let right = "code=c&state=s&iss=https://acme.kinde.com";
        assert_eq!(answer(right).as_deref(), Ok("c"));
        for query in [
            "code=c&state=s&iss=",
            "code=c&state=s&iss=https://evil.example",
            "error=e&state=s&iss=https://evil.example",
            "code=c&state=s&iss=https://acme.kinde.com&iss=https://acme.kinde.com",
        ] {
            assert_eq!(answer(query).unwrap_err(), "issuer_mismatch|", "{query}");
        }
    }

    #[test]
    fn a_refusal_is_told() {
        let refused = answer("state=s&error=access_denied&error_description=no&code=c");
        assert_eq!(refused.unwrap_err(), "access_denied|no");
        assert_eq!(answer("state=s&error=e").unwrap_err(), "e|");
        let twice = answer("state=s&error=e&error_description=a&error_description=b");
        assert_eq!(twice.unwrap_err(), "e|");
        for query in [
            "state=s",
            "state=s&code=",
            "state=s&code=a&code=b",
            "state=s&error=a&error=b&code=c",
        ] {
            assert_eq!(answer(query).unwrap_err(), "missing_code|", "{query}");
        }
    }
}
