//! Sessions in cookies: what is in them, how long they last, and what becomes of their tokens.
//!
//! Times are milliseconds since 1970, unless they say otherwise.

pub(crate) mod options;
pub(crate) mod payload;
pub(crate) mod renewal;
pub(crate) mod sign_in;
