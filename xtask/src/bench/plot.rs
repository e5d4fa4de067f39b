//! A picture of the figures that matter most: bars, light or dark as the page is.

use std::fmt::Write;

use super::record::{OURS, Record};
use super::report::number;

/// Title, area, work, unit.
const PANELS: [(&str, &str, &str, &str); 4] = [
    (
        "A Worker loads, KB gzip",
        "size",
        "all of it, gzip",
        "bytes",
    ),
    (
        "New isolate to first request, ms",
        "cold",
        "new isolate in workerd",
        "ms",
    ),
    ("Small GET, CPU µs", "call", "small GET", "µs"),
    (
        "Page of 100 users, CPU µs",
        "call",
        "page of 100 users, 34 KB",
        "µs",
    ),
];

const STYLE: &str = "text{font:12px -apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#57606a}\
    .title{font-weight:600;font-size:13px;fill:#1f2328}.value{font-variant-numeric:tabular-nums}\
    .peer{fill:#afb8c1}.ours{fill:#0969da}text.ours{font-weight:600}\
    @media(prefers-color-scheme:dark){text{fill:#9198a1}.title{fill:#f0f6fc}.peer{fill:#3d444d}.ours{fill:#4493f8}}";

const WIDTH: f64 = 860.0;
const COLUMN: f64 = 430.0;
const ROW: f64 = 20.0;
const HEAD: f64 = 30.0;
const NAME: f64 = 172.0;
/// What is left of a column for the longest bar: the name before it, the figure behind it.
const LONGEST: f64 = COLUMN - NAME - 82.0;

/// The plot; panels that nothing was measured for are left out.
pub fn svg(records: &[Record]) -> String {
    let panels: Vec<_> = PANELS
        .iter()
        .map(|&(title, area, work, unit)| (title, rows(records, area, work, unit)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    let mut body = String::new();
    let mut top = 0.0;
    for pair in panels.chunks(2) {
        let most = pair.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
        for (place, (title, rows)) in pair.iter().enumerate() {
            body.push_str(&panel(title, rows, COLUMN * place as f64, top));
        }
        top += HEAD + ROW * most as f64 + 22.0;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {top}\" width=\"{WIDTH}\" height=\"{top}\" \
         role=\"img\"><title>kinde-edge beside its peers; less is better</title><style>{STYLE}</style>\n{body}</svg>\n"
    )
}

/// Names and medians, the least first.
fn rows<'a>(records: &'a [Record], area: &str, work: &str, unit: &str) -> Vec<(&'a str, f64)> {
    let is_it = |one: &&Record| (&*one.area, &*one.work, &*one.unit) == (area, work, unit);
    let scale = if unit == "bytes" { 1000.0 } else { 1.0 };
    let mut rows: Vec<_> = records
        .iter()
        .filter(is_it)
        .filter_map(|one| Some((&*one.peer, one.median()? / scale)))
        .collect();
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    rows
}

fn panel(title: &str, rows: &[(&str, f64)], left: f64, top: f64) -> String {
    let mut text = String::new();
    let most = rows
        .iter()
        .map(|row| row.1)
        .fold(f64::MIN_POSITIVE, f64::max);
    let _ = writeln!(
        text,
        "<text class=\"title\" x=\"{left}\" y=\"{}\">{title}</text>",
        top + 16.0
    );
    for (place, (name, value)) in rows.iter().enumerate() {
        let y = top + HEAD + ROW * place as f64;
        let class = if *name == OURS { "ours" } else { "peer" };
        // The scope says little and takes much room.
        let short = name
            .rsplit('/')
            .next()
            .filter(|short| *short != "node")
            .unwrap_or(name);
        let (bar, line) = (left + NAME, y + 11.0);
        let long = (LONGEST * value / most).max(1.5);
        let _ = writeln!(
            text,
            "<text class=\"{}\" x=\"{:.1}\" y=\"{line}\" text-anchor=\"end\">{short}</text>\
             <rect class=\"{class}\" x=\"{bar}\" y=\"{y}\" width=\"{long:.1}\" height=\"14\" rx=\"2\"/>\
             <text class=\"value\" x=\"{:.1}\" y=\"{line}\">{}</text>",
            if class == "ours" { "ours" } else { "name" },
            bar - 8.0,
            bar + long + 6.0,
            number(*value)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_what_they_stand_for() {
        let size = |peer, bytes| Record::new("size", "all of it, gzip", peer, "bytes", bytes);
        let plot = svg(&[size("a", 40_000.0), size(OURS, 20_000.0)]);
        assert!(plot.contains(&format!("width=\"{LONGEST:.1}\"")));
        assert!(plot.contains(&format!("class=\"ours\" x=\"{NAME}\"")));
        assert!(plot.contains(&format!("width=\"{:.1}\"", LONGEST / 2.0)));
        // The least first.
        assert!(plot.find(">kinde-edge<") < plot.find(">a<"));
        assert_eq!(plot.matches("class=\"title\"").count(), 1);
    }
}
