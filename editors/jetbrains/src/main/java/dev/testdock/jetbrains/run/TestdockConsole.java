package dev.testdock.jetbrains.run;

import com.intellij.execution.Executor;
import com.intellij.execution.Location;
import com.intellij.execution.configurations.RunProfileState;
import com.intellij.execution.filters.Filter;
import com.intellij.execution.filters.OpenFileHyperlinkInfo;
import com.intellij.execution.runners.ExecutionEnvironment;
import com.intellij.execution.testframework.AbstractTestProxy;
import com.intellij.execution.testframework.actions.AbstractRerunFailedTestsAction;
import com.intellij.execution.testframework.sm.FileUrlProvider;
import com.intellij.execution.testframework.sm.runner.SMTRunnerConsoleProperties;
import com.intellij.execution.testframework.sm.runner.SMTestLocator;
import com.intellij.execution.testframework.sm.runner.SMTestProxy;
import com.intellij.execution.ui.ConsoleView;
import com.intellij.openapi.project.DumbAware;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.vfs.LocalFileSystem;
import com.intellij.openapi.vfs.VirtualFile;
import com.intellij.psi.search.GlobalSearchScope;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.logic.Links;
import dev.testdock.jetbrains.logic.RunWish;
import java.util.ArrayList;
import java.util.List;

/** How a run is shown: the tree by ids, its tests and traces with places to go to, what failed to be run again. */
final class TestdockConsole extends SMTRunnerConsoleProperties {
    private final TestdockRunConfiguration configuration;

    TestdockConsole(TestdockRunConfiguration configuration, Executor executor) {
        super(configuration, "Testdock", executor);
        this.configuration = configuration;
        setIdBasedTestTree(true);
        setPrintTestingStartedTime(false);
        addStackTraceFilter(new Places(configuration.getProject()));
    }

    @Override
    public SMTestLocator getTestLocator() {
        return new Locator();
    }

    @Override
    public AbstractRerunFailedTestsAction createRerunFailedTestsAction(ConsoleView console) {
        var action = new RerunFailed(console, configuration);
        action.init(this);
        return action;
    }

    /** Where a test stands now, as the server says; else where the run said that it stands. */
    private static final class Locator implements SMTestLocator, DumbAware {
        @Override
        public List<Location> getLocation(String protocol, String path, Project project, GlobalSearchScope scope) {
            return getLocation(protocol, path, null, project, scope);
        }

        @Override
        public List<Location> getLocation(
                String protocol, String path, String id, Project project, GlobalSearchScope scope) {
            Links.Link told = Links.hint(path);
            var known = id == null ? null : TestdockService.of(project).marks.place(id).orElse(null);
            String file = known == null ? told.path() : known.path();
            int line = known == null ? told.line() : known.line() + 1;
            VirtualFile found = LocalFileSystem.getInstance().findFileByPath(file);
            Location location = found == null ? null : FileUrlProvider.createLocationFor(project, found, line);
            return location == null ? List.of() : List.of(location);
        }
    }

    /** Places in traces and output. */
    private record Places(Project project) implements Filter {
        @Override
        public Result applyFilter(String line, int entireLength) {
            int start = entireLength - line.length();
            List<ResultItem> items = new ArrayList<>();
            for (Links.Link link : Links.in(line)) {
                VirtualFile file = LocalFileSystem.getInstance().findFileByPath(link.path());
                if (file != null) {
                    var info = new OpenFileHyperlinkInfo(project, file, Math.max(link.line() - 1, 0));
                    items.add(new ResultItem(start + link.start(), start + link.end(), info));
                }
            }
            return items.isEmpty() ? null : new Result(items);
        }
    }

    private static final class RerunFailed extends AbstractRerunFailedTestsAction {
        private final TestdockRunConfiguration configuration;

        RerunFailed(ConsoleView console, TestdockRunConfiguration configuration) {
            super(console);
            this.configuration = configuration;
        }

        @Override
        protected MyRunProfile getRunProfile(ExecutionEnvironment environment) {
            List<String> failed = new ArrayList<>();
            for (AbstractTestProxy test : getFailedTests(configuration.getProject())) {
                if (test.isLeaf() && test instanceof SMTestProxy it && it.getMetainfo() != null) {
                    failed.add(it.getMetainfo());
                }
            }
            RunWish all = configuration.get();
            RunWish wish = new RunWish(failed, all.fresh(), all.interpreter(), all.profile(), all.more());
            return new MyRunProfile(configuration) {
                @Override
                public RunProfileState getState(
                        Executor executor, ExecutionEnvironment environment) {
                    return new TestdockRun(environment, configuration, wish);
                }
            };
        }
    }
}
