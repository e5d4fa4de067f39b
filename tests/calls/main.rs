//! The Rust API as its users see it, against a stand-in for `fetch`: what goes out, what comes of
//! each answer, and what a call leaves behind.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test"
)]

mod double;
mod errors;
mod life;
mod models;
mod pages;
mod retries;
mod secrets;
mod settings;
mod tokens;
mod wire;
