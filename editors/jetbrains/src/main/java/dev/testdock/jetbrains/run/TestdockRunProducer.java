package dev.testdock.jetbrains.run;

import com.intellij.execution.actions.ConfigurationContext;
import com.intellij.execution.actions.LazyRunConfigurationProducer;
import com.intellij.execution.configurations.ConfigurationFactory;
import com.intellij.execution.testframework.AbstractTestProxy;
import com.intellij.execution.testframework.sm.runner.SMTestProxy;
import com.intellij.openapi.util.Ref;
import com.intellij.psi.PsiElement;
import com.intellij.psi.PsiFile;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.logic.Protocol.FileMarks;
import dev.testdock.jetbrains.logic.RunWish;
import java.util.List;

/** "Run" in the menu of a test in the tree, and of a file of tests. */
public final class TestdockRunProducer extends LazyRunConfigurationProducer<TestdockRunConfiguration> {
    @Override
    public ConfigurationFactory getConfigurationFactory() {
        return TestdockRunType.factory();
    }

    @Override
    protected boolean setupConfigurationFromContext(
            TestdockRunConfiguration configuration, ConfigurationContext context, Ref<PsiElement> source) {
        String test = test(context);
        if (test != null) {
            RunWish wish = new RunWish(List.of(test), false, "", "", "");
            configuration.set(wish);
            configuration.setName(wish.title());
        }
        return test != null;
    }

    @Override
    public boolean isConfigurationFromContext(TestdockRunConfiguration configuration, ConfigurationContext context) {
        String test = test(context);
        return test != null && configuration.get().tests().equals(List.of(test));
    }

    private static String test(ConfigurationContext context) {
        AbstractTestProxy proxy = context.getDataContext().getData(AbstractTestProxy.DATA_KEY);
        if (proxy instanceof SMTestProxy it) {
            return it.getMetainfo();
        }
        PsiElement element = context.getPsiLocation();
        PsiFile file = element == null ? null : element.getContainingFile();
        if (file == null || file.getVirtualFile() == null) {
            return null;
        }
        FileMarks there = TestdockService.of(context.getProject()).marks.in(file.getVirtualFile().getPath());
        return there.marks.isEmpty() ? null : there.id;
    }
}
