package dev.testdock.jetbrains.ui;

import com.intellij.icons.AllIcons;
import com.intellij.openapi.actionSystem.AnAction;
import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.editor.Document;
import com.intellij.openapi.editor.Editor;
import com.intellij.openapi.editor.EditorFactory;
import com.intellij.openapi.editor.event.EditorFactoryEvent;
import com.intellij.openapi.editor.event.EditorFactoryListener;
import com.intellij.openapi.editor.impl.DocumentMarkupModel;
import com.intellij.openapi.editor.markup.GutterIconRenderer;
import com.intellij.openapi.editor.markup.HighlighterLayer;
import com.intellij.openapi.editor.markup.MarkupModel;
import com.intellij.openapi.editor.markup.RangeHighlighter;
import com.intellij.openapi.fileEditor.FileDocumentManager;
import com.intellij.openapi.project.DumbAware;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.util.Key;
import com.intellij.openapi.vfs.VirtualFile;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.logic.Protocol.Mark;
import dev.testdock.jetbrains.run.TestdockRunConfiguration;
import java.util.ArrayList;
import java.util.List;
import javax.swing.Icon;

/**
 * An icon beside each test, in any language: the server says where tests stand, and how they ended.
 *
 * <p>Not by line markers, which need the language's own syntax tree.
 */
public final class Gutter implements EditorFactoryListener {
    private static final Key<List<RangeHighlighter>> SHOWN = Key.create("testdock.gutter");
    private static final Key<Boolean> LISTENS = Key.create("testdock.gutter.listens");

    @Override
    public void editorCreated(EditorFactoryEvent event) {
        Editor editor = event.getEditor();
        Project project = editor.getProject();
        if (project == null) {
            return;
        }
        if (project.getUserData(LISTENS) == null) {
            project.putUserData(LISTENS, true);
            TestdockService.of(project).changedFile.listen(path -> draw(project, path));
        }
        draw(project, editor.getDocument());
    }

    private static void draw(Project project, String path) {
        for (Editor editor : EditorFactory.getInstance().getAllEditors()) {
            VirtualFile file = FileDocumentManager.getInstance().getFile(editor.getDocument());
            if (editor.getProject() == project && file != null && file.getPath().equals(path)) {
                draw(project, editor.getDocument());
            }
        }
    }

    private static void draw(Project project, Document document) {
        VirtualFile file = FileDocumentManager.getInstance().getFile(document);
        MarkupModel markup = DocumentMarkupModel.forDocument(document, project, true);
        List<RangeHighlighter> before = markup.getUserData(SHOWN);
        if (before != null) {
            before.forEach(markup::removeHighlighter);
        }
        List<RangeHighlighter> now = new ArrayList<>();
        List<Mark> marks = file == null ? List.of() : TestdockService.of(project).marks.in(file.getPath()).marks;
        for (Mark mark : marks) {
            if (mark.line < document.getLineCount()) {
                var highlighter = markup.addLineHighlighter(mark.line, HighlighterLayer.ADDITIONAL_SYNTAX, null);
                highlighter.setGutterIconRenderer(new Renderer(project, mark));
                now.add(highlighter);
            }
        }
        markup.putUserData(SHOWN, now);
    }

    private static final class Renderer extends GutterIconRenderer implements DumbAware {
        private final Project project;
        private final Mark mark;

        Renderer(Project project, Mark mark) {
            this.project = project;
            this.mark = mark;
        }

        private String state() {
            return mark.state == null ? "" : mark.state;
        }

        @Override
        public Icon getIcon() {
            return switch (state()) {
                case "passed" -> AllIcons.RunConfigurations.TestState.Green2;
                case "failed", "errored" -> AllIcons.RunConfigurations.TestState.Red2;
                default -> AllIcons.RunConfigurations.TestState.Run;
            };
        }

        @Override
        public String getTooltipText() {
            return "Run " + mark.label + (state().isEmpty() ? "" : " (" + state() + ")");
        }

        @Override
        public AnAction getClickAction() {
            return new AnAction() {
                @Override
                public void actionPerformed(AnActionEvent event) {
                    TestdockRunConfiguration.run(project, List.of(mark.id), false);
                }
            };
        }

        @Override
        public boolean isNavigateAction() {
            return true;
        }

        @Override
        public Alignment getAlignment() {
            return Alignment.LEFT;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Renderer it && it.project == project && it.mark.id.equals(mark.id) && it.state().equals(state());
        }

        @Override
        public int hashCode() {
            return mark.id.hashCode();
        }
    }
}
