//! From one page of a list to the next: by a cursor that the answer gives, or by the id of the
//! last item; back by the id of the first one.

use crate::check::Problem;
use crate::core::paging::{PAGE_SIZE, Paging};
use crate::error::{Answer, Context, Error};
use crate::interop::{absent, concat, cut, get, is_array, is_record, keys, list, own, set, text};
use crate::operation::Operation;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// Nothing is to be said of an answer with this status (RFC 9110, section 15.3.5).
const NO_CONTENT: u16 = 204;

impl Paging {
    /// Whether an answer is the page of a list. Where the service gives null in place of no items,
    /// they become an empty list; anything else is no answer to go on with.
    pub fn is_page(&self, answer: &Answer) -> bool {
        if answer.status == NO_CONTENT {
            return true;
        }
        let Ok((around, name)) = place(&answer.body, &self.items) else {
            return false;
        };
        let items = get(&around, name).unwrap_or_default();
        if items.is_null() {
            set(&around, name, &Array::new());
        }
        items.is_null() || is_array(&items)
    }

    /// What is wrong with an answer that is no page.
    pub fn misfit(&self) -> String {
        concat(&["the answer has no list \"", &self.items, "\""])
    }

    /// The parameter for a cursor beside these; none, if there is one page.
    pub fn cursor(&self, params: &JsValue) -> Result<Option<&str>, JsValue> {
        let name = match self.is_back(params)? {
            true => &self.back,
            false => &self.cursor,
        };
        Ok(Some(name.as_str()).filter(|name| !name.is_empty()))
    }

    /// Whether these parameters ask for what comes before an item.
    fn is_back(&self, params: &JsValue) -> Result<bool, JsValue> {
        Ok(!self.back.is_empty() && !absent(&get(params, &self.back)?))
    }
}

/// A page, and where the next one begins.
pub(crate) struct Page {
    /// In the order of the way: those before a cursor begin with the nearest.
    pub items: Array,
    /// `undefined` on the last page.
    pub cursor: JsValue,
    /// The arguments of the call for the next page.
    pub args: Array,
}

/// Reads the answer to a call of `operation` with `args`. `seen` holds the cursors used so far.
pub(crate) fn page(
    operation: Operation,
    args: &Array,
    answer: &Answer,
    seen: &Array,
) -> Result<Page, Box<Error>> {
    let failed = |message: &str, cause: JsValue| {
        Box::new(Error::Decode {
            message: message.into(),
            body: answer.body.clone(),
            answer: answer.clone(),
            context: Context {
                attempts: answer.attempts,
                ..Context::new(Some(operation)).because(cause)
            },
        })
    };
    let Some(paging) = operation.paging() else {
        let problem = Problem::new("this operation gives no list".into());
        return Err(Error::invalid(Some(operation), "pages", problem));
    };
    let index = operation.arguments();
    let params = args.get(index);
    let read = || -> Result<(Array, bool, Way), JsValue> {
        let items = match answer.status {
            NO_CONTENT => Array::new(),
            _ => {
                let (around, name) = place(&answer.body, &paging.items)?;
                list(&get(&around, name)?)?
            }
        };
        let back = paging.is_back(&params)?;
        if back {
            items.reverse();
        }
        let way = paging.way(&answer.body, &items, &params)?;
        Ok((items, back, way))
    };
    let threw = |cause| failed("the page cannot be read", cause);
    let (items, back, way) = read().map_err(threw)?;
    let args = list(args).map_err(threw)?;
    let cursor = match way {
        Way::Ends => JsValue::UNDEFINED,
        Way::Lost => {
            return Err(failed(
                "the service says that there are more pages, and not where",
                JsValue::UNDEFINED,
            ));
        }
        Way::On(cursor) => cursor,
    };
    if !cursor.is_undefined() {
        let name = if back { &paging.back } else { &paging.cursor };
        let first = get(&params, name).unwrap_or_default();
        if seen.length() == 0 && first.is_string() {
            seen.push(&first);
        }
        if seen.includes(&cursor, 0) {
            return Err(failed(
                "the service gave a cursor that it gave before: the pages have no end",
                JsValue::UNDEFINED,
            ));
        }
        seen.push(&cursor);
        let copy = own(&params).map_err(threw)?;
        set(&copy, name, &cursor);
        args.set(index, copy.into());
    }
    Ok(Page {
        items,
        cursor,
        args,
    })
}

/// How it goes on behind a page.
enum Way {
    Ends,
    On(JsValue),
    /// There is more, and no cursor to ask for it with.
    Lost,
}

impl Paging {
    fn way(&self, body: &JsValue, items: &Array, params: &JsValue) -> Result<Way, JsValue> {
        if self.cursor.is_empty() {
            return Ok(Way::Ends);
        }
        let (around, next) = place(body, &self.next)?;
        let more = get(&around, "has_more")?.as_bool();
        let cursor = if more == Some(false) {
            JsValue::UNDEFINED
        } else if !next.is_empty() {
            get(&around, next)?
        } else if more.is_none() && is_last(items, params)? {
            JsValue::UNDEFINED
        } else {
            id(&items.get(items.length().wrapping_sub(1)))?
        };
        Ok(match text(&cursor) {
            Some(word) if !word.is_empty() => Way::On(cursor),
            None if !absent(&cursor) => Way::Lost,
            _ if more == Some(true) => Way::Lost,
            _ => Way::Ends,
        })
    }
}

/// Where nothing says whether there is more, a page that is not full is the last.
fn is_last(items: &Array, params: &JsValue) -> Result<bool, JsValue> {
    let size = get(params, PAGE_SIZE)?.as_f64().unwrap_or(1.0);
    Ok(f64::from(items.length()) < size)
}

/// What a property is in, and its name there: `data.items` is `items` of `data`.
fn place<'p>(body: &JsValue, path: &'p str) -> Result<(JsValue, &'p str), JsValue> {
    Ok(match cut(path, b'.') {
        Some((around, name)) => (get(body, around)?, name),
        None => (body.clone(), path),
    })
}

/// The id of an item, also of one that stands in an envelope: `{ connection: { id } }`.
fn id(item: &JsValue) -> Result<JsValue, JsValue> {
    let own = get(item, "id")?;
    if !absent(&own) || !is_record(item) {
        return Ok(own);
    }
    for key in keys(item)? {
        let inner = get(item, &key)?;
        if is_record(&inner) {
            return get(&inner, "id");
        }
    }
    Ok(JsValue::UNDEFINED)
}
