//! A Worker in Rust that answers `GET /users` with the first users of the business.

use kinde_edge::{Error, Kinde, params::ListUsers};
use worker::{Context, Env, Request, Response, console_error, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    if request.path() != "/users" {
        return Response::error("Not found", 404);
    }
    let domain = env.var("KINDE_DOMAIN")?.to_string();
    let id = env.var("KINDE_CLIENT_ID")?.to_string();
    let secret = env.secret("KINDE_CLIENT_SECRET")?.to_string();
    match first_users(&domain, &id, &secret).await {
        Ok(users) => Response::from_json(&users),
        Err(error) => {
            // For the log: who asks here is not told what Kinde says.
            console_error!("{error}");
            Response::error(error.code(), 502)
        }
    }
}

async fn first_users(
    domain: &str,
    id: &str,
    secret: &str,
) -> Result<Vec<kinde_edge::models::UsersResponseUser>, Error> {
    let kinde = Kinde::builder(domain)
        .client_credentials(id, secret)
        .build()?;
    let params = ListUsers {
        page_size: Some(10),
        ..Default::default()
    };
    let page = kinde.users().list(&params).await?;
    Ok(page.users.unwrap_or_default())
}
