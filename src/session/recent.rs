//! What is remembered of sessions for a while, so that what is over stays over: refresh tokens that
//! are used up, and sessions that were left.
//!
//! It is what this instance of the program has seen. Others, and a restart, know nothing of it.

use crate::core::lease::Rules;
use crate::core::session::renewal::Left;
use crate::interop::now;
use crate::lease::{Kind, List, Table};

/// Refresh tokens that the service has refused, or replaced by others, by their hashes.
static USED: Kind = recent(&USED_LIST);
/// Sessions that were left, by their ids.
static LEFT: Kind = recent(&LEFT_LIST);

thread_local! {
    static USED_LIST: List = const { List::new(Table::new()) };
    static LEFT_LIST: List = const { List::new(Table::new()) };
}

const fn recent(list: &'static std::thread::LocalKey<List>) -> Kind {
    Kind {
        list,
        rules: Rules {
            lease: 0.0,
            kept: 4_096,
            keep: 600_000.0,
        },
    }
}

/// In an entry of a session: whether its user has signed out.
const SIGNED_OUT: u32 = 0;

/// Remembers that a refresh token is of no use any more.
pub(super) fn use_up(hash: &str) {
    USED.entry(None, &|| hash.into()).change(now());
}

pub(super) fn is_known_used_up(hash: &str) -> bool {
    USED.known(hash).is_some()
}

/// Remembers that a session was left.
pub(super) fn leave(session: &str, how: Left) {
    if session.is_empty() {
        return;
    }
    let entry = LEFT.entry(None, &|| session.into());
    entry.change(now());
    // Who has signed out stays so.
    if how == Left::SignedOut {
        entry.values.set(SIGNED_OUT, true.into());
    }
}

/// How a session was left, if it was.
pub(super) fn left(session: &str) -> Option<Left> {
    let entry = LEFT.known(session)?;
    Some(match entry.values.get(SIGNED_OUT).is_truthy() {
        true => Left::SignedOut,
        false => Left::Replaced,
    })
}
