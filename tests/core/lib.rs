//! The wall: what decides compiles without a dependency, so it knows no JavaScript. Its tests run natively,
//! over the table of all operations too.
#![allow(dead_code, reason = "the crate uses what is not used here")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

#[path = "../../src/core/mod.rs"]
mod core;
#[path = "../../src/generated/operations.rs"]
mod operations;
#[cfg(test)]
mod outside;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod simulation;

use crate::core::operation;
