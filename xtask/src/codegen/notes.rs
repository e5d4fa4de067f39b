//! What the generator has to say of a document that it could read: what it passed over, and where.

use indexmap::IndexMap;

/// Whose document it is that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Those of `spec/`: what cannot be read, and what the overlay says in vain, is an error.
    Project,
    /// Another one, given by `--spec`: the same is passed over, with a note.
    Elsewhere,
}

impl Origin {
    /// Whether what cannot be read is passed over.
    pub fn is_lenient(self) -> bool {
        self == Origin::Elsewhere
    }
}

/// Notes, each with the places that it is about.
#[derive(Debug, Default, Clone)]
pub struct Notes(IndexMap<String, Vec<String>>);

impl Notes {
    /// Something that is the case at a place.
    pub fn add(&mut self, what: impl Into<String>, place: impl Into<String>) {
        self.0.entry(what.into()).or_default().push(place.into());
    }

    /// One line for each thing, with the first of its places.
    pub fn lines(&self) -> Vec<String> {
        const SHOWN: usize = 5;
        let line = |(what, places): (&String, &Vec<String>)| {
            let shown = places.iter().take(SHOWN).map(String::as_str);
            let shown = shown.collect::<Vec<_>>().join(", ");
            match places.len().checked_sub(SHOWN) {
                Some(more @ 1..) => format!("{what}: {shown} and {more} more"),
                _ => format!("{what}: {shown}"),
            }
        };
        self.0.iter().map(line).collect()
    }
}
