//! The program, with kinde-edge: tokens, retries, checks and time limits are in it.

use kinde_edge::{Kinde, params::ListUsers};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub async fn first_user(domain: String, token: String) -> Result<Option<String>, JsError> {
    let kinde = Kinde::builder(&domain).access_token(&token).build()?;
    let params = ListUsers {
        page_size: Some(100),
        ..Default::default()
    };
    let page = kinde.users().list(&params).await?;
    let users = page.users.unwrap_or_default();
    Ok(users.into_iter().next().and_then(|user| user.first_name))
}
