//! A Kinde SDK for the edge: all Management API and OAuth operations, typed, over `fetch`.
//!
//! For Rust programs compiled to `wasm32-unknown-unknown`: Cloudflare Workers (workers-rs),
//! browsers (Leptos, Yew), Node. JavaScript programs use the npm package `kinde-edge`, which is
//! this crate with the feature `js`.
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

/// The README's Rust code, so that it is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod auth;
mod call;
mod check;
mod client;
mod error;
mod fetch;
mod file;
mod generated;
mod headers;
mod interop;
mod items;
#[cfg(feature = "js")]
mod js;
mod judge;
mod limits;
mod notation;
mod operation;
mod page;
mod request;
mod retry;
mod settings;
mod watch;
mod wire;

pub use call::{Call, Response};
pub use client::{Builder, Kinde};
pub use error::{Answer, ApiError, Context, Error};
pub use file::File;
pub use generated::{models, params, resources};
pub use items::{Items, Paged};
pub use operation::Operation;
