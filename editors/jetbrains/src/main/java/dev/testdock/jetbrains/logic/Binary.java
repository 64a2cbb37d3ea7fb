package dev.testdock.jetbrains.logic;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The program `testdock`: as the settings say, the one that came with the plugin, the one on the PATH. */
public final class Binary {
    private Binary() {}

    /** It is nowhere; the message says what to do. */
    public static final class Missing extends Exception {
        private static final long serialVersionUID = 1;

        Missing(String message) {
            super(message);
        }
    }

    /** Its path. */
    public static String find(String setting, Path plugin, String searchPath, String os, String arch) throws Missing {
        if (setting != null && !setting.isBlank()) {
            if (!Files.isExecutable(Path.of(setting.strip()))) {
                throw new Missing("cannot run " + setting.strip()
                        + ": it is no program; correct the path in Settings, Tools, Testdock");
            }
            return setting.strip();
        }
        String name = isWindows(os) ? "testdock.exe" : "testdock";
        Stream<Path> bundled = Stream.ofNullable(plugin).map(it -> it.resolve("server").resolve(platform(os, arch)));
        Stream<Path> folders = Arrays.stream(searchPath == null ? new String[0] : searchPath.split(File.pathSeparator))
                .filter(it -> !it.isBlank())
                .map(Path::of);
        Optional<Path> found = Stream.concat(bundled, folders).map(it -> it.resolve(name)).filter(Files::isExecutable).findFirst();
        return found.map(Path::toString).orElseThrow(() -> new Missing("testdock is not on the PATH, and this plugin has none for "
                + platform(os, arch) + "; get it from https://github.com/testdock/testdock/releases, or set its path in Settings,"
                + " Tools, Testdock"));
    }

    /** The folder of a platform's program. */
    static String platform(String os, String arch) {
        String lower = os.toLowerCase(Locale.ROOT);
        String system = isWindows(os) ? "win32" : lower.contains("mac") ? "darwin" : "linux";
        boolean isArm = arch.equals("aarch64") || arch.equals("arm64");
        return system + (isArm ? "-arm64" : "-x64");
    }

    private static boolean isWindows(String os) {
        return os.toLowerCase(Locale.ROOT).startsWith("windows");
    }
}
