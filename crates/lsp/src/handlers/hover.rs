//! What a test's name says.

use lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};
use testdock_core::paths::RelPath;
use testdock_core::views::{Extent, details};

use crate::shared::Shared;
use crate::{from_proto, to_proto};

pub(crate) async fn hover(shared: &Shared, params: HoverParams) -> Option<Hover> {
    let params = params.text_document_position_params;
    let path = from_proto::path(&params.text_document.uri)?;
    let path = shared.folders.of_client(&path);
    let position = from_proto::position(params.position);
    let hover = shared.handle.ask(move |session| {
        let folder = session.folder_of(&path)?;
        let file = RelPath::below(&folder.root, &path)?;
        let mut items = folder.tests_in(&file).iter().flat_map(|file| file.items.iter());
        let item = items.find(|item| item.name.holds(position))?;
        let value = details(folder, &item.id, Extent::HOVER)?;
        let kind = MarkupKind::Markdown;
        Some(Hover {
            contents: HoverContents::Markup(MarkupContent { kind, value }),
            range: Some(to_proto::range(item.name)),
        })
    });
    hover.await?
}
