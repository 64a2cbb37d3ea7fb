package com.intellij.execution.testframework.actions;

import com.intellij.execution.configurations.RunConfiguration;
import com.intellij.execution.configurations.RunConfigurationBase;
import com.intellij.execution.runners.ExecutionEnvironment;
import com.intellij.execution.testframework.AbstractTestProxy;
import com.intellij.execution.testframework.TestConsoleProperties;
import com.intellij.execution.testframework.TestFrameworkRunningModel;
import com.intellij.openapi.actionSystem.AnAction;
import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.options.SettingsEditor;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.ui.ComponentContainer;
import com.intellij.openapi.util.Getter;
import java.util.List;
import org.jdom.Element;

public abstract class AbstractRerunFailedTestsAction extends AnAction {
    protected AbstractRerunFailedTestsAction(ComponentContainer container) {}
    public void init(TestConsoleProperties properties) { throw new UnsupportedOperationException(); }
    public void setModelProvider(Getter<? extends TestFrameworkRunningModel> provider) { throw new UnsupportedOperationException(); }
    protected List<AbstractTestProxy> getFailedTests(Project project) { throw new UnsupportedOperationException(); }
    protected MyRunProfile getRunProfile(ExecutionEnvironment environment) { return null; }
    @Override public void actionPerformed(AnActionEvent event) { throw new UnsupportedOperationException(); }
    @Override public final void update(AnActionEvent event) { throw new UnsupportedOperationException(); }
    protected abstract static class MyRunProfile extends RunConfigurationBase<Element> {
        public MyRunProfile(RunConfigurationBase<?> configuration) { super(null, null, null); }
        @Override public SettingsEditor<? extends RunConfiguration> getConfigurationEditor() { throw new UnsupportedOperationException(); }
    }
}
