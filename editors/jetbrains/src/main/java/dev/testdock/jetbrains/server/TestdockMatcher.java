package dev.testdock.jetbrains.server;

import com.intellij.openapi.project.Project;
import com.intellij.openapi.vfs.VirtualFile;
import com.redhat.devtools.lsp4ij.DocumentMatcher;
import dev.testdock.jetbrains.TestdockSettings;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file matters in a project that has Testdock: one with a testdock.toml, or where the settings say so. */
public final class TestdockMatcher implements DocumentMatcher {
    @Override
    public boolean match(VirtualFile file, Project project) {
        return isHere(project);
    }

    public static boolean isHere(Project project) {
        String root = project.getBasePath();
        return root != null && (TestdockSettings.of(project).enabled || Files.exists(Path.of(root, "testdock.toml")));
    }
}
