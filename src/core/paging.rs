//! How an operation hands out its pages: by a cursor that the answer gives, or by the id of the last
//! item; back by the id of the first one.
//!
//! What a cursor is, is up to the driver: it goes back to the service as it came.

use super::text::{decode, parts};

/// The parameter that says how many items a page has.
pub(crate) const PAGE_SIZE: &str = "page_size";

/// What the table says of it: `cursor,items,next,back,size`.
pub(crate) struct Paging {
    /// The parameter that takes the cursor. Empty: there is one page.
    pub cursor: String,
    /// The property of the answer that holds the items; `data.items` is one inside another.
    pub items: String,
    /// The property of the answer that holds the next cursor. Empty: it is the last item's `id`.
    pub next: String,
    /// The parameter that takes a cursor to go back from. Empty: there is none.
    pub back: String,
    /// The most items of a page, where callers can say how many it has; 0 elsewhere.
    pub most: u32,
}

impl Paging {
    pub fn read(text: &str) -> Paging {
        let mut words = parts(text, b',').map(decode);
        let mut word = || words.next().unwrap_or_default();
        Paging {
            cursor: word(),
            items: word(),
            next: word(),
            back: word(),
            most: word().bytes().fold(0, |number, digit| {
                number * 10 + u32::from(digit.wrapping_sub(b'0'))
            }),
        }
    }

    /// How many items a page is to have, for somebody who wants so many: nobody has to ask twice
    /// for what comes at once.
    pub fn size(&self, wanted: f64) -> Option<u32> {
        // No `clamp`: its panic writes numbers, 3 KB of code.
        (self.most > 0).then(|| wanted.min(self.most.into()).max(1.0) as u32)
    }
}

/// What may be a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cursor<C> {
    /// Nothing, null or an empty text.
    None,
    One(C),
    /// Something that no cursor can be.
    Odd,
}

/// What a page says of what is behind it.
pub(crate) struct Told<C> {
    /// `has_more`, if it is there.
    pub more: Option<bool>,
    /// The next cursor that the answer gives or, see [`Paging::is_by_id`], the id of the last item.
    pub cursor: Cursor<C>,
    pub items: u32,
    /// How many items were asked for, if the caller said.
    pub size: Option<f64>,
}

/// The cursors of a list so far.
pub(crate) trait Seen<C> {
    fn is_empty(&self) -> bool;
    fn has(&self, cursor: &C) -> bool;
    fn add(&mut self, cursor: &C);
}

/// How it goes on behind a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<C> {
    Ends,
    On(C),
    /// There is more, and no cursor to ask for it with.
    Lost,
    /// The cursor was given before: there would be no end.
    Repeats,
}

impl Paging {
    /// Whether the cursor is the id of the last item, as the answer gives none.
    pub fn is_by_id(&self) -> bool {
        self.next.is_empty()
    }

    /// The parameter for a cursor on the way there, or back; none if there is one page.
    pub fn parameter(&self, is_back: bool) -> Option<&str> {
        let name = if is_back { &self.back } else { &self.cursor };
        (!name.is_empty()).then_some(name.as_str())
    }

    /// One page further. `from` is the cursor that this page was asked for with.
    pub fn step<C>(&self, told: Told<C>, from: Option<C>, seen: &mut impl Seen<C>) -> Step<C> {
        let Told {
            more,
            cursor,
            items,
            size,
        } = told;
        if self.cursor.is_empty() || more == Some(false) {
            return Step::Ends;
        }
        // Where nothing says whether there is more, a page that is not full is the last.
        if more.is_none() && self.is_by_id() && f64::from(items) < size.unwrap_or(1.0) {
            return Step::Ends;
        }
        let cursor = match cursor {
            Cursor::One(cursor) => cursor,
            Cursor::None if more.is_none() => return Step::Ends,
            Cursor::None | Cursor::Odd => return Step::Lost,
        };
        if let Some(from) = from.filter(|_| seen.is_empty()) {
            seen.add(&from);
        }
        if seen.has(&cursor) {
            return Step::Repeats;
        }
        seen.add(&cursor);
        Step::On(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Seen<u32> for Vec<u32> {
        fn is_empty(&self) -> bool {
            self.as_slice().is_empty()
        }

        fn has(&self, cursor: &u32) -> bool {
            self.contains(cursor)
        }

        fn add(&mut self, cursor: &u32) {
            self.push(*cursor);
        }
    }

    fn by_id() -> Paging {
        Paging::read("starting_after,users,,ending_before,100")
    }

    fn by_token() -> Paging {
        Paging::read("next_token,users,next_token,,")
    }

    const FULL: Told<u32> = Told {
        more: None,
        cursor: Cursor::One(7),
        items: 10,
        size: Some(10.0),
    };

    fn step(paging: &Paging, told: Told<u32>) -> Step<u32> {
        paging.step(told, None, &mut Vec::new())
    }

    #[test]
    fn a_list_ends_where_the_service_says() {
        for paging in [by_id(), by_token()] {
            let more = |more| Told { more, ..FULL };
            assert_eq!(step(&paging, more(Some(false))), Step::Ends);
            assert_eq!(step(&paging, more(Some(true))), Step::On(7));
            assert_eq!(step(&paging, more(None)), Step::On(7));
            let nothing = |more| Told {
                more,
                cursor: Cursor::None,
                ..FULL
            };
            assert_eq!(step(&paging, nothing(None)), Step::Ends);
            assert_eq!(step(&paging, nothing(Some(false))), Step::Ends);
            assert_eq!(step(&paging, nothing(Some(true))), Step::Lost);
            let odd = |more| Told {
                more,
                cursor: Cursor::Odd,
                ..FULL
            };
            assert_eq!(step(&paging, odd(None)), Step::Lost);
            assert_eq!(step(&paging, odd(Some(false))), Step::Ends);
        }
        let one = Paging::read(",users,");
        assert_eq!(step(&one, FULL), Step::Ends);
        assert_eq!(one.parameter(false), None);
    }

    #[test]
    fn a_page_that_is_not_full_is_the_last_where_nothing_says_so() {
        let page = |items, size, more| Told {
            more,
            items,
            size,
            ..FULL
        };
        for (items, size, more, ends) in [
            (9, Some(10.0), None, true),
            (10, Some(10.0), None, false),
            (11, Some(10.0), None, false),
            (0, None, None, true),
            (1, None, None, false),
            (9, Some(10.0), Some(true), false),
        ] {
            let came_to = step(&by_id(), page(items, size, more));
            assert_eq!(came_to == Step::Ends, ends, "{items} of {size:?}");
        }
        // A token says itself that there is more.
        assert_eq!(step(&by_token(), page(0, Some(10.0), None)), Step::On(7));
    }

    #[test]
    fn a_cursor_that_was_given_before_ends_the_list() {
        let mut seen = Vec::new();
        let mut next = |cursor, from| {
            let cursor = Cursor::One(cursor);
            by_token().step(Told { cursor, ..FULL }, from, &mut seen)
        };
        assert_eq!(next(1, Some(0)), Step::On(1));
        assert_eq!(next(2, Some(1)), Step::On(2));
        assert_eq!(next(1, Some(2)), Step::Repeats);
        // Also that with which the caller began.
        assert_eq!(next(0, Some(2)), Step::Repeats);
    }

    /// Asks a service with so many items, whose ids are from 1, for pages of a size.
    fn all(paging: &Paging, items: u32, size: u32, says_more: bool, is_back: bool) -> Vec<u32> {
        let mut seen = Vec::new();
        let mut found = Vec::new();
        let mut from = is_back.then_some(items + 1);
        loop {
            let page: Vec<u32> = match is_back {
                true => (1..from.unwrap()).rev().take(size as usize).collect(),
                false => (from.unwrap_or(0) + 1..=items)
                    .take(size as usize)
                    .collect(),
            };
            let last = page.last().copied();
            let is_last = last.is_none_or(|last| last == if is_back { 1 } else { items });
            let cursor = match last {
                Some(last) if paging.is_by_id() || !is_last => Cursor::One(last),
                _ => Cursor::None,
            };
            let told = Told {
                more: says_more.then_some(!is_last),
                cursor,
                items: page.len() as u32,
                size: Some(size.into()),
            };
            found.extend(page);
            assert!(found.len() <= items as usize, "no end");
            match paging.step(told, from, &mut seen) {
                Step::On(cursor) => from = Some(cursor),
                step => {
                    assert_eq!(step, Step::Ends);
                    return found;
                }
            }
        }
    }

    #[test]
    fn every_item_comes_once_there_and_back() {
        for items in 0..=12 {
            for size in 1..=5 {
                for says_more in [false, true] {
                    let there: Vec<u32> = (1..=items).collect();
                    assert_eq!(all(&by_id(), items, size, says_more, false), there);
                    assert_eq!(all(&by_token(), items, size, says_more, false), there);
                    let back: Vec<u32> = (1..=items).rev().collect();
                    assert_eq!(all(&by_id(), items, size, says_more, true), back);
                }
            }
        }
        assert_eq!(by_id().parameter(true), Some("ending_before"));
        assert_eq!(by_id().parameter(false), Some("starting_after"));
    }

    #[test]
    fn pages_are_as_large_as_is_wanted_and_given() {
        let paging = Paging::read("starting_after,data.users,next,ending_before,500");
        assert_eq!(paging.items, "data.users");
        assert_eq!(paging.back, "ending_before");
        for (wanted, size) in [(0.0, 1), (20.0, 20), (1203.0, 500), (f64::INFINITY, 500)] {
            assert_eq!(paging.size(wanted), Some(size), "{wanted}");
        }
        assert_eq!(Paging::read(",items,").size(9.0), None);
    }
}
