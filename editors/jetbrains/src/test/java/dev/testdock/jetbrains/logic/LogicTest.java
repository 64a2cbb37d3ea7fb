package dev.testdock.jetbrains.logic;

import dev.testdock.jetbrains.logic.Protocol.Change;
import dev.testdock.jetbrains.logic.Protocol.Container;
import dev.testdock.jetbrains.logic.Protocol.Containers;
import dev.testdock.jetbrains.logic.Protocol.Discovered;
import dev.testdock.jetbrains.logic.Protocol.Document;
import dev.testdock.jetbrains.logic.Protocol.Engine;
import dev.testdock.jetbrains.logic.Protocol.EngineError;
import dev.testdock.jetbrains.logic.Protocol.Group;
import dev.testdock.jetbrains.logic.Protocol.Interpreter;
import dev.testdock.jetbrains.logic.Protocol.Item;
import dev.testdock.jetbrains.logic.Protocol.Range;
import dev.testdock.jetbrains.logic.Protocol.State;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What needs no IDE, as a plain program: it needs nothing but Java. Every method whose name begins with {@code test} is one.
 *
 * <p>{@code TESTDOCK} names the program, {@code RECORDING} a recorded run, {@code PROJECT} the project of which it is.
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

    private static Item item(String id, String parent, int line, String kind) {
        Item item = new Item();
        item.id = id;
        item.label = id.substring(id.lastIndexOf(':') + 1);
        item.parent = parent;
        item.kind = kind;
        item.textDocument = document();
        if (line >= 0) {
            item.range = new Range();
            item.range.start.line = line;
        }
        return item;
    }

    private static Document document() {
        Document document = new Document();
        document.uri = "file:///shop/a%20b/test_a.py";
        return document;
    }

    private static final String FILE = "/shop/a b/test_a.py";

    private static Discovered discovered(long seq, boolean isWhole, Item... items) {
        Discovered params = new Discovered();
        params.tests = List.of(items);
        params.scopeFile = isWhole ? List.of(document()) : null;
        params.seq = seq;
        return params;
    }

    private static Change change(String id, long seq, String tag) {
        Change params = new Change();
        params.testId = id;
        params.seq = seq;
        params.state = new State();
        params.state.tag = tag;
        return params;
    }

    private static Tests shop() {
        Tests tests = new Tests();
        Set<String> changed = tests.discovered(discovered(5, true, item("f", null, -1, "module"), item("f::T", "f", 3, "module"),
                item("f::T::x", "f::T", 4, "test"), item("f::y", "f", 9, "test")));
        same(Set.of(FILE), changed);
        return tests;
    }

    void testMarksStandWhereTestsDoAndSayTheWorst() {
        Tests tests = shop();
        tests.changed(change("f::y", 6, "passed"));
        tests.discovered(discovered(7, false, item("f::T::x[1]", "f::T::x", 4, "test"), item("f::T::x[2]", "f::T::x", 4, "test")));
        tests.changed(change("f::T::x[1]", 8, "passed"));
        Change errored = change("f::T::x[2]", 9, "failed");
        errored.errored = true;
        same(FILE, tests.changed(errored).orElseThrow());
        same("[Mark[id=f::T, label=T, line=3, word=errored], Mark[id=f::T::x, label=x, line=4, word=errored],"
                + " Mark[id=f::y, label=y, line=9, word=passed]]", tests.marks(FILE).toString());
        same(List.of(), tests.marks("/elsewhere"));
        same("f", tests.fileId(FILE).orElseThrow());
        same(new Tests.Place(FILE, 9), tests.place("f::y").orElseThrow());
        same(true, tests.place("gone").isEmpty());
    }

    void testWhatIsOlderChangesNothing() {
        Tests tests = shop();
        same(Set.of(), tests.discovered(discovered(4, true)));
        same(4, tests.marks(FILE).size() + 1);
        tests.changed(change("f::y", 8, "failed"));
        same(true, tests.changed(change("f::y", 7, "started")).isEmpty());
        same("failed", tests.marks(FILE).get(2).word());
        Change retracted = change("f::y", 9, "skipped");
        retracted.retracted = true;
        tests.changed(retracted);
        same("", tests.marks(FILE).get(2).word());
        tests.discovered(discovered(10, true));
        same(List.of(), tests.marks(FILE));
    }

    void testAWishBecomesACommandLine() throws Exception {
        same(List.of("run", "--format", "teamcity"), new RunWish(List.of(), false, "", null, " ").arguments());
        RunWish wish = new RunWish(List.of("@shop//unit//a.py::x[a b]", "b.py"), true, "node", " ci ", "-k 'a b' -x \"\"");
        same(List.of("run", "--format", "teamcity", "--fresh", "--interpreter", "node", "--profile", "ci", "unit//a.py::x[a b]",
                "b.py", "--", "-k", "a b", "-x", ""), wish.arguments());
        same("2 tests", wish.title());
        same("x[1]", new RunWish(List.of("a.py::T::x[1]"), false, "", "", "").title());
        same("a.py", new RunWish(List.of("a.py"), false, "", "", "").title());
        same(List.of("a.py::x", "b"), RunWish.lines(" a.py::x \n\nb"));
    }

    void testManyTestsGoIntoAFile() throws Exception {
        List<String> many = Collections.nCopies(1000, "tests/test_a.py::test_b");
        List<String> words = new RunWish(many, false, "", "", "").arguments();
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

    void testTextsComeInTheirOrder() {
        InOrder order = new InOrder();
        same(List.of(), order.take(2, "b"));
        same(List.of(), order.take(3, "c"));
        same(List.of("a", "b", "c"), order.take(1, "a"));
        same(List.of(), order.take(1, "again"));
        same(List.of("d"), order.take(4, "d"));
    }

    void testContainersAreLines() {
        Container db = new Container();
        db.id = "1";
        db.name = "db";
        db.image = "postgres:16";
        db.status = "up 5 minutes";
        db.actions = List.of("stop");
        Group group = new Group();
        group.label = "shop";
        group.containers = List.of(db);
        Engine here = new Engine();
        here.engine = "";
        here.groups = List.of(group);
        Engine gone = new Engine();
        gone.engine = "tcp://box:2375";
        gone.error = new EngineError();
        gone.error.message = "cannot reach it";
        gone.error.help = "start it";
        Containers snapshot = new Containers();
        snapshot.engines = List.of(here, gone);
        List<Rows.Row> rows = Rows.of(snapshot);
        same("postgres:16  up 5 minutes", rows.get(0).text());
        same(true, rows.get(0).can("stop"));
        same(false, rows.get(0).can("start"));
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

    /** The real program takes the command line, and says what the test runner of an IDE reads. */
    void testTheProgramTakesTheCommandLine() throws Exception {
        String program = System.getenv("TESTDOCK");
        if (program == null) {
            return;
        }
        RunWish wish = new RunWish(List.of("tests/test_orders.py"), true, "", "", "-x");
        List<String> words = new ArrayList<>(wish.arguments());
        words.addAll(1, List.of("--replay", System.getenv("RECORDING")));
        words.add(0, program);
        Process process = new ProcessBuilder(words).directory(new File(System.getenv("PROJECT")))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        same(1, process.waitFor());
        same("##teamcity[enteredTheMatrix]", lines.get(0));
        same(8L, lines.stream().filter(it -> it.startsWith("##teamcity[testStarted ")).count());
        same(5L, lines.stream().filter(it -> it.startsWith("##teamcity[testFailed ")).count());
    }
}
