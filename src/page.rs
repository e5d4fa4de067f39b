//! From one page of a list to the next: by a cursor that the answer gives, or by the id of the
//! last item.

use crate::check::Problem;
use crate::error::{Answer, Context, Error};
use crate::interop::{decode, get, is_array, is_record, keys, list, own, parts, set, text};
use crate::operation::Operation;
use crate::request::path_values;
use crate::settings::absent;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// How an operation hands out its pages.
pub(crate) struct Paging {
    /// The parameter that takes the cursor. Empty: there is one page.
    cursor: String,
    /// The property of the answer that holds the items.
    items: String,
    /// The property of the answer that holds the next cursor. Empty: it is the last item's `id`.
    next: String,
}

impl Paging {
    /// Reads `cursor,items,next`.
    pub fn read(text: &str) -> Paging {
        let mut words = parts(text, b',').map(decode);
        let mut word = || words.next().unwrap_or_default();
        Paging {
            cursor: word(),
            items: word(),
            next: word(),
        }
    }
}

/// A page, and where the next one begins.
pub(crate) struct Page {
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
    seen: &mut Vec<String>,
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
    let index = path_values(operation);
    let params = args.get(index);
    let read = || -> Result<(Array, JsValue, Array), JsValue> {
        let items = get(&answer.body, &paging.items)?;
        let items = match is_array(&items) {
            true => list(&items)?,
            false => Array::new(),
        };
        let cursor = paging.next(&answer.body, &items, &params)?;
        Ok((items, cursor, list(args)?))
    };
    let (items, cursor, next) = read().map_err(|cause| failed("the page cannot be read", cause))?;
    if let Some(word) = text(&cursor) {
        if let Some(first) = get(&params, &paging.cursor).ok().as_ref().and_then(text)
            && seen.is_empty()
        {
            seen.push(first);
        }
        if seen.contains(&word) {
            return Err(failed(
                "the service gave a cursor that it gave before: the pages have no end",
                JsValue::UNDEFINED,
            ));
        }
        seen.push(word);
        let copy = own(&params).map_err(|cause| failed("the page cannot be read", cause))?;
        set(&copy, &paging.cursor, &cursor);
        next.set(index, copy.into());
    }
    Ok(Page {
        items,
        cursor,
        args: next,
    })
}

impl Paging {
    /// The next cursor, `undefined` at the end.
    fn next(&self, body: &JsValue, items: &Array, params: &JsValue) -> Result<JsValue, JsValue> {
        if self.cursor.is_empty() {
            return Ok(JsValue::UNDEFINED);
        }
        if !self.next.is_empty() {
            let cursor = get(body, &self.next)?;
            return Ok(match text(&cursor) {
                Some(word) if !word.is_empty() => cursor,
                _ => JsValue::UNDEFINED,
            });
        }
        let more = get(body, "has_more")?;
        let size = get(params, "page_size")?.as_f64();
        let short = size.is_some_and(|size| f64::from(items.length()) < size);
        // Some lists say whether there is more; of the others, a page that is not full is the last.
        if items.length() == 0 || more.as_bool().map_or(short, |more| !more) {
            return Ok(JsValue::UNDEFINED);
        }
        id(&items.get(items.length() - 1))
    }
}

/// The id of an item, also of one that stands in an envelope: `{ connection: { id } }`.
fn id(item: &JsValue) -> Result<JsValue, JsValue> {
    let own = get(item, "id")?;
    if !absent(&own) {
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
