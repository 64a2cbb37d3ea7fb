"""Runs unittest tests for Testdock, and tells what happens while it happens.

For Python 3.7 or newer, with nothing but the standard library. `python testdock_unittest.py [-k …] …`; the environment says
the rest:

TESTDOCK_EVENTS_FD     file descriptor that takes the events, one JSON object a line
TESTDOCK_SELECT        JSON file: {"files": [[path, [names, …]], …], "exclude": [[path, names], …]}, paths from where it runs;
                       a file without names runs as a whole
TESTDOCK_TEST_TIMEOUT  seconds that one test may take

A file's tests are loaded as `python -m unittest` would do it from the directory above its outermost package, so that
imports, `load_tests`, `setUpModule` and `setUpClass` work as they do there.
"""

import argparse
import contextlib
import importlib
import importlib.util
import io
import json
import os
import re
import signal
import sys
import threading
import time
import traceback
import unittest
from fnmatch import fnmatchcase

# A test may leave anything in their place.
dumps, write, clock = json.dumps, os.write, time.perf_counter

MAX_DETAIL, MAX_OUTPUT, MAX_MESSAGE, MAX_FRAMES = 64 * 1024, 16 * 1024, 1024, 50
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# Where doctest says that an example failed, in the text of its one exception.
FAILED_EXAMPLE = re.compile(r'^File "(?P<path>.+)", line (?P<line>\d+), in ', re.MULTILINE)
ROOT = os.getcwd()
LOADER = unittest.TestLoader()


class Stream:
    """The event stream. Whatever goes wrong here stays here: it must not break the user's run."""

    def __init__(self):
        # Taken away, so that nothing that a test starts writes to a descriptor of that number.
        fd = os.environ.pop("TESTDOCK_EVENTS_FD", None)
        self.fd = int(fd) if fd else None
        if self.fd is not None:
            os.set_inheritable(self.fd, False)

    def tell(self, kind, **fields):
        if self.fd is None:
            return
        event = {key: value for key, value in fields.items() if value is not None}
        try:
            line = dumps(dict({"e": kind}, **event), ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")
            line += b"\n"
            while line:
                line = line[write(self.fd, line) :]
        except Exception:
            self.fd = None


STREAM = Stream()


def ends(text, limit):
    """The beginning and the end of a long text."""
    text = ANSI.sub("", text)
    if len(text) <= limit:
        return text
    return "%s\n[…]\n%s" % (text[: limit // 2], text[-limit // 2 :])


# -- what went wrong ---------------------------------------------------------------------------------------------------


def is_ours(frame):
    return "__unittest" in frame.f_globals or frame.f_code.co_filename == __file__


def failure(kind, value, trace, label=""):
    """A failure as the events tell it, from what `sys.exc_info` gives."""
    frames = [frame for frame in traceback.walk_tb(trace) if not is_ours(frame[0])]
    told = {
        "message": label + ends(str(value).strip() or kind.__name__, MAX_MESSAGE),
        "type": "" if kind is AssertionError else kind.__name__,
        "detail": ends("".join(traceback.format_exception(kind, value, trimmed(trace))), MAX_DETAIL),
        "frames": [
            {"path": os.path.abspath(frame.f_code.co_filename), "line": line, "name": frame.f_code.co_name}
            for frame, line in reversed(frames[-MAX_FRAMES:])
        ],
    }
    if isinstance(value, SyntaxError) and value.filename and value.lineno:
        told.update(path=os.path.abspath(value.filename), line=value.lineno)
    example = FAILED_EXAMPLE.search(str(value))
    if example and frames and frames[-1][0].f_globals.get("__name__") == "doctest":
        told.update(path=os.path.abspath(example["path"]), line=int(example["line"]))
    return told


def trimmed(trace):
    """A traceback without the machinery at its beginning."""
    while trace is not None and is_ours(trace.tb_frame):
        trace = trace.tb_next
    return trace


# -- what was printed --------------------------------------------------------------------------------------------------


class Tee(io.TextIOBase):
    """Passes on what is printed, and keeps it too."""

    def __init__(self, stream):
        self.stream, self.kept = stream, []

    def write(self, text):
        self.kept.append(text)
        return self.stream.write(text)

    def flush(self):
        self.stream.flush()

    def isatty(self):
        return False

    def fileno(self):
        return self.stream.fileno()

    @property
    def encoding(self):
        return self.stream.encoding

    @property
    def buffer(self):
        return self.stream.buffer


# -- running -----------------------------------------------------------------------------------------------------------


class Result(unittest.TestResult):
    """Tells of each test when it has ended."""

    def __init__(self, limit):
        super().__init__()
        self.limit = limit
        self.file, self.cases = None, {}
        self.forget()

    def forget(self):
        self.outcome, self.failed, self.reason, self.began, self.tees = None, [], None, None, None

    def startTest(self, test):
        super().startTest(test)
        self.forget()
        STREAM.tell("start", file=self.file, names=names(test), case=self.cases.get(id(test)))
        self.tees = Tee(sys.stdout), Tee(sys.stderr)
        sys.stdout, sys.stderr = self.tees
        self.began = clock()

    def stopTest(self, test):
        duration = clock() - self.began
        for name, tee in zip(("stdout", "stderr"), self.tees):
            if getattr(sys, name) is tee:
                setattr(sys, name, tee.stream)
        output = "".join("".join(tee.kept) for tee in self.tees)
        STREAM.tell(
            "finish",
            file=self.file,
            names=names(test),
            case=self.cases.get(id(test)),
            outcome=self.outcome or "passed",
            duration=duration,
            failures=self.failed,
            reason=self.reason,
            output=output[-MAX_OUTPUT:],
        )
        self.forget()
        super().stopTest(test)

    def note(self, test, outcome, info, label=""):
        if self.began is None:
            told = failure(*info, label=outer(test)[0] + ": ")
            self.outside(test, outcome="errored", failures=[told])
            return
        self.failed.append(failure(*info, label=label))
        if self.outcome not in ("failed", "errored"):
            self.outcome = outcome

    def outside(self, test, **told):
        """Tells of a class or a module as a whole: `setUpModule` and `setUpClass` have no test around them."""
        where, dotted = outer(test)
        of_class = where in ("setUpClass", "tearDownClass")
        STREAM.tell("finish", file=self.file, names=[dotted.rsplit(".", 1)[-1]] if of_class else [], **told)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "failed", err)

    def addError(self, test, err):
        super().addError(test, err)
        if issubclass(err[0], unittest.SkipTest):
            return
        self.note(test, "errored", err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            outcome = "failed" if issubclass(err[0], test.failureException) else "errored"
            self.note(test, outcome, err, label=subtest._subDescription() + " ")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if self.began is None:
            self.outside(test, outcome="skipped", reason=reason)
        elif isinstance(test, unittest.TestCase) and self.outcome is None:
            self.outcome, self.reason = "skipped", reason

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.outcome, self.reason = "skipped", "expected to fail"

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.outcome = "failed"
        self.failed = [{"message": "passed, though it was expected to fail"}]


def outer(test):
    """The function that is no test's, and what it is of: `setUpClass`, `shop.TestCart`."""
    found = re.match(r"(\w+) \((.*)\)$", str(test))
    return found.groups() if found else (str(test), "")


def names(test):
    """The class and the method of a test, or what it calls itself where it has a name of its own as doctests have."""
    method = getattr(test, "_testMethodName", None)
    if method and type(test).id is not unittest.TestCase.id:
        method = test.id()
    return [type(test).__qualname__, method] if method else [str(test)]


class TimeUp(Exception):
    pass


def numbered(tests):
    """A number for each of several tests of one name, which a module may make."""
    alike = {}
    for test in tests:
        alike.setdefault(tuple(names(test)), []).append(test)
    several = (group for group in alike.values() if len(group) > 1)
    return {id(test): "#%d" % number for group in several for number, test in enumerate(group, 1)}


def limited(test, limit):
    """A test that may take so many seconds, where the system can interrupt it."""
    if not limit or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return test
    method = getattr(test, "_testMethodName", None)
    if method is None:
        return test

    def run(result=None, inner=test.run):
        def late(signum, frame):
            raise TimeUp("took longer than %g s" % limit)

        before = signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            return inner(result)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    test.run = run
    return test


# -- loading -----------------------------------------------------------------------------------------------------------


def load(path):
    """The module of a file, and the directory that it is imported from."""
    path = os.path.abspath(path)
    top, parts = os.path.dirname(path), [os.path.splitext(os.path.basename(path))[0]]
    while os.path.exists(os.path.join(top, "__init__.py")) and top != os.path.dirname(top):
        parts.insert(0, os.path.basename(top))
        top = os.path.dirname(top)
    if top not in sys.path:
        sys.path.insert(0, top)
    name = ".".join(parts)
    known = sys.modules.get(name)
    if known is not None and os.path.realpath(getattr(known, "__file__", None) or "") != os.path.realpath(path):
        # Another file has that name: each is loaded by itself.
        spec = importlib.util.spec_from_file_location("%s_%x" % (name, hash(path) & 0xFFFFFFFF), path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module
    return importlib.import_module(name)


def flat(suite):
    """The tests of a suite, in order."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def is_chosen(test, selected, excluded, patterns):
    own = names(test)
    if patterns:
        dotted = ".".join([type(test).__module__] + own)
        if not any(fnmatchcase(dotted, pattern) for pattern in patterns):
            return False
    holds = lambda group: own[: len(group)] == group
    return (not selected or any(map(holds, selected))) and not any(map(holds, excluded))


def chosen_tests(path, selected, excluded, options):
    module = load(path)
    tests = flat(LOADER.loadTestsFromModule(module))
    return [test for test in tests if is_chosen(test, selected, excluded, options.patterns)]


def parse(arguments):
    parser = argparse.ArgumentParser(prog="unittest")
    parser.add_argument("-k", dest="patterns", action="append", default=[], metavar="PATTERN")
    parser.add_argument("-f", "--failfast", action="store_true")
    parser.add_argument("-W", dest="warnings", metavar="ACTION")
    options = parser.parse_args(arguments)
    options.patterns = [pattern if "*" in pattern else "*%s*" % pattern for pattern in options.patterns]
    return options


def main(arguments):
    options = parse(arguments)
    with open(os.environ["TESTDOCK_SELECT"], encoding="utf-8") as file:
        selection = json.load(file)
    limit = float(os.environ.get("TESTDOCK_TEST_TIMEOUT") or 0)
    result = Result(limit)
    result.failfast = options.failfast
    if options.warnings:
        import warnings

        warnings.simplefilter(options.warnings)
    loaded = []
    for path, selected in selection["files"]:
        excluded = [names for file, names in selection["exclude"] if file == path]
        try:
            tests = chosen_tests(path, selected, excluded, options)
        except unittest.SkipTest as skip:
            STREAM.tell("finish", file=path, names=[], outcome="skipped", reason=str(skip))
            continue
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException:
            result.errors.append((path, ""))
            STREAM.tell("finish", file=path, names=[], outcome="errored", failures=[loading_failure(path)])
            continue
        loaded.append((path, tests))
    STREAM.tell("collected", n=sum(len(tests) for _, tests in loaded))
    for path, tests in loaded:
        if not result.shouldStop:
            result.file, result.cases = path, numbered(tests)
            unittest.TestSuite(limited(test, limit) for test in tests).run(result)
            # Else the next suite would tear down the last class of this one, and its module, again.
            result._previousTestClass = None
    STREAM.tell("end")
    return 0 if result.wasSuccessful() else 1


def loading_failure(path):
    """Why a file could not be loaded, without the machinery that loaded it."""
    told = failure(*sys.exc_info())
    is_machinery = lambda frame: "importlib" in frame["path"] or frame["path"].startswith("<frozen")
    told["frames"] = [frame for frame in told["frames"] if not is_machinery(frame)]
    if not told.get("path") and not told["frames"]:
        told.update(path=os.path.abspath(path), line=1)
    return told


def run(arguments):
    # As `python -m unittest` has it: the directory that it runs in, and not the one of this file.
    sys.path[0] = ROOT
    try:
        return main(arguments)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as problem:
        STREAM.tell("fatal", message="%s: %s" % (type(problem).__name__, problem), detail=traceback.format_exc())
        return 2


if __name__ == "__main__":
    sys.modules.setdefault("testdock_unittest", sys.modules["__main__"])
    code = run(sys.argv[1:])
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    sys.exit(code)
