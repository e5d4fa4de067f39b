//! A Worker in Rust that answers `GET /users` with the first users of the business, to those whose
//! access token says that they may.

use kinde_edge::{Error, Guard, Kinde, Refusal, VerifyToken, params::ListUsers};
use worker::{Context, Env, Request, Response, console_error, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let domain = env.var("KINDE_DOMAIN")?.to_string();
    let id = env.var("KINDE_CLIENT_ID")?.to_string();
    let secret = env.secret("KINDE_CLIENT_SECRET")?.to_string();
    let audience = env.var("API_AUDIENCE")?.to_string();
    let organization = env.var("ADMIN_ORGANIZATION")?.to_string();
    let kinde = match Kinde::builder(&domain)
        .client_credentials(&id, &secret)
        .build()
    {
        Ok(kinde) => kinde,
        Err(error) => return failed(&error),
    };

    let header = request.headers().get("authorization")?;
    let guard = Guard {
        permissions: vec!["admin:users".to_owned()],
        token: VerifyToken {
            audience: vec![audience],
            ..Default::default()
        },
        ..Default::default()
    };
    match kinde.tokens().guard(header.as_deref(), &guard).await {
        // A permission holds in one organization: a customer's administrator has it in the
        // customer's.
        Ok(claims) if claims.organization() == Some(organization) => (),
        Ok(_) => return Response::error("Forbidden", 403),
        Err(refusal) => return refuse(refusal),
    }

    if request.path() != "/users" {
        return Response::error("Not found", 404);
    }
    match first_users(&kinde).await {
        Ok(users) => Response::from_json(&users),
        Err(error) => failed(&error),
    }
}

async fn first_users(kinde: &Kinde) -> Result<Vec<kinde_edge::models::ListedUser>, Error> {
    let params = ListUsers {
        page_size: Some(10),
        ..Default::default()
    };
    let page = kinde.users().list(&params).await?;
    Ok(page.users)
}

/// The answer to a request that may not come in.
fn refuse(refusal: Refusal) -> worker::Result<Response> {
    let mut response = Response::error(refusal.description, refusal.status)?;
    if let Some(challenge) = refusal.www_authenticate {
        response.headers_mut().set("www-authenticate", &challenge)?;
    }
    if let Some(seconds) = refusal.retry_after {
        response
            .headers_mut()
            .set("retry-after", &seconds.to_string())?;
    }
    Ok(response)
}

/// For the log: who asks here is not told what Kinde says.
fn failed(error: &Error) -> worker::Result<Response> {
    console_error!("{error}");
    Response::error(error.code(), 502)
}
