//! The exports that the npm package is built on: four functions over one path.
//!
//! `pkg/lib/kinde.js` makes `kinde.users.list(…)` of them. A wasm-bindgen export per operation
//! would cost every caller some 100 bytes each; a name in the table costs 10.

use crate::check::{self, Problem};
use crate::client::{Begun, call};
use crate::core::operation::Shape;
use crate::core::paging::Paging;
use crate::error::{Answer, Error};
use crate::first;
use crate::generated::operations::TABLE;
use crate::headers;
use crate::interop::{absent, concat, cut, describe, get, is_record, own, push_number, set, text};
use crate::jwt::Reason;
use crate::operation::Operation;
use crate::options::Options;
use crate::page::page;
use crate::request::{Args, Request, depth, plan};
use crate::settings::{self, Numbers, Settings, count, milliseconds, writes};
use crate::task;
use crate::watch::Watch;
use core::pin::Pin;
use js_sys::{Array, Object, Promise};
use std::cell::{Cell, OnceCell};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "kinde-edge-error")]
extern "C" {
    #[allow(
        clippy::too_many_arguments,
        reason = "an object of them would cost a crossing for each field"
    )]
    #[wasm_bindgen(js_name = make)]
    fn make_error(
        message: &str,
        code: &str,
        errors: Array,
        attempts: u32,
        operation: Option<&str>,
        cause: &JsValue,
        status: Option<u32>,
        headers: &JsValue,
        body: &JsValue,
        reason: Option<&str>,
        retry_after: Option<f64>,
        required_scope: Option<&str>,
        token_scopes: Option<Array>,
        request_id: Option<String>,
    ) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// The object that an export leaves its results in, made by `pkg/lib`.
    #[derive(Clone)]
    pub type Sink;
    /// Settles the promise that the caller has.
    #[wasm_bindgen(method)]
    fn resolve(this: &Sink, value: &JsValue);
    #[wasm_bindgen(method)]
    fn reject(this: &Sink, error: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_response(this: &Sink, response: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_limit(this: &Sink, limit: &JsValue);
    /// How many items of a list are wanted, if it is iterated.
    #[wasm_bindgen(method, getter)]
    fn wanted(this: &Sink) -> JsValue;
    /// From now on it is too late to want any.
    #[wasm_bindgen(method, setter)]
    fn set_sent(this: &Sink, sent: bool);
}

/// The standard library's allocator is three times as large.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics")))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    static OPERATIONS: OnceCell<Vec<Operation>> = const { OnceCell::new() };
    /// By the numbers of operations.
    static SHAPES: Cell<Vec<Known>> = const { Cell::new(Vec::new()) };
}

fn with_operations<R>(work: impl FnOnce(&[Operation]) -> R) -> R {
    let read = || {
        let mut all = Vec::new();
        let mut rest = TABLE;
        while let Some((line, after)) = cut(rest, b'\n') {
            all.push(Operation::new(line));
            rest = after;
        }
        all
    };
    OPERATIONS.with(|all| work(all.get_or_init(read)))
}

/// The dotted name of every operation, in the order of their numbers, separated by spaces. Those
/// that give lists end in `*`.
#[wasm_bindgen]
pub fn names() -> String {
    let mut names = String::new();
    with_operations(|all| {
        for operation in all {
            names.push_str(operation.name());
            if operation.paging().is_some() {
                names.push('*');
            }
            names.push(' ');
        }
    });
    names
}

/// Checks the options of a client and gives its settings.
#[wasm_bindgen]
pub fn configure(options: &JsValue) -> Result<Array, JsValue> {
    Ok(Settings::new(options)
        .map_err(|error| to_js(&error))?
        .into_js())
}

fn number(number: u32) -> Result<Operation, Box<Error>> {
    with_operations(|all| all.get(number as usize).copied()).ok_or_else(unknown)
}

/// What kind of call an operation is, which every call of it asks.
fn shape(number: u32, operation: Operation) -> Shape {
    let mut shape = None;
    with_shape(number, &mut |known| {
        shape = Some(known.get_or_insert_with(|| (operation.shape(), false)).0);
    });
    shape.unwrap_or_else(|| operation.shape())
}

/// Whether `first.js` is to be told of an operation: once.
fn is_new(number: u32) -> bool {
    let mut is_new = false;
    with_shape(number, &mut |known| {
        if let Some((_, is_told)) = known {
            is_new = !core::mem::replace(is_told, true);
        }
    });
    is_new
}

/// What is known of an operation that was called, and whether `first.js` was told.
type Known = Option<(Shape, bool)>;

fn with_shape(number: u32, work: &mut dyn FnMut(&mut Known)) {
    let mut shapes = SHAPES.take();
    let index = number as usize;
    if shapes.len() <= index {
        shapes.resize(index + 1, None);
    }
    if let Some(known) = shapes.get_mut(index) {
        work(known);
    }
    SHAPES.set(shapes);
}

/// The items of a page, the next cursor and the arguments of the call for it. `seen` is the array
/// of the cursors so far, `limit` how many items are wanted in all.
#[wasm_bindgen]
pub fn read_page(
    operation: u32,
    args: &Array,
    body: JsValue,
    response: JsValue,
    seen: &Array,
    limit: &JsValue,
) -> Result<Array, JsValue> {
    let answer = Answer {
        status: get(&response, "status")
            .ok()
            .and_then(|s| s.as_f64())
            .unwrap_or_default() as u16,
        body,
        response,
        attempts: 1,
    };
    let page = number(operation)
        .and_then(|operation| {
            wanted(Some(operation), limit)?;
            page(operation, args, &answer, seen)
        })
        .map_err(|error| to_js(&error))?;
    Ok(Array::of3(&page.items, &page.cursor, &page.args))
}

/// Calls operation number `operation` with its arguments, params and options. The `Response` goes
/// into `sink.response`.
#[wasm_bindgen]
pub fn run_operation(slots: Array, number: u32, args: &Array, sink: Sink) {
    let operation = match self::number(number) {
        Ok(operation) => operation,
        Err(error) => return go(Settings::from_js(slots), sink, Err(error), None),
    };
    let shape = shape(number, operation);
    let mut numbers = Numbers::default();
    let count = shape.arguments + u32::from(shape.has_params);
    let keep_at = depth(shape.is_upload, false);
    // A list keeps a copy of its params first.
    let text = take(&slots, &mut numbers, args, count, keep_at, shape.is_list);
    let settings = Settings::read(slots, numbers);
    let planned = planned(operation, shape, &text, args, &sink);
    let are_identifiers = text.starts_with(IDENTIFIERS);
    let is_plain = are_identifiers || text.starts_with(NOTHING);
    if let Ok((request, _)) = &planned
        && is_plain
        && !shape.is_list
        && !shape.is_upload
        && first::begin(&settings, request, number, &sink)
    {
        if are_identifiers && is_new(number) {
            first::remember(number, operation, shape.arguments);
        }
        return;
    }
    go(settings, sink, planned, None);
}

/// Goes on with a call whose first attempt did not bring what it is after: `values` are its arguments
/// as they were written down then.
pub(crate) fn resume(settings: Settings, number: u32, values: &str, sink: Sink, begun: Begun) {
    let planned = self::number(number).and_then(|o| plan(o, &Args::Written(values)));
    let planned = planned.map(|request| (request, Options::default()));
    go(settings, sink, planned, Some(begun));
}

fn planned(
    operation: Operation,
    shape: Shape,
    text: &str,
    args: &Array,
    sink: &Sink,
) -> Result<(Request, Options), Box<Error>> {
    let count = shape.arguments + u32::from(shape.has_params);
    let (mark, values) = text.split_at_checked(1).unwrap_or_default();
    if mark == TOO_MUCH {
        let mut what = String::from("expected no more than ");
        push_number(&mut what, count + 1);
        what.push_str(", got ");
        push_number(&mut what, args.length());
        let problem = Problem::new(what);
        return Err(Error::invalid(Some(operation), "arguments", problem));
    }
    if let Some(paging) = shape.is_list.then(|| operation.paging()).flatten() {
        let beside = ["limit", "cursor"];
        let (options, found) = read_options(&args.get(count), Some(operation), &beside)?;
        keep(operation, &paging, args, &found, sink)
            .map_err(|problem| Error::invalid(Some(operation), "options", problem))?;
        return Ok((plan(operation, &Args::Positional(args))?, options));
    }
    // Before the options: what the values keep is there until a caller's code runs again.
    let request = plan(operation, &Args::Written(values))?;
    let options = match mark {
        OPTIONS => read_options(&args.get(count), Some(operation), &[])?.0,
        _ => Options::default(),
    };
    Ok((request, options))
}

/// What stands behind the values of a call, as `written.js` says.
const NOTHING: &str = "-";
const IDENTIFIERS: &str = "=";
const OPTIONS: &str = "o";
const TOO_MUCH: &str = "x";

#[wasm_bindgen(module = "/src/written.js")]
extern "C" {
    /// Reads the numbers of settings, and writes down the arguments of a call, see there.
    fn take(
        settings: &Array,
        numbers: &mut [f64],
        args: &Array,
        count: u32,
        keep_at: u32,
        is_later: bool,
    ) -> String;
}

/// Keeps what the next pages need, a copy of the params and the limit, and begins at the cursor that
/// is given.
fn keep(
    operation: Operation,
    paging: &Paging,
    args: &Array,
    options: &JsValue,
    sink: &Sink,
) -> Result<(), Problem> {
    let limit = settings::read(options, "limit", count)?;
    sink.set_limit(&limit.into());
    let cursor = settings::read(options, "cursor", cursor)?;
    let index = operation.arguments();
    let params = args.get(index);
    // Anything else is refused with the other arguments.
    if operation.has_params() && (params.is_undefined() || is_record(&params)) {
        let params = own(&params)?;
        if let (Some(cursor), Some(name)) = (&cursor, paging.cursor(&params)?) {
            set(&params, name, cursor);
            // The next pages have cursors of their own.
            let options = own(options)?;
            set(&options, "cursor", &JsValue::UNDEFINED);
            args.set(index + 1, options.into());
        }
        args.set(index, params.into());
    }
    match cursor.is_some() && paging.cursor(&JsValue::UNDEFINED)?.is_none() {
        true => Err(Problem::new("this list has one page".into()).inside("cursor")),
        false => Ok(()),
    }
}

/// What tells where a page begins.
fn cursor(value: &JsValue) -> Result<JsValue, &'static str> {
    let cursor = text(value).filter(|cursor| !cursor.is_empty());
    cursor.map(|_| value.clone()).ok_or("the cursor of a page")
}

/// Calls an operation by its id, all its values in one object.
#[wasm_bindgen]
pub fn run_by_id(settings: Array, id: &JsValue, args: &JsValue, options: &JsValue, sink: Sink) {
    start(settings, sink, || {
        let name = text(id).unwrap_or_default();
        let found = with_operations(|all| all.iter().find(|o| o.id() == name).copied());
        let operation = found.ok_or_else(|| no_such_id(&name, id))?;
        let empty = JsValue::from(Object::new());
        let args = if absent(args) { &empty } else { args };
        let request = plan(operation, &Args::Named(args))?;
        Ok((request, read_options(options, Some(operation), &[])?.0))
    })
}

/// Calls any path of the service.
#[wasm_bindgen]
pub fn run_request(settings: Array, method: &JsValue, path: &JsValue, init: &JsValue, sink: Sink) {
    start(settings, sink, || {
        let (options, found) = read_options(init, None, &["query", "body"])?;
        let part = |name| get(&found, name).unwrap_or_default();
        let mut request = Request::custom(method, path)?;
        request.add_query(&part("query"))?;
        request.set_body(&part("body"))?;
        Ok((request, options))
    })
}

/// Reads the options of a call. Gives them, and all that was read.
pub(crate) fn read_options(
    options: &JsValue,
    operation: Option<Operation>,
    beside: &[&str],
) -> Result<(Options, JsValue), Box<Error>> {
    read_known(
        options,
        operation,
        [&["headers", "retryWrites", "accessToken!"], beside],
    )
}

/// Reads the options of whatever takes time, and those beside them. Gives the former, and all that
/// was read.
pub(crate) fn read_known(
    options: &JsValue,
    operation: Option<Operation>,
    beside: [&[&str]; 2],
) -> Result<(Options, JsValue), Box<Error>> {
    const KNOWN: [&str; 4] = ["signal", "timeout", "deadline", "maxRetries"];
    if options.is_undefined() {
        return Ok((Options::default(), JsValue::UNDEFINED));
    }
    let read = || -> Result<(Options, JsValue), Problem> {
        let [own, more] = beside;
        let options = check::options(options, &[&KNOWN, own, more])?;
        let signal = get(&options, "signal")?;
        if !absent(&signal) && !get(&signal, "addEventListener")?.is_function() {
            return Err(Problem::expected("an AbortSignal", &signal).inside("signal"));
        }
        let general = Options {
            signal: (!absent(&signal)).then(|| signal.unchecked_into()),
            timeout: settings::read(&options, "timeout", milliseconds)?,
            deadline: settings::read(&options, "deadline", milliseconds)?,
            max_retries: settings::read(&options, "maxRetries", count)?,
            retry_writes: settings::read(&options, "retryWrites", writes)?,
            headers: Some(
                headers::read(&get(&options, "headers")?)
                    .map_err(|problem| problem.inside("headers"))?,
            ),
            access_token: match get(&options, "accessToken")? {
                none if none.is_undefined() => None,
                // Null is refused: a call that is meant for a user must not be the machine's.
                given => Some(token(&given).map_err(|expected| {
                    Problem::expected(expected, &given).inside("accessToken")
                })?),
            },
        };
        Ok((general, options.into()))
    };
    read().map_err(|problem| Error::invalid(operation, "options", problem))
}

/// A token, or a function that gives one.
fn token(value: &JsValue) -> Result<JsValue, &'static str> {
    match value.is_function() || text(value).is_some_and(|text| !text.is_empty()) {
        true => Ok(value.clone()),
        false => Err("a string that is not empty, or a function"),
    }
}

fn no_such_id(id: &str, given: &JsValue) -> Box<Error> {
    let what = concat(&[NO_SUCH_ID, ": got ", &describe(given)]);
    let what = with_operations(|all| check::meant(&what, id, &mut all.iter().map(|o| o.id())));
    Error::invalid(None, "operation", Problem::new(what))
}

const NO_SUCH_ID: &str = "there is no operation with this id";

fn unknown() -> Box<Error> {
    let problem = Problem::new(NO_SUCH_ID.into());
    Error::invalid(None, "operation", problem)
}

/// Checks at once and goes on later, so that a caller may change its objects as soon as the call
/// returns.
fn start(
    settings: Array,
    sink: Sink,
    plan: impl FnOnce() -> Result<(Request, Options), Box<Error>>,
) {
    go(Settings::from_js(settings), sink, plan(), None);
}

/// Apart from [`start`], which is there once for each export.
pub(crate) fn go(
    settings: Settings,
    sink: Sink,
    planned: Result<(Request, Options), Box<Error>>,
    begun: Option<Begun>,
) {
    settle(sink.clone(), async move {
        let (mut request, options) = planned?;
        if request.operation.is_some_and(|o| o.paging().is_some()) {
            // Whoever iterates says so as soon as the call returns.
            let moment = Watch {
                milliseconds: f64::INFINITY,
                limit: f64::INFINITY,
                signal: None,
            };
            let _ = moment.over(Promise::resolve(&JsValue::UNDEFINED)).await;
            sink.set_sent(true);
            if let Some(wanted) = wanted(request.operation, &sink.wanted())? {
                request.fill(wanted);
            }
        }
        let answer = call(settings, request, options, begun).await?;
        sink.set_response(&answer.response);
        Ok(answer.body)
    });
}

/// How many items are wanted, if it is said.
fn wanted(operation: Option<Operation>, limit: &JsValue) -> Result<Option<f64>, Box<Error>> {
    let invalid = |problem: Problem| Error::invalid(operation, "options", problem);
    match absent(limit) {
        true => Ok(None),
        false => count(limit)
            .map(Some)
            .map_err(|expected| invalid(Problem::expected(expected, limit).inside("limit"))),
    }
}

/// Settles the promise of an export with what comes of its work.
///
/// No export gives the promise itself: Node 20 crashes when a function that has inlined an export
/// which gives a JavaScript value is deoptimised while that export runs.
pub(crate) fn settle(
    sink: Sink,
    work: impl Future<Output = Result<JsValue, Box<Error>>> + 'static,
) {
    finish(sink, Box::pin(work));
}

type Work = Pin<Box<dyn Future<Output = Result<JsValue, Box<Error>>>>>;

/// The same for all kinds of work, so that its code is there once.
fn finish(sink: Sink, work: Work) {
    task::begin(Box::pin(async move {
        match work.await {
            Ok(value) => sink.resolve(&value),
            // The caller's framework waits for what the caller's function threw.
            Err(error) => match error.context() {
                Some(context) if error.is_steering() => sink.reject(&context.cause),
                _ => sink.reject(&to_js(&error)),
            },
        }
    }));
}

/// The `KindeError` of an error.
pub(crate) fn to_js(error: &Error) -> JsValue {
    let none = JsValue::UNDEFINED;
    let errors = Array::new();
    for error in error.errors() {
        errors.push(&error.code.as_str().into());
        errors.push(&error.message.as_str().into());
    }
    let context = error.context();
    let answer = error.answer();
    let texts = |all: &[String]| all.iter().map(|one| JsValue::from(one.as_str())).collect();
    make_error(
        &error.message(),
        error.code(),
        errors,
        context.map_or(0, |context| context.attempts),
        context.and_then(|context| Some(context.operation?.id())),
        context.map_or(&none, |context| &context.cause),
        answer.map(|answer| answer.status.into()),
        &answer.map_or(JsValue::UNDEFINED, Answer::raw_headers),
        answer.map_or(&none, |answer| &answer.body),
        error.reason().map(Reason::name),
        error.retry_after(),
        error.required_scope(),
        error.token_scopes().map(texts),
        error.request_id(),
    )
}
