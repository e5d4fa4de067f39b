//! `tests/types/calls.ts`: every operation called as a method and by its id, with what is required
//! and with everything, and the type of every answer compared.

use std::fmt::Write as _;

use super::samples::{Extent, Js, Sampler};
use super::{HEADER, Names, WIDTH, accessor, result};
use crate::codegen::ir::{Api, Operation, Type};

const PREAMBLE: &str = r#"
declare const kinde: Kinde;
declare const options: RequestOptions;
declare const blob: Blob;

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Takes a value of exactly one type: `any` or a wider type asks for a second argument. */
declare function exactly<Expected>(): <Actual>(
  value: Actual,
  ...differs: Same<Actual, Expected> extends true ? [] : [never]
) => void;

/** Has to have an entry for every operation. */
export const calls: Record<OperationId, () => Promise<void>> = {
"#;

/// The whole file.
pub fn emit(api: &Api, names: &Names) -> String {
    let mut out = HEADER.to_owned();
    out += "import type { Kinde, OperationId, RequestOptions } from \"kinde-edge\";\n";
    let mut used = Vec::new();
    for ty in api.operations.iter().filter_map(|o| o.response.ty.as_ref()) {
        named_types(ty, names, &mut used);
    }
    if !used.is_empty() {
        used.sort_unstable();
        used.dedup();
        let _ = writeln!(
            out,
            "import type {{\n  {},\n}} from \"kinde-edge\";",
            used.join(",\n  ")
        );
    }
    out += PREAMBLE;
    for operation in &api.operations {
        calls(&mut out, api, operation, names);
    }
    out += "};\n";
    out
}

fn named_types<'a>(ty: &Type, names: &'a Names<'_>, used: &mut Vec<&'a str>) {
    match ty {
        Type::Named(name) => used.push(names.named(name)),
        Type::Array(inner) | Type::Map(inner) => named_types(inner, names, used),
        _ => {}
    }
}

fn calls(out: &mut String, api: &Api, operation: &Operation, names: &Names) {
    let expected = format!("    exactly<{}>()(\n", result(operation, names));
    let _ = writeln!(out, "  {}: async () => {{", super::property(&operation.id));
    for extent in [Extent::Least, Extent::Most] {
        let sampler = Sampler::new(api, extent);
        let params = sampler.params(operation);
        let path: Vec<(String, Js)> = operation
            .arguments()
            .map(|f| (f.name.clone(), sampler.path_value(f)))
            .collect();

        let mut given: Vec<Js> = path.iter().map(|(_, value)| value.clone()).collect();
        let mut named = path;
        if operation.has_params() && (extent == Extent::Most || !operation.params_optional()) {
            given.push(Js::Object(params.clone()));
        }
        for (key, value) in params {
            if !named.iter().any(|(known, _)| *known == key) {
                named.push((key, value));
            }
        }
        let mut by_id = vec![Js::Raw(super::samples::string(&operation.id))];
        if extent == Extent::Most || !named.is_empty() {
            by_id.push(Js::Object(named));
        }
        if extent == Extent::Most {
            given.push(Js::Raw("options".to_owned()));
            by_id.push(Js::Raw("options".to_owned()));
        }
        for (callee, arguments) in [
            (accessor(operation), given),
            ("kinde.call".to_owned(), by_id),
        ] {
            out.push_str(&expected);
            let _ = writeln!(
                out,
                "      await {callee}({}),\n    );",
                list(&callee, &arguments)
            );
        }
    }
    out.push_str("  },\n");
}

/// Arguments in one line, or each on its own.
fn list(callee: &str, arguments: &[Js]) -> String {
    let line = arguments
        .iter()
        .map(Js::line)
        .collect::<Vec<_>>()
        .join(", ");
    if callee.len() + line.len() + 16 <= WIDTH {
        return line;
    }
    let lines = arguments
        .iter()
        .map(|value| format!("\n        {},", value.fold(8, 9)));
    lines.collect::<String>() + "\n      "
}
