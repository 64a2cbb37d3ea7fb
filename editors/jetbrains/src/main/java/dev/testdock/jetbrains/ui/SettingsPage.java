package dev.testdock.jetbrains.ui;

import com.intellij.openapi.options.Configurable;
import com.intellij.openapi.options.ConfigurationException;
import com.intellij.openapi.project.Project;
import com.intellij.util.ui.FormBuilder;
import dev.testdock.jetbrains.TestdockService;
import dev.testdock.jetbrains.TestdockSettings;
import dev.testdock.jetbrains.logic.Binary;
import java.util.List;
import javax.swing.JCheckBox;
import javax.swing.JComponent;
import javax.swing.JTextField;

/** Settings, Tools, Testdock. */
public final class SettingsPage implements Configurable {
    private final Project project;
    private final JTextField server = new JTextField();
    private final JCheckBox enabled = new JCheckBox("Use Testdock in this project also without a testdock.toml");
    private final JCheckBox trusted = new JCheckBox("I trust this project: tests may run when I ask for them");

    public SettingsPage(Project project) {
        this.project = project;
    }

    @Override
    public String getDisplayName() {
        return "Testdock";
    }

    @Override
    public JComponent createComponent() {
        return FormBuilder.createFormBuilder()
                .addLabeledComponent("Path of testdock (empty: the one on the PATH):", server)
                .addComponent(enabled)
                .addComponent(trusted)
                .getPanel();
    }

    private TestdockSettings shown() {
        TestdockSettings shown = new TestdockSettings();
        shown.loadState(TestdockSettings.of(project));
        shown.serverPath = server.getText().strip();
        shown.enabled = enabled.isSelected();
        shown.trusted = trusted.isSelected();
        return shown;
    }

    private static List<Object> all(TestdockSettings it) {
        return List.of(it.serverPath, it.enabled, it.trusted);
    }

    @Override
    public boolean isModified() {
        return !all(shown()).equals(all(TestdockSettings.of(project)));
    }

    @Override
    public void apply() throws ConfigurationException {
        TestdockSettings shown = shown();
        try {
            shown.binary();
        } catch (Binary.Missing missing) {
            throw new ConfigurationException(missing.getMessage());
        }
        TestdockSettings.of(project).loadState(shown);
        TestdockService.of(project).restart();
    }

    @Override
    public void reset() {
        TestdockSettings settings = TestdockSettings.of(project);
        server.setText(settings.serverPath);
        enabled.setSelected(settings.enabled);
        trusted.setSelected(settings.trusted);
    }
}
