//! Every item of a list, page after page, for Rust callers.

use crate::call::{Call, misfit, read};
use crate::check::Problem;
use crate::client::{Kinde, call};
use crate::error::{Answer, Context, Error};
use crate::interop::set;
use crate::operation::Operation;
use crate::options::Options;
use crate::page::page;
use crate::request::{Args, Request, plan};
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{self, Poll, ready};
use futures_core::Stream;
use js_sys::Array;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// The answer of a list operation.
pub trait Paged {
    /// What it lists.
    type Item;
}

/// Of one that may have no answer (204).
impl<T: Paged> Paged for Option<T> {
    type Item = T::Item;
}

/// The items of a list, as a [`Stream`]: the next page is asked for when the items of this one are
/// used up, with the same parameters and options. With `ending_before`, it is the one before, and
/// items come in that order.
///
/// An item that does not fit its type is an [`Error::Decode`] in its place, and the others follow. A
/// page that cannot be had is the last that the stream gives: its [`Error`], as of a call, or
/// [`Error::Decode`] where the service says that there are more pages and not how to get them.
///
/// ```no_run
/// # async fn example(kinde: kinde_edge::Kinde) -> Result<(), kinde_edge::Error> {
/// use futures::TryStreamExt;
/// use kinde_edge::params::ListUsers;
///
/// let params = ListUsers { has_organization: Some(true), ..Default::default() };
/// let mut users = kinde.users().list_all(&params).limit(2_000);
/// let mut addresses = Vec::new();
/// while let Some(user) = users.try_next().await? {
///     addresses.extend(user.email);
/// }
/// # Ok(()) }
/// ```
#[must_use = "a list is asked for when it is polled"]
pub struct Items<'a, T> {
    client: &'a Kinde,
    options: Options,
    /// What the call added to the query.
    added: Vec<JsValue>,
    operation: Option<Operation>,
    /// The arguments of the next page.
    args: Array,
    /// The cursors so far.
    seen: Array,
    cursor: JsValue,
    /// The request of the next page, until it is sent.
    request: Option<Result<Request, Box<Error>>>,
    answer: Option<Answering<'a>>,
    items: Array,
    index: u32,
    left: usize,
    /// How many are wanted in all.
    wanted: Option<f64>,
    item: PhantomData<fn() -> T>,
}

type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Box<Error>>> + 'a>>;

impl<'a, T: Paged> Call<'a, T> {
    /// Begins with the page that a cursor leads to: that of [`Items::cursor`], with the same
    /// parameters.
    ///
    /// ```no_run
    /// # async fn example(kinde: kinde_edge::Kinde, cursor: &str) -> Result<(), kinde_edge::Error> {
    /// let call = kinde.users().list(&Default::default());
    /// let mut others = call.starting_at(cursor).items();
    /// # Ok(()) }
    /// ```
    ///
    /// A list that has one page fails the call with [`Error::InvalidRequest`].
    pub fn starting_at(mut self, cursor: &str) -> Self {
        if let Ok(Request {
            operation: Some(operation),
            ..
        }) = self.request
        {
            self.request = self.at(operation, cursor);
        }
        self
    }

    fn at(&self, operation: Operation, cursor: &str) -> Result<Request, Box<Error>> {
        let params = self.args.get(operation.arguments());
        let name = operation.paging().and_then(|paging| {
            let name = paging.cursor(&params).ok()??;
            Some(name.to_owned())
        });
        match name {
            Some(name) => {
                set(&params, &name, &cursor.into());
                request(operation, &self.args, &self.added)
            }
            None => {
                let problem = Problem::new("this list has one page".into()).inside("cursor");
                Err(Error::invalid(Some(operation), "options", problem))
            }
        }
    }

    /// Every item of this page and the ones behind it.
    ///
    /// Unless `page_size` says otherwise, pages are as large as the service gives them, or as the
    /// [`limit`](Items::limit).
    pub fn items(self) -> Items<'a, T::Item> {
        let operation = self.request.as_ref().ok().and_then(|r| r.operation);
        Items {
            client: self.client,
            options: self.options,
            added: self.added,
            operation,
            args: self.args,
            seen: Array::new(),
            cursor: JsValue::UNDEFINED,
            request: Some(self.request),
            answer: None,
            items: Array::new(),
            index: 0,
            left: usize::MAX,
            wanted: None,
            item: PhantomData,
        }
    }
}

impl<T> Items<'_, T> {
    /// Ends after so many items. Default: no limit.
    pub fn limit(mut self, limit: usize) -> Self {
        self.left = limit;
        self
    }

    /// The cursor of the page behind the current one, to go on from there another time:
    /// [`Call::starting_at`]. `None`
    /// before the first page, and on the last.
    pub fn cursor(&self) -> Option<String> {
        self.cursor.as_string()
    }

    /// Takes in a page, and plans the request of the next one.
    fn turn(&mut self, answer: &Answer) -> Result<(), Box<Error>> {
        let Some(operation) = self.operation else {
            return Ok(());
        };
        let page = page(operation, &self.args, answer, &self.seen)?;
        self.items = page.items;
        self.index = 0;
        self.cursor = page.cursor;
        self.args = page.args;
        if !self.cursor.is_undefined() {
            self.request = Some(request(operation, &self.args, &self.added));
        }
        Ok(())
    }
}

/// The request of a page, with what the call added to the query.
fn request(operation: Operation, args: &Array, added: &[JsValue]) -> Result<Request, Box<Error>> {
    let mut request = plan(operation, &Args::Positional(args))?;
    for query in added {
        request.add_query(query)?;
    }
    Ok(request)
}

impl<T: DeserializeOwned> Stream for Items<'_, T> {
    type Item = Result<T, Error>;

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.left == 0 {
                return Poll::Ready(None);
            }
            if this.index < this.items.length() {
                let item = this.items.get(this.index);
                this.index += 1;
                this.left -= 1;
                return Poll::Ready(Some(decode(item, this.operation)));
            }
            if let Some(answer) = &mut this.answer {
                let answer = ready!(answer.as_mut().poll(context));
                this.answer = None;
                match answer.and_then(|answer| this.turn(&answer)) {
                    Ok(()) => continue,
                    Err(error) => return Poll::Ready(Some(Err(error.into()))),
                }
            }
            match this.request.take() {
                Some(Ok(mut request)) => {
                    // The same for all pages: a cursor may be good for one size only.
                    request.fill(*this.wanted.get_or_insert(this.left as f64));
                    let settings = this.client.settings.clone();
                    this.answer = Some(Box::pin(call(
                        settings,
                        request,
                        this.options.clone(),
                        None,
                    )));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// An item that does not fit its type costs nobody the others.
fn decode<T: DeserializeOwned>(item: JsValue, operation: Option<Operation>) -> Result<T, Error> {
    read(&item).map_err(|error| Error::Decode {
        message: misfit("an item", &error),
        body: item.clone(),
        answer: Answer {
            status: 200,
            body: item,
            attempts: 0,
            response: JsValue::UNDEFINED,
        },
        context: Context::new(operation),
    })
}

impl<T> core::fmt::Debug for Items<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Items").field(&self.operation).finish()
    }
}
