package dev.testdock.jetbrains.ui;

import com.intellij.execution.ExecutionException;
import com.intellij.execution.filters.TextConsoleBuilderFactory;
import com.intellij.execution.process.KillableColoredProcessHandler;
import com.intellij.execution.ui.ConsoleView;
import com.intellij.execution.ui.ConsoleViewContentType;
import com.intellij.icons.AllIcons;
import com.intellij.notification.NotificationType;
import com.intellij.openapi.actionSystem.ActionManager;
import com.intellij.openapi.actionSystem.ActionUpdateThread;
import com.intellij.openapi.actionSystem.AnAction;
import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.actionSystem.DefaultActionGroup;
import com.intellij.openapi.project.DumbAware;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.ui.Messages;
import com.intellij.openapi.ui.SimpleToolWindowPanel;
import com.intellij.openapi.util.Disposer;
import com.intellij.openapi.wm.ToolWindow;
import com.intellij.openapi.wm.ToolWindowFactory;
import com.intellij.ui.content.Content;
import com.intellij.ui.content.ContentFactory;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.logic.Protocol.ContainerWish;
import dev.testdock.jetbrains.logic.Protocol.Containers;
import dev.testdock.jetbrains.logic.Rows.Row;
import dev.testdock.jetbrains.logic.Rows;
import dev.testdock.jetbrains.server.TestdockMatcher;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.swing.Icon;
import javax.swing.JComponent;
import javax.swing.JScrollPane;
import javax.swing.JTable;
import javax.swing.table.AbstractTableModel;

/** The engine's containers as a table, and their logs beside it. */
public final class ContainersWindow implements ToolWindowFactory, DumbAware {
    @Override
    public boolean shouldBeAvailable(Project project) {
        return TestdockMatcher.isHere(project);
    }

    @Override
    public void createToolWindowContent(Project project, ToolWindow window) {
        new Panel(project, window).open();
    }

    private static final class Panel extends AbstractTableModel {
        private static final long serialVersionUID = 1;
        private static final String[] COLUMNS = {"Group", "Container", "State", "About"};

        private final Project project;
        private final TestdockService service;
        private final ToolWindow window;
        private final JTable table = new JTable(this);
        private List<Row> rows = List.of();

        Panel(Project project, ToolWindow window) {
            this.project = project;
            this.window = window;
            service = TestdockService.of(project);
        }

        void open() {
            var actions = new DefaultActionGroup();
            actions.add(action("Show Log", AllIcons.Debugger.Console, row -> row.container() != null, this::log));
            actions.add(action("Inspect", AllIcons.Actions.Preview, row -> row.container() != null, this::inspect));
            actions.add(act("start", AllIcons.Actions.Execute));
            actions.add(act("stop", AllIcons.Actions.Suspend));
            actions.add(act("restart", AllIcons.Actions.Restart));
            actions.add(action("Remove", AllIcons.Actions.GC, row -> row.can("remove"), this::remove));
            var toolbar = ActionManager.getInstance().createActionToolbar("TestdockContainers", actions, true);
            toolbar.setTargetComponent(table);
            var panel = new SimpleToolWindowPanel(true, true);
            panel.setToolbar(toolbar.getComponent());
            panel.setContent(new JScrollPane(table));
            Content content = add(panel, "Containers");
            service.containers.listen(this::show);
            service.ask(server -> server.containers(), snapshot -> service.containers.take(snapshot, snapshot.seq));
            service.watch(true);
            content.setDisposer(() -> service.watch(false));
        }

        private Content add(JComponent component, String title) {
            Content content = ContentFactory.getInstance().createContent(component, title, false);
            window.getContentManager().addContent(content);
            window.getContentManager().setSelectedContent(content);
            return content;
        }

        /** What is chosen stays chosen while the table changes under it. */
        private void show(Containers snapshot) {
            String chosen = chosen() == null || chosen().container() == null ? null : chosen().container().id;
            rows = Rows.of(snapshot);
            fireTableDataChanged();
            for (int line = 0; line < rows.size(); line++) {
                if (rows.get(line).container() != null && rows.get(line).container().id.equals(chosen)) {
                    table.setRowSelectionInterval(line, line);
                }
            }
        }

        private Row chosen() {
            int line = table.getSelectedRow();
            return line >= 0 && line < rows.size() ? rows.get(line) : null;
        }

        private AnAction act(String word, Icon icon) {
            String title = Character.toUpperCase(word.charAt(0)) + word.substring(1);
            return action(title, icon, row -> row.can(word), row -> send(row, word));
        }

        private void send(Row row, String word) {
            ContainerWish wish = new ContainerWish(row.engine(), row.container().id);
            wish.action = word;
            service.ask(server -> server.containerAction(wish), done -> {});
        }

        private void remove(Row row) {
            String question = "Remove the container " + row.container().name + "?";
            if (Messages.showYesNoDialog(project, question, "Testdock", null) == Messages.YES) {
                send(row, "remove");
            }
        }

        private void inspect(Row row) {
            ContainerWish wish = new ContainerWish(row.engine(), row.container().id);
            service.ask(server -> server.inspectContainer(wish), answer -> console(row.container().name).print(
                    answer.text, ConsoleViewContentType.NORMAL_OUTPUT));
        }

        private void log(Row row) {
            try {
                var process = new KillableColoredProcessHandler(service.commandLine(row.logArguments()));
                ConsoleView console = console("Log of " + row.container().name);
                console.attachToProcess(process);
                Disposer.register(console, process::destroyProcess);
                process.startNotify();
            } catch (ExecutionException error) {
                service.say(error.getMessage(), NotificationType.ERROR);
            }
        }

        private ConsoleView console(String title) {
            ConsoleView console = TextConsoleBuilderFactory.getInstance().createBuilder(project).getConsole();
            Content content = add(console.getComponent(), title);
            content.setCloseable(true);
            content.setDisposer(console);
            return console;
        }

        private AnAction action(String title, Icon icon, Predicate<Row> fits, Consumer<Row> perform) {
            return new AnAction(title, null, icon) {
                @Override
                public void actionPerformed(AnActionEvent event) {
                    if (chosen() != null) {
                        perform.accept(chosen());
                    }
                }

                @Override
                public void update(AnActionEvent event) {
                    event.getPresentation().setEnabled(chosen() != null && fits.test(chosen()));
                }

                @Override
                public ActionUpdateThread getActionUpdateThread() {
                    return ActionUpdateThread.EDT;
                }
            };
        }

        @Override
        public int getRowCount() {
            return rows.size();
        }

        @Override
        public int getColumnCount() {
            return COLUMNS.length;
        }

        @Override
        public String getColumnName(int column) {
            return COLUMNS[column];
        }

        @Override
        public Object getValueAt(int line, int column) {
            Row row = rows.get(line);
            boolean isEngine = row.container() == null;
            return switch (column) {
                case 0 -> row.group();
                case 1 -> isEngine ? row.engine() : row.container().name;
                case 2 -> isEngine ? "error" : row.container().state;
                default -> row.text();
            };
        }
    }
}
