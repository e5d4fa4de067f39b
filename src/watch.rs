//! Waiting for what JavaScript does, for no longer than the caller wants to. The timer, the
//! caller's `AbortSignal` and the promise are watched by `host.js`, which says once what came of
//! them. All of them are let go of when the wait is dropped, so that no timer outlives its call.

use crate::interop::get;
#[cfg(feature = "js")]
use crate::task::{self, Task};
use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use js_sys::Promise;
use std::cell::OnceCell;
#[cfg(feature = "js")]
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    fn watch(
        promise: &JsValue,
        milliseconds: f64,
        signal: &JsValue,
        settle: &JsValue,
        slot: u32,
    ) -> JsValue;
    fn leave(watch: &JsValue);
    /// Whether a value was thrown to steer the caller's framework: a redirect, a `Response`.
    pub(crate) fn steers(value: &JsValue) -> bool;
    /// Lets a promise be that nobody waits for: what it rejects with has nobody else to catch it.
    pub(crate) fn ignore(promise: &JsValue);
}

#[wasm_bindgen]
extern "C" {
    /// A caller's `AbortSignal`, or whatever was given as one.
    #[derive(Clone)]
    pub(crate) type Signal;
}

impl Signal {
    /// Whether the caller has given up, and why.
    pub fn aborted(&self) -> Option<JsValue> {
        let aborted = get(self, "aborted").is_ok_and(|aborted| aborted.is_truthy());
        aborted.then(|| get(self, "reason").unwrap_or_default())
    }
}

/// Why a wait ended before its promise did.
pub(crate) enum Ended {
    /// The limit, as in [`Watch`].
    Late(f64),
    Aborted(JsValue),
}

/// What came of a wait, of which `host.js` tells an outcome and a value; `limit` as in
/// [`Watch`].
pub(crate) fn outcome(outcome: u32, value: JsValue, limit: f64) -> Result<Settled, Ended> {
    match outcome {
        RESOLVED => Ok(Ok(value)),
        REJECTED => Ok(Err(value)),
        ABORTED => Err(Ended::Aborted(value)),
        _ => Err(Ended::Late(limit)),
    }
}

/// What a promise came to.
pub(crate) type Settled = Result<JsValue, JsValue>;

/// What came of a wait, by the numbers of `host.js`.
type Outcome = (u32, JsValue);
const RESOLVED: u32 = 0;
const REJECTED: u32 = 1;
const ABORTED: u32 = 3;

/// How long to wait, and who may end it.
pub(crate) struct Watch<'a> {
    pub milliseconds: f64,
    /// What the milliseconds are left of: a time limit, or less than 0 that of a deadline.
    pub limit: f64,
    pub signal: Option<&'a Signal>,
}

impl Watch<'_> {
    /// What a promise settles to, or why that was not waited for. `undefined` never does.
    pub fn over(&self, promise: Promise) -> Wait {
        self.wait(&mut |milliseconds, signal, settle, slot| {
            watch(&promise, milliseconds, signal, settle, slot)
        })
    }

    /// Waits for the end of the watch.
    pub fn bell(&self) -> Wait {
        self.over(JsValue::UNDEFINED.unchecked_into())
    }

    /// Waits for what JavaScript begins: it is given the limits, and whom to tell.
    pub fn wait(&self, begin: &mut dyn FnMut(f64, &JsValue, &JsValue, u32) -> JsValue) -> Wait {
        let none = JsValue::UNDEFINED;
        let signal = self.signal.map_or(&none, AsRef::as_ref);
        let slot = open();
        let watch = SETTLE.with(|settle| {
            let settle = settle.get_or_init(|| Closure::new(self::settle));
            begin(self.milliseconds, signal, settle.as_ref(), slot)
        });
        Wait {
            slot,
            limit: self.limit,
            watch: Some(watch),
        }
    }
}

/// A wait under way.
pub(crate) struct Wait {
    slot: u32,
    limit: f64,
    /// What `host.js` takes back when nobody waits any more.
    watch: Option<JsValue>,
}

impl Future for Wait {
    type Output = Result<Settled, Ended>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let waiter = Waiter::new(context);
        let found = with_slot(self.slot, |slot| {
            (slot.outcome.take(), slot.waiter.replace(waiter))
        });
        let Some((Some((outcome, value)), _)) = found else {
            return Poll::Pending;
        };
        self.watch = None;
        Poll::Ready(self::outcome(outcome, value, self.limit))
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            leave(watch);
        }
        close(self.slot);
    }
}

/// What a wait and the JavaScript that it waits for know of each other. A number names it there: a
/// closure for each wait would have to be kept until its promise settles, even when nobody waits
/// any more.
#[derive(Default)]
struct Slot {
    outcome: Option<Outcome>,
    waiter: Option<Waiter>,
    /// The free slot after this one, if this one is free.
    next: u32,
}

/// Who goes on when a wait is over.
enum Waiter {
    #[cfg(feature = "js")]
    Task(Rc<Task>),
    Waker(Waker),
}

impl Waiter {
    fn new(context: &Context<'_>) -> Waiter {
        #[cfg(feature = "js")]
        if let Some(task) = task::current() {
            return Waiter::Task(task);
        }
        Waiter::Waker(context.waker().clone())
    }

    fn wake(self) {
        match self {
            #[cfg(feature = "js")]
            Waiter::Task(task) => task.run(),
            Waiter::Waker(waker) => waker.wake(),
        }
    }
}

/// What `host.js` calls: slot, outcome, value.
type Settle = Closure<dyn Fn(u32, u32, JsValue)>;

thread_local! {
    static SLOTS: Cell<Vec<Slot>> = const { Cell::new(Vec::new()) };
    /// The first free slot; the number of slots if there is none.
    static FREE: Cell<u32> = const { Cell::new(0) };
    static SETTLE: OnceCell<Settle> = const { OnceCell::new() };
}

/// Works on a slot. What comes out of it is dropped by the caller: a waker may hold the last of a
/// future, which has slots of its own.
fn with_slot<R>(number: u32, work: impl FnOnce(&mut Slot) -> R) -> Option<R> {
    let mut all = SLOTS.take();
    let result = all.get_mut(number as usize).map(work);
    SLOTS.set(all);
    result
}

fn open() -> u32 {
    let number = FREE.get();
    let next = with_slot(number, |slot| slot.next);
    FREE.set(next.unwrap_or_else(|| {
        let mut all = SLOTS.take();
        all.push(Slot::default());
        let count = all.len() as u32;
        SLOTS.set(all);
        count
    }));
    number
}

fn close(number: u32) {
    let next = FREE.replace(number);
    let old = with_slot(number, |slot| {
        let free = Slot {
            next,
            ..Slot::default()
        };
        core::mem::replace(slot, free)
    });
    drop(old);
}

/// Takes what came of a wait.
fn settle(number: u32, outcome: u32, value: JsValue) {
    let waiter = with_slot(number, |slot| {
        slot.outcome = Some((outcome, value));
        slot.waiter.take()
    });
    if let Some(Some(waiter)) = waiter {
        waiter.wake();
    }
}
