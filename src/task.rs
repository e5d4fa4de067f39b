//! Runs what the exports begin.
//!
//! The executor of wasm-bindgen-futures puts each step into a queue for a microtask, which costs
//! Node as much as all the rest of a step. Here the work goes on at once: when it begins, and when
//! JavaScript tells what a wait came to. It then runs where the caller's `AsyncLocalStorage`, or
//! the request that a Worker serves, is the right one.

use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Waker};
use std::rc::Rc;

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Work that has begun. Whoever it waits for keeps it.
pub(crate) struct Task {
    /// Not there while it runs, nor when it is done.
    work: Cell<Option<Work>>,
    /// Whether it was to go on while it ran.
    again: Cell<bool>,
}

thread_local! {
    static CURRENT: Cell<Option<Rc<Task>>> = const { Cell::new(None) };
}

/// Begins some work. Boxed by the caller, so that this is there once for all types of it.
pub(crate) fn begin(work: Work) {
    let task = Task {
        work: Cell::new(Some(work)),
        again: Cell::new(false),
    };
    Rc::new(task).run();
}

/// The task that runs, if one does: what waits for it need not know its waker.
pub(crate) fn current() -> Option<Rc<Task>> {
    let current = CURRENT.take();
    CURRENT.set(current.clone());
    current
}

impl Task {
    /// Goes on until there is something to wait for.
    pub fn run(self: Rc<Self>) {
        let Some(mut work) = self.work.take() else {
            self.again.set(true);
            return;
        };
        let mut context = Context::from_waker(Waker::noop());
        loop {
            self.again.set(false);
            let outer = CURRENT.replace(Some(self.clone()));
            let done = work.as_mut().poll(&mut context).is_ready();
            CURRENT.set(outer);
            if done {
                return;
            }
            if !self.again.get() {
                break;
            }
        }
        self.work.set(Some(work));
    }
}
