//! What of the suites is to run: all of them, those that are named, or one file or test of one.
//!
//! ```text
//! cargo xtask test                        all suites but those that only a release needs
//! cargo xtask test --all                  those too
//! cargo xtask test node worker            two suites
//! cargo xtask test node retries           one file: tests/suites/retries.mjs in Node
//! cargo xtask test node retries "503"     its tests with 503 in their name
//! cargo xtask test readme/examples        one file that is called like a suite
//! cargo xtask test native lease           the Rust tests with lease in their path
//! ```

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Kind, Suite, suites, test_files, test_name};

/// The chosen suites, and what of the only one is to run.
pub struct Choice {
    pub suites: Vec<&'static Suite>,
    pub part: Option<Part>,
}

/// A part of a suite.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// The test files, for a suite that has some.
    pub files: Vec<PathBuf>,
    /// What the names of the tests contain (for Node a regular expression); empty: all of them.
    pub name: String,
}

impl Choice {
    /// `all` is whether no words mean the suites of a release too.
    pub fn of(words: &[String], all: bool) -> Result<Self> {
        if words.is_empty() {
            let more: &[Suite] = if all { suites::RELEASE } else { &[] };
            return Ok(Self {
                suites: suites::ALWAYS.iter().chain(more).collect(),
                part: None,
            });
        }
        if let [first, others @ ..] = words
            && let Some((suite, file)) = first.split_once('/')
            && let Some(suite) = find(suite)
        {
            let words: Vec<_> = [file.to_owned()]
                .into_iter()
                .chain(others.to_vec())
                .collect();
            return Ok(Self {
                suites: vec![suite],
                part: Some(part(suite, &words)?),
            });
        }
        let mut chosen: Vec<&'static Suite> = Vec::new();
        let mut rest = words;
        while let [word, others @ ..] = rest {
            let Some(suite) = find(word) else { break };
            chosen.push(suite);
            rest = others;
        }
        let part = match (chosen.as_slice(), rest) {
            (_, []) => None,
            ([suite], _) => Some(part(suite, rest)?),
            (_, [word, ..]) => bail!("there is no suite {word}: see cargo xtask test --list"),
        };
        Ok(Self {
            suites: chosen,
            part,
        })
    }
}

fn find(word: &str) -> Option<&'static Suite> {
    let mut all = suites::ALWAYS.iter().chain(suites::RELEASE);
    all.find(|suite| suite.name == word)
}

fn part(suite: &Suite, words: &[String]) -> Result<Part> {
    let [first, others @ ..] = words else {
        bail!("no part of {} is named", suite.name);
    };
    match suite.kind {
        Kind::Whole => bail!("{} runs as a whole: {first} cannot be chosen", suite.name),
        Kind::Rust => Ok(Part {
            files: Vec::new(),
            name: words.join(" "),
        }),
        Kind::Files(_) | Kind::Runtime(_) => {
            let all = match suite.kind {
                Kind::Runtime(runtime) => runtime.files()?,
                Kind::Files(folder) => test_files(&Path::new("tests").join(folder), |_| true)?,
                _ => Vec::new(),
            };
            // A suite of tests/suites may have more in one runtime, in a file that is called the same.
            let mut files = all.clone();
            files.retain(|file| test_name(file) == Some(first));
            match (files.is_empty(), others) {
                (false, _) => Ok(Part {
                    files,
                    name: others.join(" "),
                }),
                (true, []) => Ok(Part {
                    files: all,
                    name: first.clone(),
                }),
                (true, _) => {
                    let names: Vec<_> = all.iter().filter_map(|file| test_name(file)).collect();
                    Err(anyhow::anyhow!("it has {}", names.join(", ")))
                        .with_context(|| format!("the suite {} has no file {first}", suite.name))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(words: &[&str]) -> Result<Choice> {
        let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
        Choice::of(&words, false)
    }

    fn names(choice: &Choice) -> Vec<&'static str> {
        choice.suites.iter().map(|suite| suite.name).collect()
    }

    #[test]
    fn without_words_all_suites_run_whole() {
        let always = choice(&[]).unwrap();
        assert_eq!(always.suites.len(), suites::ALWAYS.len());
        assert_eq!(always.part, None);
        let all = Choice::of(&[], true).unwrap();
        assert_eq!(
            all.suites.len(),
            suites::ALWAYS.len() + suites::RELEASE.len()
        );
    }

    #[test]
    fn suites_of_a_release_are_found_by_name() {
        assert_eq!(names(&choice(&["firefox"]).unwrap()), ["firefox"]);
    }

    #[test]
    fn suites_that_are_named_run_whole() {
        let two = choice(&["fmt", "node"]).unwrap();
        assert_eq!(names(&two), ["fmt", "node"]);
        assert_eq!(two.part, None);
    }

    #[test]
    fn a_file_behind_its_suite_is_the_only_one() {
        let one = choice(&["node", "retries", "503"]).unwrap();
        assert_eq!(names(&one), ["node"]);
        let part = one.part.unwrap();
        assert!(part.files[0].ends_with("tests/suites/retries.mjs"));
        assert_eq!((part.files.len(), part.name.as_str()), (1, "503"));
    }

    #[test]
    fn what_one_runtime_has_more_of_a_suite_runs_with_it() {
        let count = |words| choice(words).unwrap().part.unwrap().files.len();
        assert_eq!(count(&["worker", "stores"]), 2);
        assert_eq!(count(&["browser", "stores"]), 1);
    }

    #[test]
    fn a_file_that_is_called_like_a_suite_is_named_with_its_own() {
        let one = choice(&["readme/examples", "sh 1"]).unwrap();
        assert_eq!(names(&one), ["readme"]);
        let part = one.part.unwrap();
        assert!(part.files[0].ends_with("tests/readme/examples.test.mjs"));
        assert_eq!(part.name, "sh 1");
    }

    #[test]
    fn a_word_that_is_no_file_is_looked_for_in_the_names_of_all() {
        let part = choice(&["node", "no such file"]).unwrap().part.unwrap();
        assert!(part.files.len() > 10);
        assert_eq!(part.name, "no such file");
    }

    #[test]
    fn rust_tests_are_chosen_by_their_path() {
        let part = choice(&["native", "queue"]).unwrap().part.unwrap();
        assert_eq!((part.files.len(), part.name.as_str()), (0, "queue"));
    }

    #[test]
    fn what_cannot_be_chosen_is_an_error_that_says_what_can() {
        let message = |words: &[&str]| format!("{:#}", choice(words).err().unwrap());
        assert!(message(&["nodes"]).contains("no suite nodes: see cargo xtask test --list"));
        assert!(message(&["fmt", "retries"]).contains("fmt runs as a whole"));
        assert!(message(&["node", "retry", "503"]).contains("retries"));
        assert!(message(&["node", "worker", "retries"]).contains("no suite retries"));
    }
}
