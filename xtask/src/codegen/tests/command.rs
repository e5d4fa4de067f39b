//! `cargo xtask codegen` with its options.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::{Args, run as command};
use super::{NO_CONTENT, document};

/// A folder of its own for a test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("codegen-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn args(out: &Path) -> Args {
    Args {
        check: false,
        spec: None,
        overlay: None,
        out: Some(out.to_owned()),
    }
}

#[test]
fn check_names_the_files_that_differ() {
    let folder = Folder::new("check");
    let check = || Args {
        check: true,
        ..args(&folder.0)
    };
    let missing = command(&check()).expect_err("nothing is there").to_string();
    assert!(missing.contains("src/generated/operations.rs"), "{missing}");

    command(&args(&folder.0)).expect("writes");
    command(&check()).expect("what was written is what is generated");

    let guide = folder.0.join("pkg/api.md");
    fs::write(&guide, "changed\n").expect("a file");
    let error = command(&check()).expect_err("a file differs").to_string();
    assert!(
        error.contains("pkg/api.md") && !error.contains("operations"),
        "{error}"
    );
    assert_eq!(
        fs::read_to_string(&guide).expect("a file"),
        "changed\n",
        "nothing is written"
    );
}

#[test]
fn another_document_goes_with_the_overlay_of_this_one() {
    let folder = Folder::new("spec");
    let text = document(&format!(
        "paths:\n  /api/v1/apis: {{ get: {{ operationId: getAPIs, {NO_CONTENT} }} }}\n"
    ));
    let spec = folder.file("other.yaml", &text);
    let spec = || Some(spec.clone());
    command(&Args {
        spec: spec(),
        ..args(&folder.0)
    })
    .expect("writes");
    let table = fs::read_to_string(folder.0.join("src/generated/operations.rs")).expect("a table");
    assert!(
        table.contains("\"apis.list getAPIs GET /api/v1/apis\""),
        "{table}"
    );
    // what is written by hand needs the operations beside it, as they are in the project's
    let lines = table.lines().filter(|line| line.contains(" = \"")).count();
    for line in [
        "\"oauth.introspect tokenIntrospection POST /oauth2/introspect  @F{token!",
        "\"webhooks.delete DeleteWebHook DELETE /api/v1/webhooks/{webhook_id} ",
    ] {
        assert!(table.contains(line), "{line} in {table}");
    }
    assert_eq!(lines, 1 + 3 + 7, "{table}");

    let overlay = Some(folder.file("overlay.yaml", "operations: { gone: { call: a.b } }"));
    command(&Args {
        spec: spec(),
        overlay,
        ..args(&folder.0)
    })
    .expect("what an overlay says of other documents is passed over");
    let table = fs::read_to_string(folder.0.join("src/generated/operations.rs")).expect("a table");
    assert!(
        table.contains("\"apis.list getAPIs GET /api/v1/apis\""),
        "by default too: {table}"
    );
}

/// Public documents differ from the project's in the ids of some operations.
#[test]
fn an_operation_under_another_id_is_known_by_its_path() {
    let folder = Folder::new("renamed");
    let parameters = ["a", "b", "c"].map(|name| {
        format!("{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}")
    });
    let text = document(&format!(
        "paths:
  /api/v1/apis/{{a}}/applications/{{b}}/scopes/{{c}}:
    delete: {{ operationId: deleteAPIApplicationScope, parameters: [{}], {NO_CONTENT} }}
",
        parameters.join(", ")
    ));
    command(&Args {
        spec: Some(folder.file("other.yaml", &text)),
        ..args(&folder.0)
    })
    .expect("writes");
    let table = fs::read_to_string(folder.0.join("src/generated/operations.rs")).expect("a table");
    assert!(
        table.contains(
            "\"apis.applications.scopes.remove deleteAPIApplicationScope DELETE /api/v1/apis/{a}/"
        ),
        "{table}"
    );
}

#[test]
fn a_document_that_cannot_be_read_is_named() {
    let folder = Folder::new("broken");
    let spec = folder.file("broken.yaml", "openapi: [");
    let error = command(&Args {
        spec: Some(spec),
        ..args(&folder.0)
    })
    .expect_err("broken");
    assert!(format!("{error:#}").contains("broken.yaml"), "{error:#}");
    let spec = Some(folder.0.join("missing.yaml"));
    let error = command(&Args {
        spec,
        ..args(&folder.0)
    })
    .expect_err("missing");
    assert!(format!("{error:#}").contains("missing.yaml"), "{error:#}");
}
