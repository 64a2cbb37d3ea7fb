package dev.testdock.jetbrains.run;

import com.intellij.execution.ExecutionException;
import com.intellij.execution.Executor;
import com.intellij.execution.ProgramRunnerUtil;
import com.intellij.execution.RunManager;
import com.intellij.execution.configurations.ConfigurationFactory;
import com.intellij.execution.configurations.GeneralCommandLine;
import com.intellij.execution.configurations.LocatableConfigurationBase;
import com.intellij.execution.configurations.RunConfiguration;
import com.intellij.execution.configurations.RunConfigurationWithSuppressedDefaultDebugAction;
import com.intellij.execution.configurations.RunProfileState;
import com.intellij.execution.configurations.RuntimeConfigurationError;
import com.intellij.execution.configurations.RuntimeConfigurationException;
import com.intellij.execution.executors.DefaultRunExecutor;
import com.intellij.execution.runners.ExecutionEnvironment;
import com.intellij.execution.testframework.sm.runner.SMRunnerConsolePropertiesProvider;
import com.intellij.execution.testframework.sm.runner.SMTRunnerConsoleProperties;
import com.intellij.openapi.options.SettingsEditor;
import com.intellij.openapi.project.Project;
import com.intellij.util.execution.ParametersListUtil;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.TestdockSettings;
import dev.testdock.jetbrains.logic.Binary;
import dev.testdock.jetbrains.logic.RunWish;
import java.io.IOException;
import java.util.List;

/** One wish to run tests, as the IDE keeps it. */
public final class TestdockRunConfiguration extends LocatableConfigurationBase<TestdockRunType.Options>
        implements RunConfigurationWithSuppressedDefaultDebugAction, SMRunnerConsolePropertiesProvider {
    TestdockRunConfiguration(Project project, ConfigurationFactory factory, String name) {
        super(project, factory, name);
    }

    /** Runs tests now, in a configuration that is forgotten by and by. */
    public static void run(Project project, List<String> tests, boolean fresh) {
        RunWish wish = new RunWish(tests, fresh, "", "", "");
        var settings = RunManager.getInstance(project).createConfiguration(wish.title(), TestdockRunType.factory());
        ((TestdockRunConfiguration) settings.getConfiguration()).set(wish);
        RunManager.getInstance(project).setTemporaryConfiguration(settings);
        ProgramRunnerUtil.executeConfiguration(settings, DefaultRunExecutor.getRunExecutorInstance());
    }

    @Override
    protected TestdockRunType.Options getOptions() {
        return (TestdockRunType.Options) super.getOptions();
    }

    RunWish get() {
        return getOptions().get();
    }

    void set(RunWish wish) {
        getOptions().set(wish);
    }

    @Override
    public SettingsEditor<? extends RunConfiguration> getConfigurationEditor() {
        return new TestdockRunEditor();
    }

    @Override
    public void checkConfiguration() throws RuntimeConfigurationException {
        try {
            TestdockSettings.of(getProject()).binary();
        } catch (Binary.Missing missing) {
            throw new RuntimeConfigurationError(missing.getMessage());
        }
    }

    @Override
    public RunProfileState getState(Executor executor, ExecutionEnvironment environment) {
        return new TestdockRun(environment, this, get());
    }

    @Override
    public SMTRunnerConsoleProperties createTestConsoleProperties(Executor executor) {
        return new TestdockConsole(this, executor);
    }

    /** The process of a run: what the settings say holds where the wish says nothing. */
    GeneralCommandLine commandLine(RunWish wish) throws ExecutionException {
        TestdockSettings settings = TestdockSettings.of(getProject());
        if (!settings.trusted) {
            throw new ExecutionException("this project is not trusted to run; see Settings, Tools, Testdock");
        }
        RunWish whole = new RunWish(
                wish.tests(),
                wish.fresh(),
                wish.interpreter().isBlank() ? settings.interpreter : wish.interpreter(),
                wish.profile(),
                wish.more());
        List<String> more = ParametersListUtil.parse(wish.more(), false, true);
        try {
            return TestdockService.of(getProject()).commandLine(whole.arguments(more));
        } catch (IOException error) {
            throw new ExecutionException(error.getMessage());
        }
    }
}
