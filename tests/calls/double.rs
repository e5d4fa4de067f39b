//! The stand-in for `fetch`, and small tools.

use js_sys::{Function, Object, Promise, Reflect};
use kinde_edge::{Builder, Kinde};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub const DOMAIN: &str = "https://acme.kinde.com";
pub const TOKEN: &str = "the-token";

/// A request as `fetch` got it.
pub struct Sent {
    /// How many came before it.
    pub number: usize,
    pub method: String,
    pub url: String,
    pub headers: BTreeMap<String, String>,
    pub body: JsValue,
    pub signal: web_sys::AbortSignal,
}

impl Sent {
    /// `GET /api/v1/users`
    pub fn call(&self) -> String {
        let target = self.url.strip_prefix(DOMAIN).unwrap_or(&self.url);
        [&self.method, " ", target].concat()
    }

    /// The body, which is a string.
    pub fn text(&self) -> String {
        self.body.as_string().unwrap()
    }

    /// The body, which is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// The fields of the body, which is a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        let decode = |part: &str| String::from(js_sys::decode_uri_component(part).unwrap());
        let text = self.text();
        let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap());
        pairs
            .map(|(name, value)| (decode(name), decode(value)))
            .collect()
    }

    pub fn is_token_request(&self) -> bool {
        self.url.ends_with("/oauth2/token")
    }
}

/// A stand-in for `fetch` that notes every request.
#[derive(Clone)]
pub struct Service {
    fetch: Function,
    sent: Rc<RefCell<Vec<Rc<Sent>>>>,
}

impl Service {
    /// Answers with what a function makes of the request.
    pub fn new(answer: impl Fn(&Sent) -> Promise + 'static) -> Self {
        let sent = Rc::new(RefCell::new(Vec::new()));
        let notes = sent.clone();
        let fetch = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |url, init| {
            let number = RefCell::borrow(&notes).len();
            let one = Rc::new(read(number, &url, &init));
            notes.borrow_mut().push(one.clone());
            answer(&one)
        });
        Service {
            fetch: fetch.into_js_value().unchecked_into(),
            sent,
        }
    }

    /// Answers everything with 200 and this.
    pub fn of(body: Value) -> Self {
        Service::new(move |_| reply(200, &body))
    }

    /// Answers like [`Service::new`], and gives `token-1`, `token-2` and so on for credentials.
    pub fn with_tokens(answer: impl Fn(&Sent) -> Promise + 'static) -> Self {
        let given = RefCell::new(0);
        Service::new(move |sent| {
            if !sent.is_token_request() {
                return answer(sent);
            }
            *given.borrow_mut() += 1;
            let token = format!("token-{}", given.borrow());
            reply(
                200,
                &serde_json::json!({ "access_token": token, "expires_in": 3600 }),
            )
        })
    }

    /// What has come so far.
    pub fn sent(&self) -> Vec<Rc<Sent>> {
        RefCell::borrow(&self.sent).clone()
    }

    /// The one request that came.
    pub fn only(&self) -> Rc<Sent> {
        let sent = self.sent();
        assert_eq!(sent.len(), 1, "{:?}", self.calls());
        sent[0].clone()
    }

    /// What has come so far, as `GET /api/v1/users`.
    pub fn calls(&self) -> Vec<String> {
        self.sent().iter().map(|sent| sent.call()).collect()
    }

    /// The function itself.
    pub fn fetch(&self) -> &Function {
        &self.fetch
    }

    /// A client of it, without credentials.
    pub fn builder(&self) -> Builder {
        Kinde::builder(DOMAIN).fetch(&self.fetch)
    }

    /// A client of it with an access token.
    pub fn client(&self) -> Kinde {
        self.builder().access_token(TOKEN).build().unwrap()
    }
}

fn read(number: usize, url: &JsValue, init: &JsValue) -> Sent {
    let field = |name: &str| Reflect::get(init, &name.into()).unwrap();
    let headers = Object::entries(&field("headers").unchecked_into());
    let pair = |pair: JsValue| {
        let part = |index| Reflect::get_u32(&pair, index).unwrap().as_string().unwrap();
        (part(0), part(1))
    };
    Sent {
        number,
        method: field("method").as_string().unwrap(),
        url: url.as_string().unwrap(),
        // What only names the SDK is the same in every request, and missing in pages.
        headers: headers
            .iter()
            .map(pair)
            .filter(|(_, value)| !value.starts_with("kinde-edge/"))
            .collect(),
        body: field("body"),
        signal: field("signal").unchecked_into(),
    }
}

/// Answers with JSON.
pub fn reply(status: u16, body: &Value) -> Promise {
    reply_with(status, &[], &body.to_string())
}

/// Answers with headers and a text; an empty one is none.
pub fn reply_with(status: u16, headers: &[(&str, &str)], body: &str) -> Promise {
    let mut response = gloo_net::http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let body = Some(body).filter(|body| !body.is_empty());
    let response = web_sys::Response::from(response.body(body).unwrap());
    Promise::resolve(&JsValue::from(response))
}

/// Answers after some time.
pub fn later(milliseconds: i32, answer: impl FnOnce() -> Promise + 'static) -> Promise {
    let wait = timer(milliseconds);
    wasm_bindgen_futures::future_to_promise(async move {
        JsFuture::from(wait).await?;
        JsFuture::from(answer()).await
    })
}

/// No connection.
pub fn reject(cause: &JsValue) -> Promise {
    Promise::reject(cause)
}

/// No answer, ever.
pub fn never() -> Promise {
    Promise::new(&mut |_, _| ())
}

fn timer(milliseconds: i32) -> Promise {
    let body = "return new Promise((resolve) => setTimeout(resolve, milliseconds))";
    let start = Function::new_with_args("milliseconds", body);
    let started = start.call1(&JsValue::UNDEFINED, &milliseconds.into());
    started.unwrap().unchecked_into()
}

pub async fn sleep(milliseconds: i32) {
    JsFuture::from(timer(milliseconds)).await.unwrap();
}

/// Runs them at the same time.
pub async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<_> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, result) in running.iter_mut().zip(&mut done) {
            if result.is_none()
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *result = Some(value);
            }
        }
        match done.iter().all(Option::is_some) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// Starts a future and leaves it where it first waits.
pub async fn begin<T>(future: &mut Pin<Box<impl Future<Output = T> + ?Sized>>) {
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

pub fn headers(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = expected.iter();
    pairs
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect()
}

pub fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).into()).collect()
}

/// Sets the clock forward, until it goes out of scope.
pub struct Clock(Function);

impl Clock {
    pub fn ahead(milliseconds: f64) -> Self {
        let shift = Function::new_with_args(
            "milliseconds",
            "const { now } = Date; Date.now = () => now() + milliseconds; return () => (Date.now = now)",
        );
        let restore = shift.call1(&JsValue::UNDEFINED, &milliseconds.into());
        Clock(restore.unwrap().unchecked_into())
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.0.call0(&JsValue::UNDEFINED).unwrap();
    }
}
