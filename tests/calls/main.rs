//! The Rust API as its users see it, against a stand-in for `fetch`: what goes out, what comes of
//! each answer, and what a call leaves behind.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test"
)]

mod account;
mod double;
mod errors;
mod events;
mod issuer;
mod jwt;
mod life;
mod models;
mod oauth;
mod pages;
mod queue;
mod retries;
mod secrets;
mod settings;
mod store;
mod tokens;
mod webhooks;
mod wire;
