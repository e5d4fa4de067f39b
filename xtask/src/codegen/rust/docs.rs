//! CommonMark of the document as rustdoc.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::codegen::ir::Field;

/// `#[doc]` attributes, a line each, with an empty line between parts.
pub fn docs<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> TokenStream {
    let mut out = TokenStream::new();
    for part in parts {
        if part.as_ref().is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.extend(quote!(#[doc = ""]));
        }
        for line in part.as_ref().lines() {
            let line = if line.is_empty() {
                String::new()
            } else {
                format!(" {line}")
            };
            out.extend(quote!(#[doc = #line]));
        }
    }
    out
}

/// The documentation of a field: what it is, then what the document says of its values.
pub fn field(field: &Field, fallback: &str) -> Vec<String> {
    let text = field
        .description
        .as_deref()
        .map(markdown)
        .unwrap_or_default();
    let mut notes = Vec::new();
    if field.deprecated {
        notes.push("**Deprecated.**".to_owned());
    }
    if !field.words.is_empty() {
        notes.push(format!("Values: `{}`.", field.words.join("`, `")));
    }
    for (label, value) in [("Default", &field.default), ("Example", &field.example)] {
        notes.extend(
            value
                .as_ref()
                .and_then(inline)
                .map(|value| format!("{label}: {value}.")),
        );
    }
    let text = if text.is_empty() {
        fallback.to_owned()
    } else {
        text
    };
    vec![text, notes.join(" ")]
}

/// A value as inline code, if it is a short one.
fn inline(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    let fits = !text.trim().is_empty() && text.len() <= 80 && !text.contains(['`', '\n']);
    fits.then(|| format!("`{text}`"))
}

/// CommonMark in which rustdoc sees the same text and nothing of its own: no HTML, no links to
/// items, no code that it would compile as a test.
pub fn markdown(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut fenced = false;
    let mut list: Option<usize> = None;
    for line in text.lines() {
        let line = line.trim_end().replace('\t', "    ");
        let bare = line.trim_start();
        if bare.starts_with("```") {
            fenced = !fenced;
            out.push(if fenced && bare == "```" {
                "```text".to_owned()
            } else {
                rust_free(bare)
            });
            continue;
        }
        if fenced {
            out.push(line);
            continue;
        }
        let bare = bare
            .trim_start_matches("<div>")
            .trim_end_matches("</div>")
            .trim();
        if bare.is_empty() {
            if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
            list = None;
            continue;
        }
        // Four spaces would be a block of code.
        let depth = (line.len() - line.trim_start().len()).min(2);
        let indent = match marker(bare) {
            Some(width) => {
                // A list behind a paragraph needs a line between.
                let nested = list.is_some() && depth > 0;
                if list.is_none() && out.last().is_some_and(|last| !last.is_empty()) {
                    out.push(String::new());
                }
                let indent = if nested { 2 } else { 0 };
                list = Some(indent + width);
                indent
            }
            None => list.unwrap_or(0),
        };
        out.push(" ".repeat(indent) + &spans(bare));
    }
    if fenced {
        out.push("```".to_owned());
    }
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    out.join("\n").trim_start_matches('\n').to_owned()
}

/// A fence that does not say its language is Rust is none to rustdoc.
fn rust_free(fence: &str) -> String {
    let language = fence.trim_start_matches('`').trim();
    let rust = [
        "rust",
        "rs",
        "should_panic",
        "no_run",
        "ignore",
        "compile_fail",
    ];
    if rust.iter().any(|word| language.starts_with(word)) {
        "```text".to_owned()
    } else {
        fence.to_owned()
    }
}

/// The width of the marker of a list item: 2 for `- `, 3 for `1. `.
fn marker(line: &str) -> Option<usize> {
    if line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ") {
        return Some(2);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let number = (1..4).contains(&digits) && line[digits..].starts_with(". ");
    number.then_some(digits + 2)
}

/// The text of a line: code and links stay, brackets and HTML are escaped, addresses are links.
fn spans(line: &str) -> String {
    let line = line.replace("<code>", "`").replace("</code>", "`");
    let mut out = String::new();
    let mut rest = line.as_str();
    while let Some(first) = rest.chars().next() {
        let (taken, written) = if first == '`' {
            match rest[1..].find('`') {
                Some(end) => (end + 2, rest[..end + 2].to_owned()),
                None => (1, "\\`".to_owned()),
            }
        } else if let Some(link) = link(rest) {
            (link, rest[..link].to_owned())
        } else if rest.starts_with("https://") || rest.starts_with("http://") {
            let end = rest.find(|c: char| c.is_whitespace() || "<>`\"')]}|".contains(c));
            let url = rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', ',', ';', ':']);
            (url.len(), format!("<{url}>"))
        } else if matches!(first, '[' | ']' | '<' | '>' | '\\') && !(first == '>' && out.is_empty())
        {
            (1, format!("\\{first}"))
        } else {
            (first.len_utf8(), first.to_string())
        };
        out.push_str(&written);
        rest = &rest[taken..];
    }
    out
}

/// The length of a link with an absolute address at the start: `[text](https://…)` or `<https://…>`.
fn link(text: &str) -> Option<usize> {
    if text.starts_with("<http://") || text.starts_with("<https://") {
        return text.find('>').map(|end| end + 1);
    }
    let label = text.strip_prefix('[')?.find(']')? + 1;
    let target = text[label + 1..].strip_prefix('(')?;
    let end = target.find(')')?;
    let absolute = target.starts_with("http://") || target.starts_with("https://");
    (absolute && !text[1..label].contains('[')).then_some(label + 2 + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays() {
        assert_eq!(
            markdown("Get *all* the `users[]`.\n\n\nTwice.\n"),
            "Get *all* the `users[]`.\n\nTwice."
        );
    }

    #[test]
    fn nothing_looks_like_an_item_or_html() {
        assert_eq!(
            markdown("see [users] or <b>x</b>"),
            "see \\[users\\] or \\<b\\>x\\</b\\>"
        );
        assert_eq!(
            markdown("<div>\n  <code>read:users</code>\n</div>"),
            "`read:users`"
        );
        assert_eq!(markdown("an odd ` one"), "an odd \\` one");
    }

    #[test]
    fn addresses_are_links() {
        assert_eq!(
            markdown("See https://kinde.com/docs."),
            "See <https://kinde.com/docs>."
        );
        assert_eq!(
            markdown("See [docs](https://kinde.com), [here](#local), <https://a.b>."),
            "See [docs](https://kinde.com), \\[here\\](#local), <https://a.b>."
        );
    }

    #[test]
    fn code_is_no_test() {
        assert_eq!(markdown("```\nlet x;\n```"), "```text\nlet x;\n```");
        assert_eq!(markdown("```rust\nlet x;"), "```text\nlet x;\n```");
        assert_eq!(markdown("```json\n{}\n```"), "```json\n{}\n```");
        assert_eq!(markdown("      indented"), "indented");
    }

    #[test]
    fn lists_are_lists() {
        assert_eq!(
            markdown("One of:\n* `a` first\n  and more\n* b\n    - deep\n1. n\n\nEnd"),
            "One of:\n\n* `a` first\n  and more\n* b\n  - deep\n1. n\n\nEnd"
        );
    }
}
