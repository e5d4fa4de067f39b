//! How an operation hands out its pages.

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

#[cfg(test)]
mod tests {
    use super::*;

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
