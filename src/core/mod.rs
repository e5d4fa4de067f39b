//! What decides, and knows no JavaScript: no `JsValue`, no async, no clock, no random, no I/O.
//!
//! The workspace's member `tests/core` compiles this folder alone, without a single dependency, and
//! runs its tests natively: that is what keeps it so.

pub(crate) mod base64url;
pub(crate) mod bearer;
pub(crate) mod callback;
pub(crate) mod check;
pub(crate) mod cookies;
pub(crate) mod jwt;
pub(crate) mod lease;
pub(crate) mod notation;
pub(crate) mod operation;
pub(crate) mod pace;
pub(crate) mod paging;
pub(crate) mod plan;
pub(crate) mod queue;
pub(crate) mod record;
pub(crate) mod retry;
pub(crate) mod session;
pub(crate) mod text;
pub(crate) mod token;
pub(crate) mod value;
pub(crate) mod wait;
pub(crate) mod webhook;
