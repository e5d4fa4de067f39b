//! A call's turn: among the calls of its client, where `maxConcurrency` limits them, or among those
//! with the same credentials, once the service has refused one for their number (429).
//!
//! Before that there is nothing: no entry, no timer, no look at the clock.

use crate::core::queue::Queue;
use crate::core::retry::Failure;
use crate::error::{Answer, ApiError, Context, Error};
use crate::interop::{now, push_number, random, set};
use crate::limits::Limits;
use crate::settings::Settings;
use core::cell::Cell;
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// The most queues kept before those in which nothing happens go.
const KEPT: usize = 100;
/// How long credentials have a queue after the last refusal, in milliseconds.
const REMEMBERED: f64 = 60_000.0;
/// How often a call that is under way says so, in milliseconds, and how long its place is kept if
/// it does not: in a Worker, one that was cancelled never gives it back.
const BEAT: f64 = 1_000.0;
const LEASE: f64 = 5_000.0;
/// How often a call is sent again at most that is refused while others are not.
const PATIENCE: f64 = 10.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setInterval, catch)]
    fn set_interval(callback: &JsValue, milliseconds: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = clearInterval)]
    fn clear_interval(timer: &JsValue);
    type Headers;
    #[wasm_bindgen(constructor, js_class = "Headers", catch)]
    fn new(init: &JsValue) -> Result<Headers, JsValue>;
}

thread_local! {
    static QUEUES: Cell<Vec<Shared>> = const { Cell::new(Vec::new()) };
    static LAST_ID: Cell<f64> = const { Cell::new(0.0) };
}

/// A queue, and whose it is.
struct Shared {
    id: f64,
    /// None for that of a client.
    credentials: Option<Credentials>,
    queue: Queue,
}

/// What calls have in common that the service counts together.
struct Credentials {
    origin: String,
    /// The client's id, the token, or the function that gives one.
    who: JsValue,
    /// A `fetch` of the caller's own may lead anywhere.
    fetch: JsValue,
}

impl Credentials {
    fn new(settings: &Settings, own: Option<&JsValue>) -> Credentials {
        Credentials {
            origin: settings.origin(),
            who: settings.who(own),
            fetch: settings.fetch(),
        }
    }

    fn are(&self, other: &Credentials) -> bool {
        self.who == other.who && self.fetch == other.fetch && self.origin == other.origin
    }
}

/// One call in a queue. It leaves when it is dropped.
pub(crate) struct Turn {
    id: f64,
    ticket: f64,
    /// Whether places are few, so that they are given back.
    limited: bool,
    heart: Cell<Option<Heart>>,
    /// How many requests the service had taken when it refused this one, and how often it was
    /// forgiven.
    taken: Cell<f64>,
    forgiven: Cell<f64>,
}

/// Beats while a call is under way.
struct Heart {
    timer: JsValue,
    _beat: Closure<dyn FnMut()>,
}

impl Heart {
    fn start(id: f64, ticket: f64) -> Heart {
        let beat = Closure::new(move || {
            with_queue(id, &mut |queue| queue.keep(ticket, now() + LEASE));
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

/// Whether nobody waits for a turn but at clients with a limit of their own, so that a call of this one
/// need not ask for one.
#[cfg(feature = "js")]
pub(crate) fn is_free(settings: &Settings) -> bool {
    let queues = QUEUES.take();
    let is_shared = queues.iter().any(|queue| queue.credentials.is_some());
    QUEUES.set(queues);
    !is_shared && !settings.max_concurrency().is_finite()
}

/// What becomes of a call that was refused.
pub(crate) struct Refused {
    /// How long all wait, in milliseconds.
    pub pause: f64,
    /// Whether the service takes others meanwhile, so that this does not count as a failure.
    pub is_forgiven: bool,
}

impl Turn {
    /// Joins the queue, if there is one for this call. `own` is the call's own access token. What
    /// carries none is not counted by credentials.
    pub fn new(settings: &Settings, is_authorized: bool, own: Option<&JsValue>) -> Option<Turn> {
        if settings.max_concurrency().is_finite() {
            let id = settings.queue_id();
            let id = id.filter(|id| with_queue(*id, &mut |_| ()));
            return Some(Turn::at(
                id.unwrap_or_else(|| {
                    let id = add(None, settings.max_concurrency());
                    settings.set_queue_id(id);
                    id
                }),
                true,
            ));
        }
        let queues = QUEUES.take();
        let is_empty = queues.is_empty();
        QUEUES.set(queues);
        if is_empty || !is_authorized {
            return None;
        }
        Some(Turn::at(find(&Credentials::new(settings, own))?, false))
    }

    /// The turn of a call that was refused when there was no queue: this makes one.
    pub fn after_refusal(settings: &Settings, own: Option<&JsValue>) -> Turn {
        let credentials = Credentials::new(settings, own);
        let known = find(&credentials);
        let id = known.unwrap_or_else(|| add(Some(credentials), f64::INFINITY));
        Turn::at(id, false)
    }

    fn at(id: f64, limited: bool) -> Turn {
        let mut ticket = 0.0;
        with_queue(id, &mut |queue| ticket = queue.ticket());
        Turn {
            id,
            ticket,
            limited,
            heart: Cell::new(None),
            taken: Cell::new(-1.0),
            forgiven: Cell::new(0.0),
        }
    }

    /// Waits for the turn of this call, unless that would come too late. One that is repeated has
    /// kept its place.
    pub async fn wait(&self, limits: &Limits, context: &Context) -> Result<(), Box<Error>> {
        limits.check(context)?;
        loop {
            let now = now();
            let mut wait = None;
            let mut expected = 0.0;
            with_queue(self.id, &mut |queue| {
                wait = queue.look(self.ticket, LEASE, now);
                expected = queue.expected(self.ticket, now);
            });
            match wait {
                Some(_) if expected >= limits.left() => return Err(too_late(expected, context)),
                Some(wait) => limits.sleep(wait, context).await?,
                None => {
                    if self.limited {
                        let heart = Heart::start(self.id, self.ticket);
                        self.heart.set(Some(heart));
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Gives the place to the next one. The request went at `sent`.
    pub fn done(&self, sent: f64) {
        self.heart.take();
        with_queue(self.id, &mut |queue| queue.done(self.ticket, sent, now()));
    }

    /// Gives the place up. If the service refused for the number of requests (429), all wait.
    pub fn failed(&self, failure: Failure, sent: f64) -> Option<Refused> {
        let Failure::Answered { status: 429, asked } = failure else {
            self.done(sent);
            return None;
        };
        self.heart.take();
        let now = now();
        let mut until = now;
        let mut taken = -1.0;
        with_queue(self.id, &mut |queue| {
            until = queue.refused(self.ticket, sent, asked, random(), now);
            taken = queue.taken();
        });
        let before = self.taken.replace(taken);
        let is_forgiven = before >= 0.0 && taken > before && self.forgiven.get() < PATIENCE;
        if is_forgiven {
            self.forgiven.set(self.forgiven.get() + 1.0);
        }
        Some(Refused {
            pause: until - now,
            is_forgiven,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        with_queue(self.id, &mut |queue| queue.leave(self.ticket));
    }
}

/// What a call fails with whose turn would come after its deadline: the service has refused others,
/// and would refuse it.
fn too_late(expected: f64, context: &Context) -> Box<Error> {
    let seconds = (expected / 1000.0).ceil().max(1.0) as u32;
    let mut text = String::new();
    push_number(&mut text, seconds);
    let told = Object::new();
    set(&told, "retry-after", &text.as_str().into());
    let response = Object::new();
    set(
        &response,
        "headers",
        &Headers::new(&told).map_or(JsValue::UNDEFINED, Into::into),
    );
    let answer = Answer {
        status: 429,
        body: JsValue::UNDEFINED,
        attempts: context.attempts,
        response: response.into(),
    };
    let message = "others wait, and the turn of this call would come after its deadline";
    Box::new(Error::Api {
        status: 429,
        errors: vec![ApiError {
            code: String::new(),
            message: message.into(),
        }],
        answer,
        context: context.clone(),
    })
}

/// The queue of some credentials. Those that the service has not refused for long have none any more.
fn find(credentials: &Credentials) -> Option<f64> {
    let mut all = QUEUES.take();
    let now = now();
    all.retain(
        |Shared {
             credentials, queue, ..
         }| {
            credentials.is_none() || !queue.is_quiet(REMEMBERED, now) || !queue.is_idle(now)
        },
    );
    let same = |shared: &&Shared| {
        shared
            .credentials
            .as_ref()
            .is_some_and(|c| c.are(credentials))
    };
    let id = all.iter().find(same).map(|shared| shared.id);
    QUEUES.set(all);
    id
}

/// Adds a queue. There is room for it, unless something happens in all others.
fn add(credentials: Option<Credentials>, limit: f64) -> f64 {
    let id = LAST_ID.get() + 1.0;
    LAST_ID.set(id);
    let mut all = QUEUES.take();
    if all.len() >= KEPT {
        all.retain(|shared| !shared.queue.is_idle(now()));
    }
    all.push(Shared {
        id,
        credentials,
        queue: Queue::new(limit),
    });
    QUEUES.set(all);
    id
}

/// Works on a queue, if it is still there. Not generic: this is called from many places.
fn with_queue(id: f64, work: &mut dyn FnMut(&mut Queue)) -> bool {
    let mut all = QUEUES.take();
    let known = all.iter_mut().find(|shared| shared.id == id);
    let is_known = known.is_some();
    if let Some(shared) = known {
        work(&mut shared.queue);
    }
    QUEUES.set(all);
    is_known
}
