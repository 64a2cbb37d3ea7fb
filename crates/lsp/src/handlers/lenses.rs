//! Lenses over tests.

use lsp_types::{CodeLens, CodeLensParams};
use testdock_core::paths::RelPath;
use testdock_core::views;

use crate::shared::Shared;
use crate::{from_proto, to_proto};

pub(crate) async fn code_lens(shared: &Shared, params: &CodeLensParams) -> Option<Vec<CodeLens>> {
    let path = from_proto::path(&params.text_document.uri)?;
    let path = shared.folders.of_client(&path);
    let lenses = shared.handle.ask(move |session| {
        let folder = session.folder_of(&path)?;
        let file = RelPath::below(&folder.root, &path)?;
        let lenses = views::lenses(folder, &file).into_iter();
        let lenses = lenses.map(|lens| to_proto::lens(session, folder, &lens));
        Some(lenses.collect())
    });
    lenses.await?
}
