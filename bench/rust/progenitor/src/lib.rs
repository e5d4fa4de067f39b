//! The program, with what progenitor generates.

use wasm_bindgen::prelude::*;

#[allow(warnings, clippy::all)]
mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

#[wasm_bindgen]
pub async fn first_user(domain: String) -> Result<Option<String>, JsError> {
    let client = client::Client::new(&domain);
    let page = client
        .get_users(None, None, None, None, Some(100), None, None)
        .await?;
    let user = page.into_inner().users.into_iter().next();
    Ok(user.and_then(|user| user.first_name))
}
