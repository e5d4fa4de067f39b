//! The program, with reqwest and models for serde: what octocrab does, for one call of the 149.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
struct ListUsers {
    page_size: Option<u32>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct Users {
    users: Option<Vec<User>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: Option<String>,
    provided_id: Option<String>,
    preferred_email: Option<String>,
    username: Option<String>,
    last_name: Option<String>,
    first_name: Option<String>,
    is_suspended: Option<bool>,
    picture: Option<String>,
    phone: Option<String>,
    total_sign_ins: Option<i64>,
    failed_sign_ins: Option<i64>,
    last_signed_in: Option<String>,
    created_on: Option<String>,
}

#[wasm_bindgen]
pub async fn first_user(domain: String, token: String) -> Result<Option<String>, JsError> {
    let params = ListUsers {
        page_size: Some(100),
        next_token: None,
    };
    let request = reqwest::Client::new()
        .get(format!("{domain}/api/v1/users"))
        .query(&params)
        .bearer_auth(token);
    let page: Users = request.send().await?.error_for_status()?.json().await?;
    if let Some(more) = page.next_token {
        return Ok(Some(more));
    }
    let user = page.users.unwrap_or_default().into_iter().next();
    Ok(user.map(User::line))
}

impl User {
    /// All of it, so that none of it is left out of what is compared.
    fn line(self) -> String {
        let texts = [
            self.id,
            self.provided_id,
            self.preferred_email,
            self.username,
            self.last_name,
            self.first_name,
            self.picture,
            self.phone,
            self.last_signed_in,
            self.created_on,
        ];
        let counts = [self.total_sign_ins, self.failed_sign_ins];
        format!("{texts:?} {counts:?} {:?}", self.is_suspended)
    }
}
