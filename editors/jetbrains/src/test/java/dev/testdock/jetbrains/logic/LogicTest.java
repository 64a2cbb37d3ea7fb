package dev.testdock.jetbrains.logic;

import dev.testdock.jetbrains.logic.Protocol.Container;
import dev.testdock.jetbrains.logic.Protocol.Containers;
import dev.testdock.jetbrains.logic.Protocol.Engine;
import dev.testdock.jetbrains.logic.Protocol.FileMarks;
import dev.testdock.jetbrains.logic.Protocol.Group;
import dev.testdock.jetbrains.logic.Protocol.Interpreter;
import dev.testdock.jetbrains.logic.Protocol.Mark;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What needs no IDE, as a plain program: it needs nothing but Java. Every method whose name begins with {@code test} is one.
 *
 * <p>{@code TESTDOCK} names the program, {@code RECORDINGS} the folder of recorded runs, {@code PROJECT} the project of which they are.
 */
public final class LogicTest {
    public static void main(String[] args) throws ReflectiveOperationException {
        int count = 0;
        for (Method method : LogicTest.class.getDeclaredMethods()) {
            if (!method.getName().startsWith("test")) {
                continue;
            }
            count++;
            try {
                method.invoke(new LogicTest());
            } catch (InvocationTargetException failed) {
                System.err.println("FAIL " + method.getName());
                failed.getCause().printStackTrace();
                System.exit(1);
            }
        }
        System.err.println(count + " tests of what needs no IDE passed");
    }

    private static void same(Object wanted, Object seen) {
        if (!Objects.equals(wanted, seen)) {
            throw new AssertionError(seen + " is not " + wanted);
        }
    }

    private static FileMarks marks(long seq, String... ids) {
        FileMarks told = new FileMarks();
        told.uri = "file:///shop/a%20b/test_a.py";
        told.id = "f";
        told.seq = seq;
        told.marks = Stream.of(ids).map(LogicTest::mark).toList();
        return told;
    }

    private static Mark mark(String id) {
        Mark mark = new Mark();
        mark.id = id;
        mark.line = 9;
        return mark;
    }

    void testTheNewestMarksOfAFileCount() {
        String file = "/shop/a b/test_a.py";
        Marks marks = new Marks();
        same(file, marks.take(marks(5, "f::x", "f::y")).orElseThrow());
        same("f", marks.in(file).id);
        same(new Marks.Place(file, 9), marks.place("f::y").orElseThrow());
        same(true, marks.place("gone").isEmpty());
        same(List.of(), marks.in("/elsewhere").marks);
        same(true, marks.take(marks(4, "f::old")).isEmpty());
        same(2, marks.in(file).marks.size());
        same(file, marks.take(marks(6)).orElseThrow());
        same(true, marks.place("f::y").isEmpty());
    }

    void testAServerThatTakesTheOthersPlaceCountsFromTheBeginning() {
        Marks marks = new Marks();
        marks.take(marks(700, "f::x"));
        Newest<String> state = new Newest<>("nothing");
        same(true, state.take("warm", 700));
        same(false, state.take("older", 699));
        same(Set.of("/shop/a b/test_a.py"), marks.forget());
        state.forget();
        same("nothing", state.get());
        same(true, state.take("cold", 1));
        same(1, marks.take(marks(1, "f::y")).map(file -> marks.in(file).marks.size()).orElseThrow());
    }

    void testAWishBecomesACommandLine() throws Exception {
        same(List.of("run", "--format", "teamcity"), new RunWish(List.of(), false, "", null, "").arguments(List.of()));
        RunWish wish = new RunWish(List.of("@shop//unit//a.py::x[a b]", "b.py"), true, "node", " ci ", "");
        same(List.of("run", "--format", "teamcity", "--fresh", "--interpreter", "node", "--profile", "ci", "unit//a.py::x[a b]",
                "b.py", "--", "-k", "a b"), wish.arguments(List.of("-k", "a b")));
        same("2 tests", wish.title());
        same("x[1]", new RunWish(List.of("a.py::T::x[1]"), false, "", "", "").title());
        same("a.py", new RunWish(List.of("a.py"), false, "", "", "").title());
        same(List.of("a.py::x", "b"), RunWish.lines(" a.py::x \n\nb"));
    }

    void testManyTestsGoIntoAFile() throws Exception {
        List<String> many = Collections.nCopies(1000, "tests/test_a.py::test_b");
        List<String> words = new RunWish(many, false, "", "", "").arguments(List.of());
        same("--select-file", words.get(3));
        same(5, words.size());
        same(many, Files.readAllLines(Path.of(words.get(4))));
    }

    void testTheProgramIsTheOneThatWasSetThenTheOwnThenThatOfThePath() throws Exception {
        Path folder = Files.createTempDirectory("testdock");
        String own = program(folder.resolve("server/linux-x64/testdock"));
        String path = program(folder.resolve("bin/testdock"));
        String bin = folder.resolve("gone") + File.pathSeparator + folder.resolve("bin");
        same(path, Binary.find(" " + path + " ", folder, bin, "Linux", "amd64"));
        same(own, Binary.find("", folder, bin, "Linux", "amd64"));
        same(path, Binary.find("", folder, bin, "Linux", "aarch64"));
        same(path, Binary.find(null, null, bin, "Mac OS X", "aarch64"));
        same("testdock is not on the PATH, and this plugin has none for win32-x64; get it from"
                + " https://github.com/testdock/testdock/releases, or set its path in Settings, Tools, Testdock",
                missing(() -> Binary.find("", folder, "", "Windows 11", "amd64")));
        same("cannot run /gone: it is no program; correct the path in Settings, Tools, Testdock",
                missing(() -> Binary.find("/gone", folder, bin, "Linux", "amd64")));
    }

    private interface Search {
        String find() throws Binary.Missing;
    }

    private static String missing(Search search) {
        try {
            return "found " + search.find();
        } catch (Binary.Missing missing) {
            return missing.getMessage();
        }
    }

    private static String program(Path path) throws Exception {
        Files.createDirectories(path.getParent());
        Files.createFile(path).toFile().setExecutable(true);
        return path.toString();
    }

    void testPlacesInTextAreFound() {
        same("[Link[start=14, end=33, path=/shop/tests/a.py, line=19], Link[start=35, end=49, path=C:/shop/b.py, line=7]]",
                Links.in("    at total (/shop/tests/a.py:19) C:\\shop\\b.py:7").toString());
        same(List.of(), Links.in("see http://127.0.0.1:8080/a, 12:30, a.py:3, /no/line"));
        same("/shop/a.py 19", hint("/shop/a.py:19"));
        same("/shop/a.py 1", hint("/shop/a.py"));
        same("C:/shop/a.py 1", hint("C:/shop/a.py"));
        same("/shop/odd:name 1", hint("/shop/odd:name"));
        same("/shop/a.py 1", hint("/shop/a.py:0"));
    }

    private static String hint(String text) {
        Links.Link link = Links.hint(text);
        return link.path() + " " + link.line();
    }

    void testContainersAreLines() {
        Container db = new Container();
        db.id = "1";
        db.name = "db";
        db.detail = "postgres:16, up 5 minutes";
        db.actions = List.of("stop");
        Group group = new Group();
        group.label = "shop";
        group.containers = List.of(db);
        Engine here = new Engine();
        here.engine = "";
        here.groups = List.of(group);
        Engine gone = new Engine();
        gone.engine = "tcp://box:2375";
        gone.detail = "cannot reach it; start it";
        Containers snapshot = new Containers();
        snapshot.engines = List.of(here, gone);
        List<Rows.Row> rows = Rows.of(snapshot);
        same("postgres:16, up 5 minutes", rows.get(0).text());
        same(true, rows.get(0).can("stop"));
        same(false, rows.get(0).can("start"));
        same(List.of("logs", "--follow", "--tail", "1000", "--engine", "", "1"), rows.get(0).logArguments());
        same("cannot reach it; start it", rows.get(1).text());
        same(false, rows.get(1).can("stop"));
    }

    void testTheStatusBarNamesWhatIsChosen() {
        Interpreter one = new Interpreter();
        one.name = "default";
        one.state = "warm";
        same("Testdock: no interpreter", Rows.chosen(List.of(one)));
        one.chosen = true;
        same("Testdock: default (warm)", Rows.chosen(List.of(one)));
    }

    void testNamesThatLookLikeOptionsGoIntoAFile() throws Exception {
        List<String> words = new RunWish(List.of("-x.py::test_a", "b.py"), false, "", "", "").arguments(List.of());
        same("--select-file", words.get(3));
        same(List.of("-x.py::test_a", "b.py"), Files.readAllLines(Path.of(words.get(4))));
    }

    /** What the real program says to a command line: it plays a recording, or runs where there is none. */
    private record Said(int code, List<String> lines) {
        long count(String message) {
            return lines.stream().filter(it -> it.startsWith("##teamcity[" + message + " ")).count();
        }
    }

    private static Said say(String recording, Map<String, String> environment, RunWish wish) throws Exception {
        List<String> words = new ArrayList<>(wish.arguments(List.of()));
        if (recording != null) {
            words.addAll(1, List.of("--replay", System.getenv("RECORDINGS") + "/" + recording + ".jsonl"));
        }
        words.add(0, System.getenv("TESTDOCK"));
        ProcessBuilder builder = new ProcessBuilder(words).directory(new File(System.getenv("PROJECT")))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text.lines().toList());
    }

    private static boolean isThereNoProgram() {
        return System.getenv("TESTDOCK") == null;
    }

    void testTheProgramTakesTheCommandLine() throws Exception {
        if (isThereNoProgram()) {
            return;
        }
        Said said = say("python-pytest", Map.of(), new RunWish(List.of("tests/test_orders.py"), true, "", "", ""));
        same(1, said.code);
        same("##teamcity[enteredTheMatrix]", said.lines.get(0));
        same(8L, said.count("testStarted"));
        same(5L, said.count("testFailed"));
    }

    void testNamesThatMeanNoGoodComeThroughWhole() throws Exception {
        if (isThereNoProgram()) {
            return;
        }
        String file = "tests/test_<b> %s|quit! $(zap)'#.py::";
        List<String> names = List.of("test_names[a|quit!]", "test_names['); os.exit(1) --]", "Test_\u65e5\u672c::test_\u00fcn\u00efcode");
        Said said = say("hostile", Map.of(), new RunWish(names.stream().map(it -> file + it).toList(), false, "", "", ""));
        same(3L, said.count("testFailed"));
        same(List.of(), said.lines.stream()
                .filter(it -> it.startsWith("##teamcity[") && it.chars().anyMatch(c -> c < ' ')).toList());
    }

    /** What keeps a run from being stands in the tree, with what mends it. */
    void testARunThatCannotBeIsAFailureInTheTree() throws Exception {
        if (isThereNoProgram()) {
            return;
        }
        RunWish all = new RunWish(List.of(), false, "", "", "");
        Said nowhere = say(null, Map.of("DOCKER_HOST", "unix:///nowhere.sock"), all);
        same(3, nowhere.code);
        same(1L, nowhere.count("testFailed"));
        same(true, String.join("", nowhere.lines).contains("cannot reach Docker at unix:///nowhere.sock"));
        Path settings = Path.of(System.getenv("PROJECT"), "testdock.toml");
        String before = Files.readString(settings);
        Files.writeString(settings, "[interpreter");
        Said broken = say("python-pytest", Map.of(), all);
        Files.writeString(settings, before);
        same(2, broken.code);
        same(1L, broken.count("testFailed"));
        same(true, String.join("", broken.lines).contains("testdock.toml:1'"));
    }
}
