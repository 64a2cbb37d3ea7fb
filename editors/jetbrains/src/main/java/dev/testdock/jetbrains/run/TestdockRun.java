package dev.testdock.jetbrains.run;

import com.intellij.execution.DefaultExecutionResult;
import com.intellij.execution.ExecutionException;
import com.intellij.execution.ExecutionResult;
import com.intellij.execution.Executor;
import com.intellij.execution.configurations.CommandLineState;
import com.intellij.execution.process.KillableColoredProcessHandler;
import com.intellij.execution.process.ProcessHandler;
import com.intellij.execution.process.ProcessTerminatedListener;
import com.intellij.execution.runners.ExecutionEnvironment;
import com.intellij.execution.runners.ProgramRunner;
import com.intellij.execution.testframework.sm.SMTestRunnerConnectionUtil;
import dev.testdock.jetbrains.logic.RunWish;

/** A run under way: the process tells the test runner everything by its messages. */
final class TestdockRun extends CommandLineState {
    private final TestdockRunConfiguration configuration;
    private final RunWish wish;

    TestdockRun(ExecutionEnvironment environment, TestdockRunConfiguration configuration, RunWish wish) {
        super(environment);
        this.configuration = configuration;
        this.wish = wish;
    }

    /** Stop interrupts the process, which cancels the run in its container; a second Stop kills it. */
    @Override
    protected ProcessHandler startProcess() throws ExecutionException {
        var process = new KillableColoredProcessHandler(configuration.commandLine(wish));
        process.setShouldKillProcessSoftly(true);
        ProcessTerminatedListener.attach(process);
        return process;
    }

    @Override
    public ExecutionResult execute(Executor executor, ProgramRunner<?> runner) throws ExecutionException {
        ProcessHandler process = startProcess();
        var properties = new TestdockConsole(configuration, executor);
        var console = SMTestRunnerConnectionUtil.createConsole(properties);
        console.attachToProcess(process);
        var result = new DefaultExecutionResult(console, process, createActions(console, process, executor));
        var rerun = properties.createRerunFailedTestsAction(console);
        rerun.setModelProvider(console::getResultsViewer);
        result.setRestartActions(rerun);
        return result;
    }
}
