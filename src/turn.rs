//! A call's turn among the calls of its client, where `maxConcurrency` limits them.

use crate::error::{Context, Error};
use crate::interop::now;
use crate::limits::Limits;
use crate::queue::Queue;
use crate::settings::Settings;
use core::cell::Cell;
use wasm_bindgen::prelude::*;

/// The most queues kept before those of clients that do nothing go.
const KEPT: usize = 100;
/// How often a call that is under way says so, in milliseconds, and how long its place is kept if
/// it does not: in a Worker, one that was cancelled never gives it back.
const BEAT: f64 = 1_000.0;
const LEASE: f64 = 5_000.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setInterval, catch)]
    fn set_interval(callback: &JsValue, milliseconds: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = clearInterval)]
    fn clear_interval(timer: &JsValue);
}

thread_local! {
    static QUEUES: Cell<Vec<(f64, Queue)>> = const { Cell::new(Vec::new()) };
    static LAST_ID: Cell<f64> = const { Cell::new(0.0) };
}

/// One call in the queue. It leaves when it is dropped.
pub(crate) struct Turn<'a> {
    settings: &'a Settings,
    ticket: f64,
    heart: Cell<Option<Heart>>,
}

/// Beats while a call is under way.
struct Heart {
    timer: JsValue,
    _beat: Closure<dyn FnMut()>,
}

impl Heart {
    fn start(settings: &Settings, ticket: f64) -> Heart {
        let settings = settings.clone();
        let beat = Closure::new(move || {
            with_queue(&settings, &mut |queue| queue.keep(ticket, now() + LEASE));
        });
        Heart {
            timer: set_interval(beat.as_ref(), BEAT).unwrap_or_default(),
            _beat: beat,
        }
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        clear_interval(&self.timer);
    }
}

impl<'a> Turn<'a> {
    /// Joins the queue, if the client has one.
    pub fn new(settings: &'a Settings) -> Option<Turn<'a>> {
        let limited = settings.max_concurrency().is_finite();
        limited.then(|| {
            let mut ticket = 0.0;
            with_queue(settings, &mut |queue| ticket = queue.ticket());
            Turn {
                settings,
                ticket,
                heart: Cell::new(None),
            }
        })
    }

    /// Waits for the turn of this call. One that is repeated has kept its place.
    pub async fn wait(&self, limits: &Limits, context: &Context) -> Result<(), Box<Error>> {
        limits.check(context)?;
        loop {
            let mut wait = None;
            with_queue(self.settings, &mut |queue| {
                wait = queue.look(self.ticket, LEASE, now());
            });
            match wait {
                Some(wait) => limits.sleep(wait, context).await?,
                None => {
                    let heart = Heart::start(self.settings, self.ticket);
                    self.heart.set(Some(heart));
                    return Ok(());
                }
            }
        }
    }

    /// Gives the place to the next one.
    pub fn done(&self) {
        self.heart.take();
        with_queue(self.settings, &mut |queue| queue.done(self.ticket, now()));
    }

    /// Gives the place up. If the service refused for the number of requests (429), all wait:
    /// gives how long, in milliseconds.
    pub fn failed(&self, error: &Error) -> Option<f64> {
        if error.status() != Some(429) {
            self.done();
            return None;
        }
        self.heart.take();
        let now = now();
        let asked = error.retry_after().map(|seconds| seconds * 1000.0);
        let mut until = now;
        with_queue(self.settings, &mut |queue| {
            until = queue.refused(self.ticket, asked, now);
        });
        Some(until - now)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        with_queue(self.settings, &mut |queue| {
            queue.leave(self.ticket);
        });
    }
}

/// Works on the queue of a client. Not generic: this is called from many places.
fn with_queue(settings: &Settings, work: &mut dyn FnMut(&mut Queue)) {
    QUEUES.with(|queues| {
        let mut all = queues.take();
        let id = settings.queue_id();
        let known = all.iter_mut().find(|(known, _)| Some(*known) == id);
        match known {
            Some((_, queue)) => work(queue),
            None => {
                let mut queue = Queue::new(settings.max_concurrency());
                work(&mut queue);
                let id = LAST_ID.get() + 1.0;
                LAST_ID.set(id);
                settings.set_queue_id(id);
                if all.len() >= KEPT {
                    all.retain(|(_, queue)| !queue.is_idle(now()));
                }
                all.push((id, queue));
            }
        }
        queues.set(all);
    });
}
