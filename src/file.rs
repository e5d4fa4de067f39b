//! Files for uploads.

use crate::check::Problem;
use crate::interop::{absent, get, text};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, FormData};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ArrayBuffer, js_name = isView)]
    fn is_view(value: &JsValue) -> bool;
}

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = isA)]
    fn is_a(value: &JsValue, name: &str) -> bool;
}

/// A file to upload: bytes with a media type and a name. A [`Blob`] can be turned into one.
///
/// ```no_run
/// use kinde_edge::{File, Kinde, params::SetOrganizationLogo};
///
/// # async fn example(kinde: Kinde, png: &[u8]) -> Result<(), kinde_edge::Error> {
/// let params = SetOrganizationLogo { logo: File::new(png, "image/png", "logo.png") };
/// kinde.organizations().logos().set("org_1ccfb819462", "dark".into(), &params).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct File {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    data: JsValue,
    name: String,
    #[serde(rename = "type")]
    media_type: String,
}

impl File {
    /// A file of these bytes, which are copied into JavaScript's memory, for example
    /// `File::new(&png, "image/png", "logo.png")`. A name with control characters fails the call.
    pub fn new(bytes: &[u8], media_type: &str, name: &str) -> Self {
        File {
            data: js_sys::Uint8Array::from(bytes).into(),
            name: name.into(),
            media_type: media_type.into(),
        }
    }
}

/// An empty one, to be filled in.
impl Default for File {
    fn default() -> Self {
        File::new(&[], "application/octet-stream", "file")
    }
}

/// With the blob's own media type, and named `file`.
impl From<Blob> for File {
    fn from(blob: Blob) -> Self {
        File {
            media_type: blob.type_(),
            data: blob.into(),
            name: "file".into(),
        }
    }
}

fn is_blob(value: &JsValue) -> bool {
    is_a(value, "Blob") || is_a(value, "File")
}

fn is_bytes(value: &JsValue) -> bool {
    is_a(value, "ArrayBuffer") || is_view(value)
}

/// What `fetch` sends as it is; anything else becomes JSON.
pub(crate) fn is_body(value: &JsValue) -> bool {
    is_blob(value)
        || is_bytes(value)
        || is_stream(value)
        || is_a(value, "FormData")
        || is_a(value, "URLSearchParams")
}

/// A body that is gone once it has been sent.
pub(crate) fn is_stream(value: &JsValue) -> bool {
    is_a(value, "ReadableStream")
}

/// Adds a field to a multipart body: a scalar as it is, a file with its name and type.
pub(crate) fn append(form: &FormData, name: &str, value: &JsValue) -> Result<(), Problem> {
    if !value.is_object() {
        let text = Array::of1(value).join("");
        return Ok(form.append_with_str(name, &String::from(text))?);
    }
    let plain = is_blob(value) || is_bytes(value);
    let data = if plain {
        value.clone()
    } else {
        get(value, "data")?
    };
    if !(is_blob(&data) || is_bytes(&data)) {
        return Err(Problem::expected(
            "a Blob, a File, an ArrayBuffer, a typed array or {data, name, type}",
            value,
        ));
    }
    let own = |key: &str| -> Result<Option<String>, Problem> {
        let own = get(value, key)?;
        match text(&own) {
            Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            None if absent(&own) || is_bytes(value) => Ok(None),
            None => Err(Problem::expected("a string", &own).inside(key)),
        }
    };
    let file_name = own("name")?.unwrap_or_else(|| name.into());
    // Not every runtime escapes them in the header of the part.
    if file_name.bytes().any(|byte| byte.is_ascii_control()) {
        let what = "expected a file name without control characters";
        return Err(Problem::new(what.into()).inside("name"));
    }
    let blob = match own("type")? {
        None if is_blob(&data) => data,
        media_type => {
            let options = BlobPropertyBag::new();
            options.set_type(media_type.as_deref().unwrap_or("application/octet-stream"));
            Blob::new_with_buffer_source_sequence_and_options(&Array::of1(&data), &options)?.into()
        }
    };
    form.append_with_blob_and_filename(name, blob.unchecked_ref(), &file_name)?;
    Ok(())
}
