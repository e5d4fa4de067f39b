//! A Kinde SDK for the edge: all Management API and OAuth operations, typed, over `fetch`.
//!
//! For Rust programs compiled to `wasm32-unknown-unknown`: Cloudflare Workers (workers-rs),
//! browsers (Leptos, Yew), Node. JavaScript programs use the npm package `kinde-edge`, which is
//! this crate with the feature `js`.
//!
//! wasm-bindgen puts two small files of JavaScript beside the module. Its targets `bundler`, `web`
//! and `deno` take them as they are, `nodejs` needs Node 20.19 or newer, `no-modules` has no place
//! for them.
//!
//! ```no_run
//! use kinde_edge::Kinde;
//!
//! # async fn example() -> Result<(), kinde_edge::Error> {
//! let kinde = Kinde::builder("https://acme.kinde.com")
//!     .client_credentials("client id", "client secret")
//!     .build()?;
//! let business = kinde.business().get().await?;
//! # Ok(()) }
//! ```
//!
//! # Calls
//!
//! [`Kinde`] has a method for each resource of the API, which has one for each operation:
//! `kinde.organizations().users().list(org_code, &params)`. Values of the path come first, in its
//! order; query, headers and body are one structure of [`params`], with the names of the API; the
//! answer is one of [`models`]. Each method says which HTTP call it makes and which scope it needs.
//!
//! A method gives a [`Call`], which is made when it is awaited. Until then it takes options for
//! itself, and it can be had with headers and status, or untyped. [`Kinde::request`] reaches what
//! the API document does not have yet.
//!
//! ```no_run
//! use core::time::Duration;
//! use kinde_edge::{Error, Kinde, params::ListOrganizationUsers};
//!
//! # async fn example(kinde: Kinde, org_code: &str) -> Result<(), Error> {
//! let params = ListOrganizationUsers { page_size: Some(50), ..Default::default() };
//! let call = kinde.organizations().users().list(org_code, &params);
//! let members = call.timeout(Duration::from_secs(5)).await?;
//! # Ok(()) }
//! ```
//!
//! # Answers
//!
//! A field of an answer is an [`Option`], since the service leaves out or sends null for what it
//! does not know; lists are a [`Vec`], and what was created or asked for has its id. Fields and
//! values newer than this crate do not fail a call; the fields are in the [`Answer`], the values in
//! the variant `Other` of their enum.
//!
//! # Lists
//!
//! `list` gives a page, `list_all` a [`Stream`](futures_core::Stream) of the items of every page,
//! 500 of them to a request unless `page_size` says otherwise: the next page is requested when the
//! items of this one are used up.
//!
//! ```no_run
//! use futures::TryStreamExt;
//! use kinde_edge::{Error, Kinde, params::ListUsers};
//!
//! # async fn example(kinde: Kinde) -> Result<(), Error> {
//! let mut users = kinde.users().list_all(&ListUsers::default());
//! while let Some(user) = users.try_next().await? {
//!     // user.email
//! }
//! # Ok(()) }
//! ```
//!
//! # Errors
//!
//! A call fails with an [`Error`]: what kind of failure it is, with the service's own
//! [`errors`](Error::errors), and whether a later try may help ([`Error::is_retryable`]). A value
//! that cannot be right is [`Error::InvalidRequest`], before anything is sent. Neither `Display`
//! nor `Debug` shows a secret or a token.
//!
//! # Tokens, retries, time limits
//!
//! With client credentials (RFC 6749, section 4.4), one token serves all clients with the same
//! credentials, until shortly before it expires; a [`TokenStore`] keeps it for longer than the
//! program. Transient failures are retried, twice by default: see [`Builder::max_retries`]. An
//! attempt may take 30 seconds ([`Builder::timeout`]), a call as long as its attempts need
//! ([`Builder::deadline`]). After a 429, calls with the same credentials wait and go on at the pace
//! of the service; [`Builder::max_concurrency`] limits how many requests are under way at once.
//! [`Builder::on_event`] gets every request, retry and token.
//!
//! # Users who sign in
//!
//! [`Kinde::oauth`] has the authorization code flow with PKCE (RFC 7636) beside its operations.
//! [`Kinde::session`] keeps those who are signed in in an encrypted cookie, for programs that
//! answer requests.
//!
//! # Tokens that others bring
//!
//! [`Tokens::verify`] says whether a token is the business's own and what it says, [`Tokens::guard`]
//! how to answer a request that brings one, or none, and
//! [`Webhooks::verify`](resources::Webhooks::verify) whether a webhook is genuine. A client needs no
//! credentials for them.
//!
//! # Modules
//!
//! - [`params`]: what operations take
//! - [`models`]: what they answer
//! - [`resources`]: the methods
//!
//! All three are generated from the API document, and so are the descriptions in them.
//!
//! # Features
//!
//! - `js`: the exports of the npm package. Off by default; no Rust program needs it.
//!
//! # Where it runs
//!
//! Wherever there is a JavaScript host with `fetch`: there is no other target than
//! `wasm32-unknown-unknown`, no async runtime and no thread. Clients and errors are [`Send`] and
//! [`Sync`], as the state of a framework has to be; futures are not: run them by
//! `wasm_bindgen_futures::spawn_local`, or by the framework that does.

/// The README's Rust code, so that it is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod auth;
mod call;
mod check;
mod client;
mod core;
mod error;
mod event;
mod fetch;
mod file;
#[cfg(feature = "js")]
mod first;
mod generated;
mod guard;
mod headers;
mod interop;
mod items;
#[cfg(feature = "js")]
mod js;
mod judge;
mod jwt;
mod lease;
mod limits;
mod oauth;
mod options;
mod page;
mod request;
mod scopes;
mod session;
mod settings;
mod store;
#[cfg(feature = "js")]
mod task;
mod turn;
mod watch;
mod webhook;
mod wire;

pub use crate::core::operation::Operation;
pub use crate::core::retry::RetryWrites;
use crate::core::{base64url, operation};
pub use call::{Call, Response};
pub use client::{Builder, Kinde};
pub use error::{Answer, ApiError, Context, Error};
pub use event::{Event, EventKind, Level};
pub use file::File;
pub use generated::{models, params, resources};
pub use guard::{Guard, Refusal};
pub use items::{Items, Paged};
pub use jwt::{Algorithm, Claims, MachineToken, Reason, Role, Tokens, VerifyToken};
pub use oauth::{AuthorizationUrl, ExchangeCode, LogoutUrl, RefreshTokens, SignIn, TokenSet};
pub use session::{Redirect, Session, SessionOptions, SignedIn};
pub use store::{StoreFuture, TokenStore};
pub use webhook::{VerifyWebhook, WebhookEvent};
