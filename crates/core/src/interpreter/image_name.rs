//! What may be the name of an image.

use crate::model::{Fault, RunError};

/// That an engine would take this for the name of an image.
///
/// # Errors
///
/// It would not.
pub fn require_image_name(name: &str) -> Result<(), RunError> {
    if is_reference(name) {
        return Ok(());
    }
    let message = format!("`{name}` is not the name of an image");
    let error = RunError::new(Fault::Configuration, message);
    Err(error.help("write it as [registry/]name[:tag], in lower case"))
}

/// Whether an engine would take this for the name of an image.
fn is_reference(text: &str) -> bool {
    let fits = |part: &str, more: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, it)| (name, Some(it)));
    let (path, last) = name.rsplit_once('/').map_or(("", name), |(path, last)| (path, last));
    let (last, tag) = last.split_once(':').map_or((last, None), |(last, tag)| (last, Some(tag)));
    let (host, path) = match path.split_once('/').unwrap_or((path, "")) {
        (host, rest) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
        _ => ("", path),
    };
    let folders = path.split('/').filter(|_| !path.is_empty());
    let is_lower = |part: &str| !part.contains(|c: char| c.is_ascii_uppercase());
    (host.is_empty() || fits(host, ".-:[]"))
        && folders.chain([last]).all(|part| fits(part, "._-") && is_lower(part))
        && tag.is_none_or(|tag| fits(tag, "._-"))
        && digest.is_none_or(|digest| fits(digest, ":+._-"))
}
