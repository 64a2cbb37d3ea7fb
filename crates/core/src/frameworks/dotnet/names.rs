//! What .NET calls tests: `Namespace.Outer+Inner.Method`.

/// The class, with its namespace, of these names.
pub(super) fn class(names: &[String]) -> String {
    names.join("+")
}

/// The names of a class.
pub(super) fn of_class(class: &str) -> Vec<String> {
    // Old reports name the assembly too.
    let class = class.split(',').next().unwrap_or(class);
    class.split(['+', '/']).map(str::to_owned).collect()
}

/// A test of `class` that a report calls `shown`: its method is `method`, perhaps with arguments. Its name, and what of it
/// says which case it is.
pub(super) fn test(
    class: &str,
    method: &str,
    shown: &str,
    is_table: bool,
) -> (String, Option<String>) {
    let bare = |text: &str| {
        let text = text.strip_prefix(class).and_then(|it| it.strip_prefix('.')).unwrap_or(text);
        text.to_owned()
    };
    let (method, shown) = (bare(method), bare(shown));
    let end = method.find(['(', '<', ' ']).unwrap_or(method.len());
    let name = &method[..end];
    let case = match shown.strip_prefix(name) {
        Some("") => None,
        Some(rest) if rest.trim_start().starts_with(['(', '<']) => Some(inner(rest)),
        // Called otherwise for people; then only a table has cases.
        _ => is_table.then(|| shown.clone()),
    };
    (name.to_owned(), case)
}

fn inner(text: &str) -> String {
    let text = text.trim();
    let bare = text.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    bare.unwrap_or(text).to_owned()
}
