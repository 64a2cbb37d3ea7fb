package dev.testdock.jetbrains.ui;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.wm.StatusBar;
import com.intellij.openapi.wm.StatusBarWidget;
import com.intellij.openapi.wm.StatusBarWidgetFactory;
import com.intellij.util.Consumer;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.TestdockSettings;
import dev.testdock.jetbrains.logic.Protocol.Interpreter;
import dev.testdock.jetbrains.logic.Rows;
import dev.testdock.jetbrains.server.TestdockMatcher;
import java.awt.Component;
import java.awt.event.MouseEvent;
import javax.swing.JPopupMenu;
import javax.swing.JRadioButtonMenuItem;

/** What the tests run in, and a menu to choose it. */
public final class InterpreterWidget implements StatusBarWidget, StatusBarWidget.TextPresentation {
    private static final String ID = "testdock.status";

    private final Project project;

    private InterpreterWidget(Project project) {
        this.project = project;
    }

    @Override
    public String ID() {
        return ID;
    }

    @Override
    public WidgetPresentation getPresentation() {
        return this;
    }

    @Override
    public void install(StatusBar bar) {
        TestdockService service = TestdockService.of(project);
        service.interpreters.listen(it -> bar.updateWidget(ID));
        service.ask(server -> server.interpreters(), it -> service.interpreters.take(it, it.seq));
    }

    @Override
    public void dispose() {}

    @Override
    public String getText() {
        return Rows.chosen(TestdockService.of(project).interpreters.get().interpreters);
    }

    @Override
    public float getAlignment() {
        return Component.CENTER_ALIGNMENT;
    }

    @Override
    public String getTooltipText() {
        return "Where Testdock runs the tests";
    }

    @Override
    public Consumer<MouseEvent> getClickConsumer() {
        return event -> menu().show(event.getComponent(), 0, 0);
    }

    private JPopupMenu menu() {
        JPopupMenu menu = new JPopupMenu();
        for (Interpreter it : TestdockService.of(project).interpreters.get().interpreters) {
            var entry = new JRadioButtonMenuItem(it.name + ": " + it.source + " (" + it.detail + ")", it.chosen);
            entry.addActionListener(click -> {
                TestdockSettings.of(project).interpreter = it.name;
                TestdockService.of(project).settingsChanged();
            });
            menu.add(entry);
        }
        return menu;
    }

    /** Makes the widget in projects that have Testdock. */
    public static final class Factory implements StatusBarWidgetFactory {
        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayName() {
            return "Testdock";
        }

        @Override
        public boolean isAvailable(Project project) {
            return TestdockMatcher.isHere(project);
        }

        @Override
        public StatusBarWidget createWidget(Project project) {
            return new InterpreterWidget(project);
        }

        @Override
        public void disposeWidget(StatusBarWidget widget) {
            widget.dispose();
        }

        @Override
        public boolean canBeEnabledOn(StatusBar bar) {
            return true;
        }
    }
}
