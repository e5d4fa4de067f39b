//! TSDoc comments.

use std::fmt::Write as _;

use super::{Names, WIDTH, accessor, samples};
use crate::codegen::ir::{Field, Operation};

/// What stands in a comment: paragraphs, then tags.
#[derive(Default)]
pub struct Doc {
    paragraphs: Vec<String>,
    tags: Vec<String>,
}

impl Doc {
    /// An empty comment, which is not written at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// The documentation of a property or a parameter.
    pub fn of_field(field: &Field) -> Self {
        let mut doc = Self::new().text(field.description.as_deref());
        if let Some(default) = &field.default {
            doc.tags.push(format!("@default {default}"));
        }
        if let Some(example) = &field.example {
            doc.tags.push(format!("@example {example}"));
        }
        doc.deprecated(field.deprecated)
    }

    /// The documentation of a method, whose values in front of the params are called `arguments`.
    pub fn of_operation(operation: &Operation, arguments: &[String], names: &Names) -> Self {
        let mut doc = Self::new()
            .text(operation.summary.as_deref())
            .text(
                operation
                    .description
                    .as_deref()
                    .filter(|_| !repeats_summary(operation)),
            )
            .text(Some(&format!("{}{}", http(operation), operation.retried())));
        for (field, argument) in operation.arguments().zip(arguments) {
            if let Some(description) = &field.description {
                doc.tags
                    .push(format!("@param {argument} - {}", one_line(description)));
            }
        }
        if operation.has_params() {
            doc.tags
                .push(format!("@param params - {}", params(operation)));
        }
        doc.tags
            .push("@param options - Signal, timeout and headers of this call".to_owned());
        doc.tags.extend(returns(operation));
        doc.tags.extend(throws(operation));
        doc = doc.deprecated(operation.deprecated);
        let example = samples::example(operation, arguments, names);
        doc.tags.push(format!("@example\n```ts\n{example}\n```"));
        doc
    }

    /// The documentation of an operation id.
    pub fn of_operation_id(operation: &Operation) -> Self {
        Self::new()
            .text(operation.summary.as_deref())
            .text(Some(&format!(
                "{}: `{}`",
                http(operation),
                accessor(operation)
            )))
            .deprecated(operation.deprecated)
    }

    /// Add text as the document has it, if it has any.
    pub fn text(mut self, text: Option<&str>) -> Self {
        self.paragraphs
            .extend(text.map(str::trim).filter(|t| !t.is_empty()).map(paragraph));
        self
    }

    fn deprecated(mut self, deprecated: bool) -> Self {
        if deprecated {
            self.tags.push("@deprecated".to_owned());
        }
        self
    }

    /// Write the comment, `indent` spaces in.
    pub fn write(&self, out: &mut String, indent: usize) {
        let margin = " ".repeat(indent);
        let room = WIDTH.saturating_sub(indent + 3);
        let mut lines: Vec<String> = Vec::new();
        for paragraph in &self.paragraphs {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(fold(paragraph, room));
        }
        if !lines.is_empty() && !self.tags.is_empty() {
            lines.push(String::new());
        }
        lines.extend(
            self.tags
                .iter()
                .flat_map(|tag| tag.lines())
                .map(str::to_owned),
        );
        for line in &mut lines {
            *line = line.replace("*/", "*\\/");
        }
        match lines.as_slice() {
            [] => {}
            [line] if line.len() + 4 <= room => {
                let _ = writeln!(out, "{margin}/** {line} */");
            }
            lines => {
                let _ = writeln!(out, "{margin}/**");
                for line in lines {
                    let _ = writeln!(out, "{}", format!("{margin} * {line}").trim_end());
                }
                let _ = writeln!(out, "{margin} */");
            }
        }
    }
}

/// `GET /api/v1/users`, scope `read:users`
fn http(operation: &Operation) -> String {
    let call = format!("`{} {}`", operation.method, operation.path);
    match &operation.scope {
        Some(scope) => format!("{call}, scope `{scope}`"),
        None => call,
    }
}

/// What the document says of a success.
fn returns(operation: &Operation) -> Option<String> {
    let mut successes = operation.responses.iter();
    let (_, text, _) = successes.find(|(status, ..)| status.starts_with('2'))?;
    Some(one_line(text))
        .filter(|text| !text.is_empty())
        .map(|text| format!("@returns {text}"))
}

/// The errors that the document foresees, by their codes.
fn throws(operation: &Operation) -> Option<String> {
    let mut codes: Vec<String> = Vec::new();
    for (status, ..) in &operation.responses {
        let code = match status.as_str() {
            "401" => "authentication",
            "403" => "permission_denied",
            "404" => "not_found",
            "429" => "rate_limited",
            status if status.starts_with(['4', '5']) => "api",
            _ => continue,
        };
        let text = format!("`{code}` ({status})");
        if !codes.contains(&text) {
            codes.push(text);
        }
    }
    (!codes.is_empty()).then(|| format!("@throws KindeError: {}, among others", codes.join(", ")))
}

fn repeats_summary(operation: &Operation) -> bool {
    let plain = |text: &Option<String>| {
        text.as_deref()
            .unwrap_or_default()
            .trim()
            .trim_end_matches('.')
            .to_lowercase()
    };
    plain(&operation.summary) == plain(&operation.description)
}

fn params(operation: &Operation) -> String {
    let names = |fields: Vec<&Field>| {
        let names = fields.iter().map(|field| match field.required {
            true => format!("`{}`", field.name),
            false => format!("`{}?`", field.name),
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let mut places = Vec::new();
    let mut place = |what: &str, fields: Vec<&Field>| {
        if !fields.is_empty() {
            places.push(format!("{what}: {}", names(fields)));
        }
    };
    place("query", operation.named_query().collect());
    place("headers", operation.headers.iter().collect());
    place("body", operation.named_fields().collect());
    if operation
        .body
        .as_ref()
        .is_some_and(|body| body.whole().is_some())
    {
        places.push("the whole `body`".to_owned());
    }
    if places.is_empty() {
        places.push("nothing that is known".to_owned());
    }
    places.join("; ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text in which no line is taken for a tag.
fn paragraph(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let content = line.trim_start();
        let margin = &line[..line.len() - content.len()];
        let escape = if content.starts_with('@') { "\\" } else { "" };
        lines.push(format!("{margin}{escape}{}", content.trim_end()));
    }
    lines.join("\n")
}

/// Fold what is longer than `room`; code and tables stay as they are.
fn fold(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut code = false;
    for line in text.lines() {
        let content = line.trim_start();
        code ^= content.starts_with("```");
        if code || content.starts_with('|') || line.chars().count() <= room {
            lines.push(line.to_owned());
            continue;
        }
        let list_item = if content.starts_with("- ") || content.starts_with("* ") {
            2
        } else {
            0
        };
        let margin = " ".repeat(line.len() - content.len() + list_item);
        let mut current = line[..line.len() - content.len()].to_owned();
        let mut empty = true;
        for word in content.split(' ') {
            let fits = current.chars().count() + 1 + word.chars().count() <= room;
            if !empty && !fits && starts_plainly(word) {
                lines.push(std::mem::replace(&mut current, margin.clone()));
                empty = true;
            }
            if !empty {
                current.push(' ');
            }
            current += word;
            empty = false;
        }
        lines.push(current);
    }
    lines
}

/// Whether a line may begin with the word and is neither a tag nor Markdown of its own.
fn starts_plainly(word: &str) -> bool {
    let number = word.trim_start_matches(|c: char| c.is_ascii_digit());
    word.starts_with(|c: char| {
        c.is_alphanumeric() || matches!(c, '(' | '[' | '`' | '"' | '\'' | '/')
    }) && !(number.len() < word.len() && number.starts_with(['.', ')']))
}
