//! From one page of a list to the next: what an answer has of it is read here, and what that means is
//! decided in `core/paging.rs`.

use crate::check::Problem;
use crate::core::paging::{Cursor, PAGE_SIZE, Paging, Seen, Step, Told};
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
        Ok(self.parameter(self.is_back(params)?))
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
    let read = || -> Result<(Array, &str, Step<JsValue>), JsValue> {
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
        let name = paging.parameter(back).unwrap_or_default();
        let from = Some(get(&params, name)?).filter(JsValue::is_string);
        let told = paging.told(&answer.body, &items, &params)?;
        Ok((items, name, paging.step(told, from, &mut &*seen)))
    };
    let threw = |cause| failed("the page cannot be read", cause);
    let (items, name, step) = read().map_err(threw)?;
    let args = list(args).map_err(threw)?;
    let cursor = match step {
        Step::Ends => JsValue::UNDEFINED,
        Step::On(cursor) => {
            let copy = own(&params).map_err(threw)?;
            set(&copy, name, &cursor);
            args.set(index, copy.into());
            cursor
        }
        Step::Lost => {
            let what = "the service says that there are more pages, and not where";
            return Err(failed(what, JsValue::UNDEFINED));
        }
        Step::Repeats => {
            let what = "the service gave a cursor that it gave before: the pages have no end";
            return Err(failed(what, JsValue::UNDEFINED));
        }
    };
    Ok(Page {
        items,
        cursor,
        args,
    })
}

impl Seen<JsValue> for &Array {
    fn is_empty(&self) -> bool {
        self.length() == 0
    }

    fn has(&self, cursor: &JsValue) -> bool {
        self.includes(cursor, 0)
    }

    fn add(&mut self, cursor: &JsValue) {
        self.push(cursor);
    }
}

impl Paging {
    /// What a page says of what is behind it.
    fn told(
        &self,
        body: &JsValue,
        items: &Array,
        params: &JsValue,
    ) -> Result<Told<JsValue>, JsValue> {
        let (around, next) = place(body, &self.next)?;
        let cursor = match self.is_by_id() {
            true => id(&items.get(items.length().wrapping_sub(1)))?,
            false => get(&around, next)?,
        };
        Ok(Told {
            more: get(&around, "has_more")?.as_bool(),
            cursor: match text(&cursor) {
                Some(word) if !word.is_empty() => Cursor::One(cursor),
                None if !absent(&cursor) => Cursor::Odd,
                _ => Cursor::None,
            },
            items: items.length(),
            size: get(params, PAGE_SIZE)?.as_f64(),
        })
    }
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
