//! What holds for every operation and whatever a caller gives.

use proptest::prelude::*;

use crate::core::plan::{Args, Body, plan};
use crate::core::value::Value;
use crate::operation::Operation;
use crate::operations::TABLE;

fn operations() -> Vec<Operation> {
    TABLE.lines().map(Operation::new).collect()
}

/// Anything a driver may write down.
fn written() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("#u".to_owned()),
        Just("#n".to_owned()),
        Just("#f".to_owned()),
        Just("#b".to_owned()),
        Just("#t0".to_owned()),
        Just("#x0".to_owned()),
        Just("#o\"Map\"".to_owned()),
        Just("#d".to_owned()),
        Just("null".to_owned()),
        Just("\"\\ud83d\"".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i32>().prop_map(|value| value.to_string()),
        any::<f32>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(|value| value.to_string()),
        "\\PC{0,8}".prop_map(|text| quoted(&text)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec(("[a-z_]{1,6}|\\PC{0,4}", inner), 0..4).prop_map(|all| {
                let members: Vec<_> = all
                    .iter()
                    .map(|(key, value)| format!("{}:{value}", quoted(key)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Params that name fields of the operation, with values of any kind.
fn params(operation: Operation) -> BoxedStrategy<String> {
    let line = format!("{operation:?} {}", operation.name());
    let names: Vec<String> = TABLE
        .lines()
        .find(|candidate| candidate.split(' ').nth(1) == Some(operation.id()))
        .unwrap_or(&line)
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
        .collect();
    prop::collection::vec((prop::sample::select(names), written()), 0..6)
        .prop_map(|all| {
            let mut seen = std::collections::BTreeMap::new();
            seen.extend(all);
            let members: Vec<_> = seen
                .iter()
                .map(|(key, value)| format!("{}:{value}", quoted(key)))
                .collect();
            format!("{{{}}}", members.join(","))
        })
        .boxed()
}

fn calls() -> impl Strategy<Value = (Operation, String)> {
    prop::sample::select(operations()).prop_flat_map(|operation| {
        let paths = operation.arguments() as usize;
        (
            prop::collection::vec(
                prop_oneof![3 => "\\PC{1,8}".prop_map(|text| quoted(&text)), 1 => written()],
                paths,
            ),
            prop_oneof![4 => params(operation), 1 => written()],
        )
            .prop_map(move |(path, params)| {
                let args: Vec<_> = path.into_iter().chain([params]).collect();
                (operation, format!("[{}]", args.join(",")))
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    /// Whatever is given, a plan stays on its path, and its target is one that a URL parser leaves alone.
    #[test]
    fn a_plan_stays_where_the_operation_is((operation, args) in calls()) {
        let Ok(plan) = plan(operation, Args::Positional(Value::new(args.as_bytes()))) else {
            return Ok(());
        };
        let (path, query) = plan.target.split_once('?').unwrap_or((&plan.target, ""));
        let template: Vec<_> = operation.path().split('/').collect();
        let segments: Vec<_> = path.split('/').collect();
        prop_assert_eq!(segments.len(), template.len());
        for (segment, fixed) in segments.iter().zip(template) {
            let is_value = fixed.starts_with('{');
            prop_assert!(is_value || *segment == fixed);
            prop_assert!(*segment != "." && *segment != "..");
        }
        prop_assert!(plan.target.bytes().all(|byte| byte.is_ascii_graphic()), "{}", plan.target);
        let is_quiet = !query.contains(['?', '#', '/', ' ']);
        prop_assert!(is_quiet, "{query}");
        if let Body::Json(json) = plan.body {
            prop_assert!(!Value::new(json.as_bytes()).raw().is_empty());
        }
    }

    /// Any bytes at all are read without a panic.
    #[test]
    fn any_bytes_are_read(operation in prop::sample::select(operations()), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let value = Value::new(&bytes);
        let _ = plan(operation, Args::Positional(value));
        let _ = plan(operation, Args::Named(value));
        let _ = value.describe();
    }
}
