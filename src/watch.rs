//! Waiting for a promise, for no longer than the caller wants to: a timer and an `AbortSignal`
//! watched over one wait. Both are let go of when the watch is dropped, so that no timer outlives
//! its call.

use crate::interop::get;
use core::cell::Cell;
use core::future::poll_fn;
use core::task::{Poll, Waker};
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A number in browsers and Workers, an object in Node.
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(callback: &JsValue, milliseconds: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    /// The original `then`: a caller's promise may bring its own, which could call back at once,
    /// twice or never.
    #[wasm_bindgen(js_namespace = ["Promise", "prototype", "then"], js_name = call, catch)]
    pub(crate) fn then(
        promise: &Promise,
        resolve: &JsValue,
        reject: &JsValue,
    ) -> Result<JsValue, JsValue>;

    /// A function that does nothing.
    #[wasm_bindgen(thread_local_v2, js_namespace = Function, js_name = prototype)]
    static NOTHING: JsValue;

    /// A caller's `AbortSignal`, or whatever was given as one.
    #[derive(Clone)]
    pub(crate) type Signal;
    #[wasm_bindgen(method, structural, js_name = addEventListener, catch)]
    fn listen(this: &Signal, event: &str, callback: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, js_name = removeEventListener, catch)]
    fn unlisten(this: &Signal, event: &str, callback: &JsValue) -> Result<(), JsValue>;
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
    Late,
    Aborted(JsValue),
}

/// Lets a promise be that nobody waits for: what it rejects with has nobody else to catch it.
pub(crate) fn ignore(promise: &Promise) -> Result<JsValue, JsValue> {
    NOTHING.with(|nothing| then(promise, &JsValue::UNDEFINED, nothing))
}

/// The longest time that timers understand; they fire at once for more.
const LONGEST: f64 = 2_147_483_647.0;

type Settled = Result<JsValue, JsValue>;
type Callback = Closure<dyn FnMut(JsValue)>;

#[derive(Default)]
struct Bell {
    rung: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

impl Bell {
    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// What a promise came to, and the callbacks that say so: they must live until it settles, even
/// when nobody waits any more.
#[derive(Default)]
struct Outcome {
    settled: Cell<Option<Settled>>,
    callbacks: Cell<Option<[Callback; 2]>>,
    /// Whether the promise may still call back.
    open: Cell<bool>,
    /// Whether the watch is gone: the callbacks go with the promise then.
    left: Cell<bool>,
}

impl Outcome {
    /// Lets go of it: at once, or when its promise settles.
    fn abandon(&self) {
        self.left.set(true);
        if !self.open.get() {
            self.callbacks.take();
        }
    }
}

/// A timer, and an ear on the caller's signal.
pub(crate) struct Watch {
    bell: Rc<Bell>,
    ring: Closure<dyn FnMut()>,
    timer: JsValue,
    signal: Option<Signal>,
    /// Those of the promises that it watches over, one after the other.
    outcome: Cell<Option<Rc<Outcome>>>,
}

impl Watch {
    /// Starts to watch. Rings at once if the signal is aborted already.
    pub fn start(milliseconds: f64, signal: Option<&Signal>) -> Watch {
        let bell = Rc::new(Bell::default());
        let ring = Closure::new({
            let bell = bell.clone();
            move || {
                bell.rung.set(true);
                bell.wake();
            }
        });
        let mut timer = JsValue::UNDEFINED;
        if milliseconds <= LONGEST {
            timer = set_timeout(ring.as_ref(), milliseconds).unwrap_or_default();
        }
        if let Some(signal) = signal {
            let deaf = signal.listen("abort", ring.as_ref()).is_err();
            bell.rung.set(deaf || signal.aborted().is_some());
        }
        Watch {
            bell,
            ring,
            timer,
            signal: signal.cloned(),
            outcome: Cell::new(None),
        }
    }

    /// What a promise settles to, or why that was not waited for.
    pub async fn over(&self, promise: Promise) -> Result<Settled, Ended> {
        let outcome = self.outcome();
        let callbacks = outcome.callbacks.take();
        let [resolve, reject] = callbacks
            .unwrap_or_else(|| [self.callback(&outcome, Ok), self.callback(&outcome, Err)]);
        let registered = then(&promise, resolve.as_ref(), reject.as_ref());
        outcome.callbacks.set(Some([resolve, reject]));
        if let Err(cause) = registered {
            return Ok(Err(cause));
        }
        outcome.open.set(true);
        self.wait(|| outcome.settled.take()).await
    }

    /// A place for the outcome of the next promise: that of the last one, unless that may still
    /// call back.
    fn outcome(&self) -> Rc<Outcome> {
        let mut next = self.outcome.take().unwrap_or_default();
        if next.open.get() {
            next.abandon();
            next = Rc::default();
        }
        next.settled.take();
        self.outcome.set(Some(next.clone()));
        next
    }

    /// Takes one side of a promise's end, once.
    fn callback(&self, outcome: &Rc<Outcome>, side: fn(JsValue) -> Settled) -> Callback {
        let bell = self.bell.clone();
        let outcome = outcome.clone();
        Closure::new(move |value| {
            outcome.open.set(false);
            match outcome.left.get() {
                // Both callbacks go, and with them the circle that kept them alive.
                true => drop(outcome.callbacks.take()),
                false => outcome.settled.set(Some(side(value))),
            }
            bell.wake();
        })
    }

    /// Waits for the end of the watch.
    pub async fn bell(&self) -> Ended {
        match self.wait(|| None::<core::convert::Infallible>).await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    /// Waits until something is there, or the watch ends.
    async fn wait<T>(&self, mut look: impl FnMut() -> Option<T>) -> Result<T, Ended> {
        poll_fn(|context| {
            if let Some(found) = look() {
                return Poll::Ready(Ok(found));
            }
            if self.bell.rung.get() {
                return Poll::Ready(Err(self.end()));
            }
            self.bell.waker.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }

    fn end(&self) -> Ended {
        match self.signal.as_ref().and_then(Signal::aborted) {
            Some(reason) => Ended::Aborted(reason),
            None => Ended::Late,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(outcome) = self.outcome.take() {
            outcome.abandon();
        }
        if !self.timer.is_undefined() {
            clear_timeout(&self.timer);
        }
        if let Some(signal) = &self.signal {
            // A signal that throws here is the caller's: there is nobody left to tell.
            let _ = signal.unlisten("abort", self.ring.as_ref());
        }
    }
}
