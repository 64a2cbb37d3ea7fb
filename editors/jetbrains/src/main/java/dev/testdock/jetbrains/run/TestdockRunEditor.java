package dev.testdock.jetbrains.run;

import com.intellij.openapi.options.SettingsEditor;
import com.intellij.util.ui.FormBuilder;
import dev.testdock.jetbrains.logic.RunWish;
import javax.swing.JCheckBox;
import javax.swing.JComponent;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;
import javax.swing.JTextField;

/** The form of a run configuration. */
final class TestdockRunEditor extends SettingsEditor<TestdockRunConfiguration> {
    private final JTextArea tests = new JTextArea(5, 60);
    private final JCheckBox fresh = new JCheckBox("Use a clean container, and throw it away afterwards");
    private final JTextField interpreter = new JTextField();
    private final JTextField profile = new JTextField();
    private final JTextField more = new JTextField();

    @Override
    protected void resetEditorFrom(TestdockRunConfiguration configuration) {
        RunWish wish = configuration.get();
        tests.setText(String.join("\n", wish.tests()));
        fresh.setSelected(wish.fresh());
        interpreter.setText(wish.interpreter());
        profile.setText(wish.profile());
        more.setText(wish.more());
    }

    @Override
    protected void applyEditorTo(TestdockRunConfiguration configuration) {
        configuration.set(new RunWish(
                RunWish.lines(tests.getText()),
                fresh.isSelected(),
                interpreter.getText(),
                profile.getText(),
                more.getText()));
    }

    @Override
    protected JComponent createEditor() {
        return FormBuilder.createFormBuilder()
                .addLabeledComponent("Tests, one a line (files, folders or ids; none for all):", new JScrollPane(tests))
                .addComponent(fresh)
                .addLabeledComponent("Interpreter:", interpreter)
                .addLabeledComponent("Profile:", profile)
                .addLabeledComponent("Further arguments of the test tool:", more)
                .getPanel();
    }
}
