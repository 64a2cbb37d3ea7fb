"""Tells Testdock what a pytest session does while it does it. PYTEST_DONT_REWRITE

Loaded with `-p testdock_pytest`; for Python 3.7 and pytest 6 or newer, with nothing but the standard library.
The environment says what is wanted, and without it the plugin is silent:

TESTDOCK_EVENTS_FD     file descriptor that takes the events, one JSON object a line
TESTDOCK_REPORT        where the JUnit report has to lie at the end
TESTDOCK_SELECT        file of node ids, one a line, to run in addition to the command line's
TESTDOCK_ASKED         how many of the last arguments, with those of that file, are Testdock's own
TESTDOCK_PYCACHE       directory for the modules that pytest rewrites
TESTDOCK_TEST_TIMEOUT  seconds that each phase of a test (setup, call, teardown) may take

Events are `session`, `collected`, `start`, `finish`, `collect-error`, `internal-error`, `problem` (the plugin's own)
and `end`. Paths are absolute, lines count from 1. A session without its `end` has died. Under pytest-xdist the
workers find out where a failure is, which rides on the report, and the controller alone speaks.
"""

import atexit
import contextlib
import gc
import json
import linecache
import os
import pathlib
import re
import shutil
import signal
import sys
import threading
import traceback

import _pytest
import pluggy
import pytest
from _pytest import junitxml
from _pytest.assertion import rewrite

# A test may leave anything in their place.
dumps, write = json.dumps, os.write

MAX_DETAIL, MAX_OUTPUT, MAX_MESSAGE, MAX_FRAMES = 64 * 1024, 16 * 1024, 1024, 50
ANSI = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])"
MACHINERY = tuple(os.path.dirname(module.__file__) + os.sep for module in (_pytest, pluggy))
STDLIB = os.path.dirname(os.__file__) + os.sep


class Stream:
    """The event stream. Whatever goes wrong here stays here: it must not break the user's run."""

    def __init__(self, fd):
        self.fd = fd
        self.torn = False

    @classmethod
    def from_environment(cls):
        # Taken away, so that neither a test nor a pytest that a test starts writes to a descriptor of that number.
        fd = os.environ.pop("TESTDOCK_EVENTS_FD", None)
        try:
            fd = int(fd) if fd else None
            if fd is not None:
                os.set_inheritable(fd, False)
        except (OSError, ValueError):
            fd = None
        return cls(fd)

    def emit(self, kind, make):
        """Write the event whose fields `make` returns."""
        if self.fd is None:
            return
        try:
            event = {key: value for key, value in make().items() if value is not None}
        except Exception as problem:
            kind, event = "problem", {"during": kind, "message": "%s: %s" % (type(problem).__name__, problem)}
        try:
            line = dumps(dict({"e": kind}, **event), ensure_ascii=False).encode("utf-8", "replace")
            self.write(line + b"\n")
        except Exception:
            self.fd = None

    def write(self, line):
        line = b"\n" + line if self.torn else line
        self.torn = True  # until it is out: a signal's exception may cut it
        while line:
            line = line[write(self.fd, line) :]
        self.torn = False

    def close(self):
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


STREAM = Stream.from_environment()


def cache_rewritten_modules_apart():
    """Keep the modules that pytest rewrites out of the project.

    pytest trusts a cached one whatever path it was made for. The project may lie at one path here and at another
    outside, so a shared cache gives one of the two the other's paths in its tracebacks.
    """
    directory = os.environ.get("TESTDOCK_PYCACHE")
    if directory and hasattr(rewrite, "get_cache_dir"):
        rewrite.get_cache_dir = lambda path: pathlib.Path(directory, *path.parts[1:-1])


cache_rewritten_modules_apart()


def escape_quickly():
    """Leave out pytest's search for what XML cannot hold, where a text has nothing of the kind.

    It compiles a large pattern for the first, which takes longer than many a test does.
    """
    escape = getattr(junitxml, "bin_xml_escape", None)
    if escape is None or int(pytest.__version__.split(".")[0]) < 7:  # it also escaped what is markup
        return

    def escape_where_needed(arg):
        text = str(arg)
        return text if text.isascii() and text.replace("\n", "").isprintable() else escape(text)

    junitxml.bin_xml_escape = escape_where_needed


escape_quickly()


def leave_quickly():
    """Collect what is garbage now, and leave the rest to the end of the process.

    Python looks three times more through all modules when it ends, which takes it longer than many a test does. It
    promises for nothing that still exists then that it is finalised.
    """
    gc.collect()
    gc.freeze()


# The first that is registered is the last that is called. PyPy has no `freeze`.
if hasattr(gc, "freeze"):
    atexit.register(leave_quickly)


# -- text ------------------------------------------------------------------------------------------------------------


def whole(text):
    """Text that survives any serialisation: no lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def plain(text):
    return whole(re.sub(ANSI, "", text) if "\x1b" in text else text)


def ends(text, limit):
    if len(text) <= limit:
        return text
    half = limit // 2
    return "%s\n... %d characters left out ...\n%s" % (text[:half], len(text) - 2 * half, text[-half:])


def first_line(text):
    lines = plain(text).strip().splitlines()
    return lines[0][:MAX_MESSAGE] if lines else ""


def source_line(path, line):
    return linecache.getline(path, line).strip()


# -- where a failure is ----------------------------------------------------------------------------------------------


def frame_of(frame, line):
    return {"path": os.path.abspath(frame.f_code.co_filename), "line": line, "name": frame.f_code.co_name}


def is_hidden(frame):
    """Frames that ask not to be shown; unittest's assertions do so by a name of their own."""
    hide = frame.f_locals.get("__tracebackhide__") or frame.f_globals.get("__tracebackhide__")
    return "__unittest" in frame.f_globals or bool(hide) and not callable(hide)


def traceback_frames(tb):
    frames = []
    while tb is not None:
        if not is_hidden(tb.tb_frame):
            frames.append(frame_of(tb.tb_frame, tb.tb_lineno))
        tb = tb.tb_next
    return frames


def bounded(frames):
    tail = MAX_FRAMES - 10
    return frames if len(frames) <= MAX_FRAMES else frames[:10] + frames[-tail:]


class Site:
    """The code under test as one node sees it: what is the project's own, and which frame is the test itself."""

    def __init__(self, rootdir, path, names=()):
        self.root = os.path.join(rootdir, "")
        self.path = path
        self.names = names

    @classmethod
    def of_item(cls, item):
        function = getattr(item, "obj", None)
        function = getattr(function, "__func__", function)
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        code = getattr(function, "__code__", None)
        path = os.path.abspath(code.co_filename) if code else str(item.fspath)
        names = {code and code.co_name, getattr(item, "originalname", None) or item.name}
        return cls(rootdir_of(item.config), path, names)

    def owns(self, frame):
        path = frame["path"]
        if path == self.path:
            return True
        foreign = path.startswith(STDLIB) or "site-packages" in path or "dist-packages" in path
        return path.startswith(self.root) and not foreign and os.path.isfile(path)

    def is_machinery(self, frame):
        """pytest itself, and the hooks of its plugins."""
        is_hook = frame["name"].startswith("pytest_") and not self.owns(frame)
        return is_hook or frame["path"].startswith(MACHINERY)

    def is_test(self, frame):
        return frame["path"] == self.path and frame["name"] in self.names

    def trace(self, exc, tb):
        """(place, frames): the line that stands for the failure, and the chain from the project's first frame on."""
        frames = traceback_frames(tb)
        own = [index for index, frame in enumerate(frames) if self.owns(frame)]
        if own:
            return self.place(frames, own), [frame for frame in frames[own[0] :] if not self.is_machinery(frame)]
        for inner in getattr(exc, "exceptions", ()):  # an exception group that pytest itself made of several
            return self.trace(inner, inner.__traceback__)
        return None, []

    def place(self, frames, own):
        tests = [index for index in own if self.is_test(frames[index])]
        if tests:
            return frames[tests[-1]]
        # No test function: a fixture, a hook, a module. What pytest called last is what failed; inside it the
        # deepest line of the same file, since that is the one to look at there.
        start = own[-1]
        while start > 0 and not self.is_machinery(frames[start - 1]):
            start -= 1
        called = next(index for index in own if index >= start)
        return [frames[i] for i in own if i >= called and frames[i]["path"] == frames[called]["path"]][-1]


def rootdir_of(config):
    return str(config.rootdir if not hasattr(config, "rootpath") else config.rootpath)


def definition(path, line):
    """The line of `def`, given that of a decorated function's first decorator."""
    for offset in range(50):
        if re.match(r"(async\s+)?def\b|class\b", source_line(path, line + offset)):
            return {"path": path, "line": line + offset}
    return {"path": path, "line": line}


def definition_of_item(item):
    file, line, _ = item.location
    return definition(os.path.normpath(os.path.join(rootdir_of(item.config), file)), (line or 0) + 1)


def special_place(exc):
    """Where exceptions are that carry their place with them."""
    if isinstance(exc, SyntaxError) and exc.filename:
        return {"path": os.path.abspath(exc.filename), "line": exc.lineno}
    if type(exc).__name__ == "FixtureLookupError" and getattr(exc, "fixturestack", None):
        code = getattr(exc.fixturestack[-1], "__code__", None)
        return code and definition(os.path.abspath(code.co_filename), code.co_firstlineno)
    doctest = getattr(getattr(exc, "failures", [exc])[0], "test", None)
    if hasattr(doctest, "examples"):
        failed = getattr(exc, "failures", [exc])[0]
        return {"path": doctest.filename, "line": (doctest.lineno or 0) + failed.example.lineno + 1}
    return None


def message_of(exc, frames):
    if isinstance(exc, SyntaxError):
        return exc.msg or "invalid syntax"
    if type(exc).__name__ == "FixtureLookupError":
        return first_line(exc.msg or "fixture '%s' not found" % exc.argname)
    try:
        text = first_line(str(exc))
    except Exception:
        text = ""
    if not text and isinstance(exc, AssertionError) and frames:
        text = source_line(frames[-1]["path"], frames[-1]["line"])
    return text or type(exc).__name__


def describe(exc, tb, site):
    place, frames = site.trace(exc, tb)
    place = special_place(exc) or place or {}
    return {
        "type": type(exc).__name__,
        "message": message_of(exc, frames),
        "path": place.get("path"),
        "line": place.get("line"),
        "frames": bounded(frames),
    }


def describe_collect_error(exc, tb, rootdir, path):
    # pytest wraps what an import raised, and says so in prose; the cause has the place.
    while type(exc).__name__ in ("CollectError", "ConftestImportFailure") and exc.__cause__ is not None:
        exc, tb = exc.__cause__, exc.__cause__.__traceback__
    found = describe(exc, tb, Site(rootdir, path))
    inner = [frame for frame in found["frames"] if Site(rootdir, path).owns(frame)]
    if not isinstance(exc, SyntaxError) and inner:
        found.update(path=inner[-1]["path"], line=inner[-1]["line"])
    if found["path"] is None:
        found.update(path=path, line=1)
    return found


class Witness:
    """Runs in every process that runs tests: puts what only it can see on the reports, as plain data."""

    def __init__(self, deadline):
        self.deadline = deadline
        self.compared = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_assertrepr_compare(self, op, left, right):
        self.compared = None
        with contextlib.suppress(Exception):
            # pytest asks for one that holds too, as in `assert not (a == b)`.
            if op == "==" and not left == right:
                self.compared = (show(left), show(right))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        outcome = yield
        with contextlib.suppress(Exception):
            report = outcome.get_result()
            if report.failed or hasattr(report, "wasxfail"):
                report.testdock = self.testimony(item, call, report)
            self.compared = None

    def testimony(self, item, call, report):
        if call.excinfo is None:  # a strict xfail that passed
            return dict(definition_of_item(item), message=first_line(str(report.longrepr)))
        exc = call.excinfo.value
        found = describe(exc, call.excinfo.tb, Site.of_item(item))
        if found["path"] is None:
            found.update(self.suspended_place(item) or definition_of_item(item))
        if self.compared and isinstance(exc, AssertionError):
            found["actual"], found["expected"] = self.compared
        return found

    def suspended_place(self, item):
        """A coroutine that waits is in no traceback: the deadline looked for it."""
        site = Site.of_item(item)
        for frames in self.deadline.take_suspended():
            own = [index for index, frame in enumerate(frames) if site.owns(frame)]
            if own:
                place = site.place(frames, own)
                return {"path": place["path"], "line": place["line"], "frames": bounded(frames)}
        return None

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector):
        outcome = yield
        with contextlib.suppress(Exception):
            report = outcome.get_result()
            if report.failed:
                excinfo = report.call.excinfo
                rootdir = rootdir_of(collector.config)
                report.testdock = describe_collect_error(excinfo.value, excinfo.tb, rootdir, str(collector.fspath))


def show(value):
    return ends(whole(value if isinstance(value, str) else repr(value)), MAX_OUTPUT)


# -- time and signals ------------------------------------------------------------------------------------------------


class Deadline:
    """Fails a phase of a test that takes too long, in the line where it is."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.suspended = []

    @classmethod
    def from_environment(cls):
        try:
            return cls(float(os.environ.get("TESTDOCK_TEST_TIMEOUT") or 0))
        except ValueError:
            return cls(0)

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_setup(self, item):
        with self.armed():
            yield

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self, item):
        with self.armed():
            yield

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item):
        with self.armed():
            yield

    @contextlib.contextmanager
    def armed(self):
        usable = self.seconds > 0 and hasattr(signal, "setitimer") and in_main_thread()
        if not usable or signal.getitimer(signal.ITIMER_REAL)[0] > 0:  # another's timer runs: leave it alone
            yield
            return
        previous = signal.signal(signal.SIGALRM, self.expired)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def expired(self, signum, frame):
        __tracebackhide__ = True
        self.suspended = suspended_frames()
        pytest.fail("timed out after {:g}s".format(self.seconds))

    def take_suspended(self):
        frames, self.suspended = self.suspended, []
        return frames


def suspended_frames():
    """For each task of the running event loop, the frames of its chain of awaits."""
    try:
        tasks = [task.get_coro() for task in sys.modules["asyncio"].all_tasks()]
    except Exception:  # no asyncio, no loop that runs, or Python 3.7
        return []
    chains = []
    for coroutine in tasks:
        chain = []
        while getattr(coroutine, "cr_frame", None) is not None:
            chain.append(frame_of(coroutine.cr_frame, coroutine.cr_frame.f_lineno))
            coroutine = coroutine.cr_await
        chains.append(chain)
    return chains


def in_main_thread():
    return threading.current_thread() is threading.main_thread()


def interrupt(signum, frame):
    """Ends the session as Ctrl-C does, so that fixtures are torn down; a second signal kills."""
    signal.signal(signum, signal.SIG_DFL)
    raise KeyboardInterrupt("terminated")


def default_sigterm():
    if in_main_thread() and signal.getsignal(signal.SIGTERM) is interrupt:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


class Fork:
    """A forked child of a test dies of SIGTERM as it would without us, from its first moment on, and holds no stream."""

    def __init__(self):
        self.mask = threading.local()

    def before(self):
        self.mask.previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})

    def in_parent(self):
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask.previous)

    def in_child(self):
        STREAM.close()
        default_sigterm()
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask.previous)


if hasattr(os, "register_at_fork"):
    FORK = Fork()
    os.register_at_fork(before=FORK.before, after_in_parent=FORK.in_parent, after_in_child=FORK.in_child)


# -- what the controller says ----------------------------------------------------------------------------------------


def status_of(report):
    """One phase of a test, or one subtest, as the events tell it."""
    if report.passed:
        return {"when": report.when, "outcome": "passed"}
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr or "")
        return {"when": report.when, "outcome": "skipped", "message": first_line(re.sub("^Skipped: ", "", reason))}
    detail = plain(report.longreprtext)
    status = {
        "when": report.when,
        "outcome": "failed" if report.when == "call" else "errored",
        "message": first_line(detail),
        "detail": ends(detail, MAX_DETAIL),
    }
    status.update(getattr(report, "testdock", {}))
    return status


def expectation_of(report):
    """What became of an expected failure."""
    if not hasattr(report, "wasxfail"):
        return {}
    reason = plain(re.sub("^reason: ", "", report.wasxfail))
    return {"xpass": True} if report.passed else {"xfail": reason, "message": reason or None}


def label_of(report):
    message, params = report.context.msg, report.context.kwargs or {}
    parts = ["[%s]" % message] if message is not None else []
    parts += ["(%s)" % ", ".join("%s=%s" % pair for pair in params.items())] if params else []
    return plain(" ".join(parts)) or "(<subtest>)"


def tail(text):
    return text[-MAX_OUTPUT:] or None  # with its colours: it is for a terminal


class Test:
    """The reports of one test up to its teardown; of tries that are repeated the last one counts."""

    def __init__(self):
        self.phases, self.subtests, self.reruns = [], [], 0
        self.is_abandoned = False

    def add(self, report):
        """Returns whether the test has ended."""
        if report.outcome == "rerun":
            self.phases, self.subtests, self.reruns = [], [], self.reruns + 1
            self.is_abandoned = True
        elif hasattr(report, "context"):
            self.subtests.append(report)
        elif report.when == "setup" or not self.is_abandoned:  # else the teardown of the abandoned try
            self.is_abandoned = False
            self.phases.append(report)
        return not self.is_abandoned and report.when not in ("setup", "call")  # "???" is a worker that crashed

    def finished(self):
        statuses = [dict(status_of(report), **expectation_of(report)) for report in self.phases]
        subtests = [dict(status_of(report), label=label_of(report)) for report in self.subtests]
        failed = [subtest for subtest in subtests if subtest["outcome"] == "failed"]
        bad = [status for status in statuses if status["outcome"] in ("failed", "errored")]
        told = [status for status in statuses if "message" in status or "xpass" in status]
        calls = [status for status in statuses if status["when"] == "call"]
        main = dict((bad or told or calls or statuses)[0])
        if failed and (not bad or "path" not in main):
            main.update(failed[0], message="%s %s" % (failed[0]["label"], failed[0]["message"]))
            main.pop("label")
        outcomes = {status["outcome"] for status in statuses} | {"failed" for _ in failed}
        main["outcome"] = next(one for one in ("errored", "failed", "skipped", "passed") if one in outcomes)
        last = self.phases[-1]
        return dict(
            main,
            id=last.nodeid,
            duration=round(sum(report.duration for report in self.phases), 6),
            stdout=tail(last.capstdout),
            stderr=tail(last.capstderr),
            subtests=[subtest for subtest in subtests if subtest["outcome"] != "passed"] or None,
            others=bad[1:] or None,
            reruns=self.reruns or None,
        )


class Recorder:
    """Speaks for the session, in the process that the user started."""

    def __init__(self, report):
        self.report = report
        self.session = None
        self.tests, self.uncollected = {}, set()
        self.total = self.ended = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session):
        self.session = session
        option = session.config.option
        distributed = getattr(option, "dist", "no") != "no"
        STREAM.emit(
            "session",
            lambda: {
                "pytest": pytest.__version__,
                "python": ".".join(map(str, sys.version_info[:3])),
                "rootdir": rootdir_of(session.config),
                "workers": len(getattr(option, "tx", None) or ()) if distributed else 0,
                "junit_prefix": getattr(option, "junitprefix", None),
            },
        )

    def pytest_collection_finish(self, session):
        if session.items:
            self.collected(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        if not self.total:
            self.collected(len(ids))

    def collected(self, total):
        self.total = total
        STREAM.emit("collected", lambda: {"n": total})

    def pytest_collectreport(self, report):
        if report.failed and report.nodeid not in self.uncollected:  # every worker says it
            self.uncollected.add(report.nodeid)
            STREAM.emit("collect-error", lambda: dict(status_of(report), id=report.nodeid))

    def pytest_internalerror(self, excrepr, excinfo):
        site = Site(rootdir_of(self.session.config) if self.session else os.getcwd(), None)
        detail = ends(plain(str(excrepr)), MAX_DETAIL)
        STREAM.emit("internal-error", lambda: dict(describe(excinfo.value, excinfo.tb, site), detail=detail))

    def pytest_runtest_logstart(self, nodeid):
        STREAM.emit("start", lambda: {"id": nodeid})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report):
        key = (report.nodeid, getattr(report, "node", None))
        test = self.tests.setdefault(key, Test())
        if report.when == "teardown":
            self.report.name_case(report, test)
        if test.add(report):
            del self.tests[key]
            self.ended += 1
            STREAM.emit("finish", test.finished)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter):
        """Nobody asked for our report, or needs to know where it lies."""
        write_sep = terminalreporter.write_sep

        def write_theirs(sep, title=None, *args, **options):
            if not self.report.is_announced_by(title):
                write_sep(sep, title, *args, **options)

        terminalreporter.write_sep = write_theirs
        yield
        terminalreporter.write_sep = write_sep

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self):
        self.report.deliver()
        status = int(self.session.exitstatus) if self.session else 4
        STREAM.emit("end", lambda: {"exitstatus": status, "cut": self.ended < self.total or status in (2, 3, 4)})


class Report:
    """The JUnit report: ours, unless the project has it written to a place of its own."""

    def __init__(self, config, wanted):
        self.plugins = config.pluginmanager
        self.wanted = wanted
        self.ours = bool(wanted) and hasattr(config.option, "xmlpath") and not config.option.xmlpath
        theirs = getattr(config.option, "xmlpath", None)
        self.theirs = theirs and os.path.abspath(os.path.expanduser(os.path.expandvars(theirs)))
        if self.ours:
            config.option.xmlpath = wanted

    def name_case(self, report, test):
        """Have the test's case carry its node id; a teardown that fails after a failed call makes a second case."""
        if not self.ours:
            return
        name = ("testdock.id", report.nodeid)
        report.user_properties = list(report.user_properties) + [name]
        if report.failed and any(phase.when == "call" and phase.failed for phase in test.phases):
            with contextlib.suppress(Exception):
                xml = next(one for one in self.plugins.get_plugins() if type(one).__name__ == "LogXML")
                xml.node_reporter(report).add_property(*name)

    def is_announced_by(self, title):
        return self.ours and str(title).startswith("generated xml file: ") and str(title).endswith(self.wanted)

    def deliver(self):
        if self.wanted and self.theirs and self.theirs != os.path.abspath(self.wanted):
            with contextlib.suppress(OSError):
                shutil.copyfile(self.theirs, self.wanted)


# -- pytest's hooks --------------------------------------------------------------------------------------------------


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config, args):
    select(early_config, args)
    outcome = yield
    if outcome.excinfo is not None and type(outcome.excinfo[1]).__name__ == "ConftestImportFailure":
        # There will be no session to tell of it.
        STREAM.emit("collect-error", lambda: conftest_error(outcome.excinfo[1], rootdir_of(early_config)))
        STREAM.emit("end", lambda: {"exitstatus": 4, "cut": True})


def conftest_error(exc, rootdir):
    path, cause = str(exc.path), exc.__cause__ or exc
    detail = plain("".join(traceback.format_exception(type(cause), cause, cause.__traceback__)))
    found = describe_collect_error(exc, exc.__traceback__, rootdir, path)
    status = {"when": "collect", "outcome": "errored", "detail": ends(detail, MAX_DETAIL)}
    return dict(status, id=os.path.relpath(path, rootdir), **found)


def select(config, args):
    """A selection may be longer than a command line can be."""
    path = os.environ.get("TESTDOCK_SELECT")
    if not path:
        return
    with open(path, encoding="utf-8") as lines:
        ids = [os.path.join(rootdir_of(config), line.rstrip("\r\n")) for line in lines if line.strip()]
    args.extend(ids)
    files = list(dict.fromkeys(one.split("::")[0] for one in ids))
    config.known_args_namespace.file_or_dir = list(config.known_args_namespace.file_or_dir) + files


@pytest.hookimpl(hookwrapper=True)
def pytest_collection(session):
    """Where a test that Testdock asked for is nowhere, pytest runs nothing; here the others run, and Testdock says the rest."""
    outcome = yield
    is_worker = hasattr(session.config, "workerinput")  # it has told the controller already what it collected
    if outcome.excinfo is None or not isinstance(outcome.excinfo[1], pytest.UsageError) or is_worker:
        return
    missing = missing_args(session.config.args, outcome.excinfo[1])
    rest = [arg for arg in session.config.args if arg not in missing]
    if missing and rest:
        session.config.args = rest
        session.perform_collect()
        outcome.force_result(None)


def missing_args(args, error):
    """Those of Testdock's own arguments that name nothing; none where something else is wrong."""
    count = int(os.environ.get("TESTDOCK_ASKED") or 0)
    own = args[-count:] if count else []
    first_lines = [first_line(str(problem)) for problem in error.args]
    is_said = lambda arg: any(line.endswith(" " + absolute(arg)) for line in first_lines)
    missing = [arg for arg in own if is_said(arg)]
    return missing if len(missing) == len(first_lines) else []


def absolute(arg):
    path, *names = arg.split("::")
    return "::".join([os.path.abspath(path)] + names)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    deadline = Deadline.from_environment()
    if deadline.seconds > 0:
        config.pluginmanager.register(deadline, "testdock-deadline")
    config.pluginmanager.register(Witness(deadline), "testdock-witness")
    if not hasattr(config, "workerinput"):
        report = Report(config, os.environ.pop("TESTDOCK_REPORT", None))
        config.pluginmanager.register(Recorder(report), "testdock-recorder")
    if in_main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, interrupt)


def pytest_unconfigure():
    default_sigterm()
