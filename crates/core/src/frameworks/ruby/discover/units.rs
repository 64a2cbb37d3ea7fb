//! Minitest's classes and their methods.

use tree_sitter::Node;

use super::heritage::{Class, Heritage, Method, Required, inherited};
use super::{RUBY, Tool, Walk};
use crate::frameworks::source::named_children;
use crate::frameworks::{ItemKind, NamePattern, Source, TestItem};
use crate::id::TestId;
use crate::paths::RelPath;

/// So many files are looked at for what the classes of one extend.
const MOST_FILES: usize = 16;

impl Walk<'_, '_> {
    pub(super) fn class(&mut self, class: Node<'_>, names: &[String]) -> bool {
        let Some(name) = class.child_by_field_name("name") else {
            return false;
        };
        let own = self.source.slice(name).split("::").map(str::to_owned);
        let inner: Vec<String> = names.iter().cloned().chain(own).collect();
        let parent = class.child_by_field_name("superclass").and_then(|it| it.named_child(0));
        self.unit_class(class, names.len(), &inner, parent, class.child_by_field_name("body"));
        true
    }

    /// `CartTest = Class.new(Minitest::Test) do … end`
    pub(super) fn assigned(&mut self, assignment: Node<'_>, names: &[String]) -> bool {
        let side = |name| assignment.child_by_field_name(name);
        let (Some(left), Some(call)) =
            (side("left"), side("right").filter(|it| it.kind() == "call"))
        else {
            return false;
        };
        let word = |name| call.child_by_field_name(name).map(|it| self.source.slice(it));
        if left.kind() != "constant"
            || (word("receiver"), word("method")) != (Some("Class"), Some("new"))
        {
            return false;
        }
        let inner = [names, &[self.source.slice(left).to_owned()]].concat();
        let parent = call.child_by_field_name("arguments").and_then(|it| it.named_child(0));
        let block = call.child_by_field_name("block");
        let body = block.and_then(|block| block.child_by_field_name("body"));
        self.unit_class(assignment, names.len(), &inner, parent, body);
        true
    }

    fn unit_class(
        &mut self,
        node: Node<'_>,
        outer: usize,
        names: &[String],
        parent: Option<Node<'_>>,
        body: Option<Node<'_>>,
    ) {
        let is_test = parent.is_some() || self.heritage.is_test(names);
        let name = node.child_by_field_name("name").unwrap_or(node);
        let id = TestId { names: names.to_owned(), ..self.file.clone() };
        let item = self.source.item(id, ItemKind::Group, node, name);
        let origins = parent.map(|it| self.source.slice(it).to_owned()).into_iter().collect();
        let class = Class { names: names.to_owned(), origins, methods: Vec::new(), is_test, item };
        let outside = self.owner.replace(self.heritage.classes.len());
        self.heritage.classes.push(class);
        let at = self.items.len();
        if let Some(body) = body {
            self.members(body, names);
        }
        self.owner = outside;
        if self.items.len() > at {
            // `class Shop::CartTest` is in `Shop`.
            for depth in (outer + 1..=names.len()).rev() {
                self.add(at, node, names[..depth].to_vec(), ItemKind::Group, None);
            }
        }
    }

    /// Private methods are no tests.
    fn members(&mut self, body: Node<'_>, names: &[String]) {
        let mut is_public = true;
        for child in named_children(body) {
            let text = self.source.slice(child);
            let word = child.child_by_field_name("method").map(|it| self.source.slice(it));
            let word = word.filter(|_| child.child_by_field_name("receiver").is_none());
            match (child.kind(), word.unwrap_or(text)) {
                ("identifier", "private" | "protected") => is_public = false,
                ("identifier", "public") => is_public = true,
                ("method", _) if !is_public => {}
                ("call", "private" | "protected" | "undef_method" | "remove_method") => {
                    self.hide(child, names);
                }
                ("call", "include" | "prepend") => self.include(child),
                _ => self.visit(child, names),
            }
        }
    }

    /// `private :test_later`, `undef_method :test_gone`; what is defined there is not looked at.
    fn hide(&mut self, call: Node<'_>, names: &[String]) {
        let arguments = call.child_by_field_name("arguments").map(named_children);
        for symbol in arguments.unwrap_or_default() {
            let name = self.source.slice(symbol).trim_start_matches(':');
            let is_it = |id: &TestId| {
                id.names.split_last().is_some_and(|(last, outer)| last == name && outer == names)
            };
            self.items.retain(|item| !is_it(&item.id));
            if let Some(owner) = self.owner {
                self.heritage.classes[owner].methods.retain(|method| method.name != name);
            }
        }
    }

    fn include(&mut self, call: Node<'_>) {
        let modules = call.child_by_field_name("arguments").map(named_children).unwrap_or_default();
        if let Some(owner) = self.owner {
            let origins = &mut self.heritage.classes[owner].origins;
            origins.extend(modules.iter().map(|it| self.source.slice(*it).to_owned()));
        }
    }

    pub(super) fn require(&mut self, call: Node<'_>, is_relative: bool) -> bool {
        let name = call.child_by_field_name("arguments").and_then(|it| it.named_child(0));
        let name = name.filter(|it| it.kind() == "string").and_then(|it| it.named_child(0));
        let name = name.map(|it| self.source.slice(it).to_owned());
        self.heritage.required.extend(name.map(|name| Required { name, is_relative }));
        true
    }

    pub(super) fn method(&mut self, method: Node<'_>, names: &[String]) -> bool {
        let name = method.child_by_field_name("name").map(|it| self.source.slice(it));
        if let Some(name) = name.filter(|name| name.starts_with("test_")) {
            self.unit(method, names, name.to_owned(), None);
        }
        // Nothing in a method is a test.
        true
    }

    /// Takes in a method that is a test where its class is one.
    pub(super) fn unit(
        &mut self,
        node: Node<'_>,
        names: &[String],
        name: String,
        pattern: Option<NamePattern>,
    ) {
        let kind = if pattern.is_some() { ItemKind::Parametrised } else { ItemKind::Test };
        let owner = self.owner.map(|owner| &mut self.heritage.classes[owner]);
        let is_test = owner.as_ref().is_none_or(|owner| owner.is_test);
        if let Some(owner) = owner {
            let (name, pattern, hash) = (name.clone(), pattern.clone(), self.source.hash(node));
            owner.methods.push(Method { name, kind, pattern, hash });
        }
        if self.tool == Tool::Minitest && is_test && !names.is_empty() {
            self.add(self.items.len(), node, [names, &[name]].concat(), kind, pattern);
        }
    }

    /// Adds the tests that classes have from elsewhere; they stand where their class does.
    pub(super) fn inherit(&mut self, root: &RelPath) {
        let others = if self.heritage.is_whole() { Vec::new() } else { self.required(root) };
        let files: Vec<&Heritage> = std::iter::once(&self.heritage).chain(&others).collect();
        let mut found = Vec::new();
        for class in self.heritage.classes.iter().filter(|class| class.is_test) {
            for method in inherited(class, &files) {
                let names = [class.names.as_slice(), &[method.name]].concat();
                let id = TestId { names, ..self.file.clone() };
                let (kind, pattern, hash) = (method.kind, method.pattern, method.hash);
                found.push(class.item.clone());
                found.push(TestItem { id, kind, pattern, hash, ..class.item.clone() });
            }
        }
        self.items.extend(found);
    }

    /// The classes of the files that this one requires, and those require.
    fn required(&self, root: &RelPath) -> Vec<Heritage> {
        let places = |heritage: &Heritage, file: &RelPath| -> Vec<RelPath> {
            heritage.required.iter().flat_map(|it| it.places(root, file)).collect()
        };
        let mut waiting = places(&self.heritage, self.source.path);
        let mut seen = vec![self.source.path.clone()];
        let mut found = Vec::new();
        while let Some(path) = waiting.pop().filter(|_| found.len() < MOST_FILES) {
            if seen.contains(&path) {
                continue;
            }
            seen.push(path.clone());
            let Some(text) = self.source.other(&path) else {
                continue;
            };
            let mut source = Source::new(&path, &text);
            let Some(tree) = source.tree(&RUBY) else {
                continue;
            };
            let mut walk = Walk::new(self.tool, &source, self.file.clone());
            walk.visit(tree.root_node(), &[]);
            waiting.extend(places(&walk.heritage, &path));
            found.push(walk.heritage);
        }
        found
    }
}
