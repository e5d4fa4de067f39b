//! What the service says of itself (OpenID Connect Discovery, section 4; RFC 8414).

use crate::client::run;
use crate::error::{Answer, Context, Error};
use crate::interop::get;
use crate::judge::judge;
use crate::limits::Limits;
use crate::options::Options;
use crate::request::Request;
use crate::settings::Settings;

const ADDRESS: &str = "/.well-known/openid-configuration";

/// `GET /.well-known/openid-configuration`, asked for anew at each call.
pub(crate) async fn discover(settings: &Settings, options: &Options) -> Result<Answer, Box<Error>> {
    let request = Request::open("oauth.discovery", ADDRESS, None, judge);
    let answer = run(
        settings,
        &request,
        options,
        &Limits::new(settings, options),
        None,
    )
    .await?;
    // OpenID Connect Discovery, section 4.3: what another issuer says is not to be used.
    let issuer = get(&answer.body, "issuer").unwrap_or_default();
    match issuer == *settings.origin().as_str() {
        true => Ok(answer),
        false => Err(Box::new(Error::Decode {
            message: "the answer is about another issuer".into(),
            body: answer.body.clone(),
            answer,
            context: Context::about("oauth.discovery"),
        })),
    }
}
