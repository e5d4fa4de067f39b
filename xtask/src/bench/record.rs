//! What is measured, and what can be said of many measurements of one thing.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell;

pub const OURS: &str = "kinde-edge";

/// One thing, measured some times: work that a peer did.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Record {
    pub area: String,
    pub work: String,
    pub peer: String,
    pub unit: String,
    #[serde(default)]
    pub samples: Vec<f64>,
    /// What is to be known beside the figure.
    pub note: Option<String>,
    /// Why there are no samples.
    pub failed: Option<String>,
}

impl Record {
    pub fn new(area: &str, work: &str, peer: &str, unit: &str, sample: f64) -> Self {
        Self {
            area: area.to_owned(),
            work: work.to_owned(),
            peer: peer.to_owned(),
            unit: unit.to_owned(),
            samples: vec![sample],
            ..Self::default()
        }
    }

    pub fn failed(area: &str, work: &str, peer: &str, why: &str) -> Self {
        Self {
            samples: Vec::new(),
            failed: Some(why.to_owned()),
            ..Self::new(area, work, peer, "bytes", 0.0)
        }
    }

    pub fn median(&self) -> Option<f64> {
        quantile(&self.samples, 0.5)
    }

    /// Where the middle four fifths lie, if there is more than one sample.
    pub fn spread(&self) -> Option<(f64, f64)> {
        if self.samples.len() < 2 {
            return None;
        }
        Some((quantile(&self.samples, 0.1)?, quantile(&self.samples, 0.9)?))
    }
}

/// The median of what a peer did.
pub fn median(records: &[Record], area: &str, work: &str, peer: &str, unit: &str) -> Option<f64> {
    let is_it = |one: &&Record| {
        (&*one.area, &*one.work, &*one.peer, &*one.unit) == (area, work, peer, unit)
    };
    records.iter().find(is_it)?.median()
}

/// Linear between the two nearest samples.
pub fn quantile(samples: &[f64], share: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * (sorted.len().checked_sub(1)?) as f64;
    let below = *sorted.get(place.floor() as usize)?;
    let above = *sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

/// Where it was measured.
#[derive(Deserialize)]
pub struct Machine {
    pub processor: String,
    pub cores: u32,
    pub memory: String,
    pub system: String,
    pub date: String,
    pub versions: BTreeMap<String, String>,
}

impl Machine {
    pub fn here() -> Result<Self> {
        let mut node = shell::command("node");
        let text = shell::read(node.arg("bench/machine.mjs"), "bench/machine.mjs")?;
        serde_json::from_str(&text).context("bench/machine.mjs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_few_samples() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.9), Some(7.0));
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[1.0, 2.0], 0.5), Some(1.5));
        let tens: Vec<_> = (0..=10).map(f64::from).collect();
        assert_eq!(quantile(&tens, 0.1), Some(1.0));
        assert_eq!(quantile(&tens, 0.9), Some(9.0));
    }

    #[test]
    fn one_sample_has_no_spread() {
        let one = Record::new("call", "w", "p", "µs", 3.0);
        assert_eq!((one.median(), one.spread()), (Some(3.0), None));
        let failed = Record::failed("call", "w", "p", "why");
        assert_eq!((failed.median(), failed.spread()), (None, None));
    }
}
