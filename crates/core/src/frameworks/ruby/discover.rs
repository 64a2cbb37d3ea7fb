//! Finds the tests of a Ruby file: calls of `describe` and `it`, however they are nested, and methods of classes.

mod heritage;
mod title;
mod units;

use std::iter;

use tree_sitter::Node;

use heritage::Heritage;

use super::Tool;
use crate::frameworks::listed::Listed;
use crate::frameworks::title::Title;
use crate::frameworks::{Grammar, ItemKind, NamePattern, Source, Suite, TestItem};
use crate::id::TestId;

static RUBY: Grammar = Grammar { name: "ruby", language: || tree_sitter_ruby::LANGUAGE.into() };

pub(super) fn discover(tool: Tool, suite: &Suite, source: &mut Source<'_>) -> Vec<TestItem> {
    let Some(tree) = source.tree(&RUBY) else {
        return Vec::new();
    };
    let mut walk = Walk::new(tool, source, suite.of_file(source.path.clone()));
    walk.visit(tree.root_node(), &[]);
    walk.inherit(&suite.root);
    numbered(walk.items.into(), &walk.namesakes)
}

/// Of several examples of the same names each is a case, with the number that RSpec's script gives it.
fn numbered(items: Vec<TestItem>, namesakes: &[TestItem]) -> Vec<TestItem> {
    let with_cases = |item: TestItem| {
        let others: Vec<&TestItem> = namesakes.iter().filter(|it| it.id == item.id).collect();
        let all = iter::once(&item).chain(others.iter().copied()).zip(1..);
        let cases = all.filter(|_| !others.is_empty()).map(|(it, number)| {
            let id = TestId { case: Some(format!("#{number}")), ..it.id.clone() };
            TestItem { id, ..it.clone() }
        });
        let cases: Vec<TestItem> = cases.collect();
        let kind = if cases.is_empty() { item.kind } else { ItemKind::Parametrised };
        iter::once(TestItem { kind, ..item }).chain(cases)
    };
    items.into_iter().flat_map(with_cases).collect()
}

struct Walk<'w, 's> {
    tool: Tool,
    source: &'w Source<'s>,
    file: TestId,
    /// The modules around, with `::` behind each: RSpec calls a class by its whole name.
    scope: String,
    items: Listed,
    /// Further examples of names that stand there already.
    namesakes: Vec<TestItem>,
    /// So many of the groups around have names with gaps.
    gaps: usize,
    heritage: Heritage,
    /// The class or module around, among those.
    owner: Option<usize>,
}

impl<'w, 's> Walk<'w, 's> {
    fn new(tool: Tool, source: &'w Source<'s>, file: TestId) -> Self {
        let (scope, items, heritage) = (String::new(), Listed::default(), Heritage::default());
        let (namesakes, owner) = (Vec::new(), None);
        Self { tool, source, file, scope, items, namesakes, gaps: 0, heritage, owner }
    }

    fn visit(&mut self, node: Node<'_>, names: &[String]) {
        let is_taken = match node.kind() {
            "call" => self.call(node, names),
            "class" | "module" if self.tool == Tool::Minitest => self.class(node, names),
            "assignment" if self.tool == Tool::Minitest => self.assigned(node, names),
            // What is in there is called on the class.
            "singleton_class" => true,
            "module" => self.module(node, names),
            "method" => self.method(node, names),
            "ERROR" => self.cut(node, names),
            _ => false,
        };
        if !is_taken {
            self.below(node, names);
        }
    }

    fn below(&mut self, node: Node<'_>, names: &[String]) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.visit(child, names);
        }
    }

    /// Takes in a call that makes a group or a test, or what holds tests for others; whether it does.
    fn call(&mut self, call: Node<'_>, names: &[String]) -> bool {
        let word = call.child_by_field_name("method").map(|it| self.source.slice(it));
        let receiver = call.child_by_field_name("receiver").map(|it| self.source.slice(it));
        let word = word.unwrap_or_default();
        if !matches!(receiver, None | Some("RSpec")) {
            // A class without a name is none that runs.
            let is_made = matches!(receiver, Some("Class" | "Module" | "Struct" | "Data"));
            return is_made && matches!(word, "new" | "define");
        }
        match word {
            "require" | "require_relative" => self.require(call, word == "require_relative"),
            word if is_group(word) => self.group(call, names),
            word if is_example(word) => self.example(call, names),
            "it_behaves_like" if self.tool == Tool::Rspec && !names.is_empty() => {
                self.shared(call, names, "behaves like ")
            }
            "it_should_behave_like" if self.tool == Tool::Rspec && !names.is_empty() => {
                self.shared(call, names, "it should behave like ")
            }
            // Of ActiveSupport.
            "test" if self.tool == Tool::Minitest => self.sentence(call, names, title::of_method),
            "define_method" if self.tool == Tool::Minitest => self.sentence(call, names, |it| it),
            // They run where they are included.
            "shared_examples" | "shared_examples_for" | "shared_context" => true,
            _ => false,
        }
    }

    /// What does not parse: calls and classes that are open up to its end stand there in pieces.
    fn cut(&mut self, error: Node<'_>, names: &[String]) -> bool {
        let mut names = names.to_vec();
        let mut word = "";
        let mut cursor = error.walk();
        for part in error.named_children(&mut cursor) {
            match part.kind() {
                "argument_list" if is_group(word) => {
                    let (name, pattern) =
                        title::of_group(self.source, Some(part), self.tool, &self.scope).named();
                    names.push(name);
                    self.add(self.items.len(), part, names.clone(), ItemKind::Group, pattern);
                }
                "argument_list" if is_example(word) => {
                    if let Some(title) = title::of_example(self.source, Some(part), self.tool) {
                        let (name, pattern) = title.named();
                        let names = [names.as_slice(), &[name]].concat();
                        self.add(self.items.len(), part, names, ItemKind::Test, pattern);
                    }
                }
                "superclass" if self.tool == Tool::Minitest && !word.is_empty() => {
                    names.extend(word.split("::").map(str::to_owned));
                    self.add(self.items.len(), part, names.clone(), ItemKind::Group, None);
                }
                _ => self.visit(part, &names),
            }
            let is_word = matches!(part.kind(), "identifier" | "constant" | "scope_resolution");
            word = if is_word { self.source.slice(part) } else { "" };
        }
        true
    }

    fn group(&mut self, call: Node<'_>, names: &[String]) -> bool {
        if call.child_by_field_name("block").is_none() {
            return false;
        }
        let arguments = call.child_by_field_name("arguments");
        let title = title::of_group(self.source, arguments, self.tool, &self.scope);
        let at = self.items.len();
        let (names, pattern) = self.within(call, names, title);
        if self.items.len() > at {
            self.add(at, call, names, ItemKind::Group, pattern);
        }
        true
    }

    /// A group of examples that stand elsewhere.
    fn shared(&mut self, call: Node<'_>, names: &[String], before: &str) -> bool {
        let arguments = call.child_by_field_name("arguments");
        let Some(title) = title::of_shared(self.source, arguments, before) else {
            return false;
        };
        let at = self.items.len();
        let (names, pattern) = self.within(call, names, title);
        self.add(at, call, names, ItemKind::Group, pattern);
        true
    }

    /// Takes in what stands in a group's block; what the group is called then.
    fn within(
        &mut self,
        call: Node<'_>,
        names: &[String],
        title: Title,
    ) -> (Vec<String>, Option<NamePattern>) {
        let (name, pattern) = title.named();
        let names = [names, &[name]].concat();
        let outside = self.owner.take();
        let gaps = usize::from(pattern.is_some());
        self.gaps += gaps;
        if let Some(block) = call.child_by_field_name("block") {
            self.below(block, &names);
        }
        self.gaps -= gaps;
        self.owner = outside;
        (names, pattern)
    }

    fn example(&mut self, call: Node<'_>, names: &[String]) -> bool {
        let arguments = call.child_by_field_name("arguments");
        let block = call.child_by_field_name("block");
        let title = match title::of_example(self.source, arguments, self.tool) {
            Some(title) => title,
            // A word such as `skip` within a test, or a variable.
            None if block.is_none() || names.is_empty() => return false,
            None if self.tool == Tool::Minitest => Title::whole("anonymous"),
            None => title::of_block(self.source, block),
        };
        // `skip "why"` in a body makes none.
        let word = call.child_by_field_name("method").map(|it| self.source.slice(it));
        let may_be_none = matches!(word, Some("skip" | "pending" | "focus")) && block.is_none();
        if may_be_none && !(self.tool == Tool::Rspec && self.is_right_in_group(call)) {
            return false;
        }
        let (name, pattern) = title.named();
        let kind = if pattern.is_some() { ItemKind::Parametrised } else { ItemKind::Test };
        let item = self.item(call, [names, &[name]].concat(), kind, pattern);
        let has_one_name = self.gaps == 0 && item.pattern.is_none();
        if self.tool == Tool::Rspec && has_one_name && self.items.has(&item.id) {
            self.namesakes.push(item);
        } else {
            self.items.push(item);
        }
        true
    }

    fn is_right_in_group(&self, call: Node<'_>) -> bool {
        let mut around = iter::successors(call.parent(), Node::parent);
        let holder = around.find(|it| {
            !matches!(it.kind(), "body_statement" | "block_body" | "do_block" | "block")
        });
        let word = holder.and_then(|it| it.child_by_field_name("method"));
        word.is_some_and(|word| is_group(self.source.slice(word)))
    }

    /// A call that makes a method of a title.
    fn sentence(&mut self, call: Node<'_>, names: &[String], method: fn(Title) -> Title) -> bool {
        let title =
            title::of_example(self.source, call.child_by_field_name("arguments"), self.tool);
        let (Some(title), Some(_)) = (title, call.child_by_field_name("block")) else {
            return false;
        };
        let (name, pattern) = method(title).named();
        if !name.starts_with("test_") {
            return false;
        }
        self.unit(call, names, name, pattern);
        true
    }

    fn module(&mut self, module: Node<'_>, names: &[String]) -> bool {
        let (Some(name), Some(body)) =
            (module.child_by_field_name("name"), module.child_by_field_name("body"))
        else {
            return true;
        };
        let outside = self.scope.len();
        self.scope.push_str(self.source.slice(name));
        self.scope.push_str("::");
        self.below(body, names);
        self.scope.truncate(outside);
        true
    }

    fn add(
        &mut self,
        at: usize,
        node: Node<'_>,
        names: Vec<String>,
        kind: ItemKind,
        pattern: Option<NamePattern>,
    ) {
        let item = self.item(node, names, kind, pattern);
        self.items.insert(at, item);
    }

    fn item(
        &self,
        node: Node<'_>,
        names: Vec<String>,
        kind: ItemKind,
        pattern: Option<NamePattern>,
    ) -> TestItem {
        let id = TestId { names, ..self.file.clone() };
        let name = node.child_by_field_name("name");
        let name = name.or_else(|| node.child_by_field_name("arguments")?.named_child(0));
        let name = name.or_else(|| node.child_by_field_name("method")).unwrap_or(node);
        TestItem { pattern, ..self.source.item(id, kind, node, name) }
    }
}

fn is_group(word: &str) -> bool {
    let word = word.strip_prefix(['f', 'x']).filter(|rest| is_group(rest)).unwrap_or(word);
    matches!(word, "describe" | "context" | "feature" | "example_group")
}

fn is_example(word: &str) -> bool {
    let word = word.strip_prefix(['f', 'x']).filter(|rest| is_example(rest)).unwrap_or(word);
    matches!(word, "it" | "specify" | "example" | "scenario" | "focus" | "skip" | "pending")
}
