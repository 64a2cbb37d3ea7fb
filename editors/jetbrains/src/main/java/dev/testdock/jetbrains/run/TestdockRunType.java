package dev.testdock.jetbrains.run;

import com.intellij.execution.configurations.ConfigurationFactory;
import com.intellij.execution.configurations.ConfigurationTypeBase;
import com.intellij.execution.configurations.ConfigurationTypeUtil;
import com.intellij.execution.configurations.LocatableRunConfigurationOptions;
import com.intellij.execution.configurations.RunConfiguration;
import com.intellij.icons.AllIcons;
import com.intellij.openapi.components.BaseState;
import com.intellij.openapi.components.StoredProperty;
import com.intellij.openapi.project.Project;
import dev.testdock.jetbrains.logic.RunWish;

/** Run configurations whose process is {@code testdock run}. */
public final class TestdockRunType extends ConfigurationTypeBase {
    public TestdockRunType() {
        super("Testdock", "Testdock", "Tests in the project's own container", AllIcons.RunConfigurations.TestState.Run);
        addFactory(new Factory(this));
    }

    static ConfigurationFactory factory() {
        return ConfigurationTypeUtil.findConfigurationType(TestdockRunType.class).getConfigurationFactories()[0];
    }

    private static final class Factory extends ConfigurationFactory {
        Factory(TestdockRunType type) {
            super(type);
        }

        @Override
        public String getId() {
            return "Testdock";
        }

        @Override
        public RunConfiguration createTemplateConfiguration(Project project) {
            return new TestdockRunConfiguration(project, this, "Testdock");
        }

        @Override
        public Class<? extends BaseState> getOptionsClass() {
            return Options.class;
        }

        @Override
        public boolean isEditableInDumbMode() {
            return true;
        }
    }

    /** What is stored of a run configuration. */
    public static final class Options extends LocatableRunConfigurationOptions {
        private final StoredProperty<String> tests = string("").provideDelegate(this, "tests");
        private final StoredProperty<String> interpreter = string("").provideDelegate(this, "interpreter");
        private final StoredProperty<String> profile = string("").provideDelegate(this, "profile");
        private final StoredProperty<String> more = string("").provideDelegate(this, "more");
        private final StoredProperty<Boolean> fresh = property(false).provideDelegate(this, "fresh");

        RunWish get() {
            return new RunWish(
                    RunWish.lines(tests.getValue(this)),
                    fresh.getValue(this),
                    interpreter.getValue(this),
                    profile.getValue(this),
                    more.getValue(this));
        }

        void set(RunWish wish) {
            tests.setValue(this, String.join("\n", wish.tests()));
            fresh.setValue(this, wish.fresh());
            interpreter.setValue(this, wish.interpreter());
            profile.setValue(this, wish.profile());
            more.setValue(this, wish.more());
        }
    }
}
