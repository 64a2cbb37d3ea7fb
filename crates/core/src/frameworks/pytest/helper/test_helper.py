"""Runs real pytest sessions with the helper and reads what it says: `python -m pytest test_helper.py`.

Runs with whatever pytest and plugins are installed; what needs a plugin that is not there is skipped.
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

HELPER = Path(__file__).parent
PYTEST = tuple(int(part) for part in pytest.__version__.split(".")[:2])


class Project:
    def __init__(self, path):
        self.path = path
        self.report = path / "out" / "report.xml"
        self.events_file = path / "out" / "events"
        self.report.parent.mkdir()

    def write(self, **files):
        for name, text in files.items():
            self.file(name + ".py", text)

    def file(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def start(self, *args, **env):
        taken = ("PYTEST_", "TESTDOCK_", "PYTHONPATH")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(taken)}
        environment.update({key: str(value) for key, value in env.items()}, PYTHONPATH=str(HELPER), PYTHONDONTWRITEBYTECODE="1")
        with open(str(self.events_file), "wb") as stream:
            environment.update(TESTDOCK_EVENTS_FD=str(stream.fileno()), TESTDOCK_REPORT=str(self.report))
            command = [sys.executable, "-m", "pytest", "-p", "testdock_pytest", "-p", "no:cacheprovider"]
            command += [] if any("randomly" in arg for arg in args) else ["-p", "no:randomly"]
            return subprocess.Popen(
                command + [str(arg) for arg in args],
                cwd=str(self.path),
                env=environment,
                pass_fds=[stream.fileno()],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )

    def run(self, *args, **env):
        process = self.start(*args, **env)
        self.output = process.communicate(timeout=60)[0]
        return self.events()

    def events(self):
        return [json.loads(line) for line in self.events_file.read_text(encoding="utf-8").splitlines()]

    def place(self, frame):
        return "%s:%d" % (os.path.relpath(frame["path"], str(self.path)), frame["line"])

    def told(self, events):
        """Each finished test and collection error in a line."""
        lines = []
        for event in events:
            if event["e"] not in ("finish", "collect-error"):
                continue
            line = "%s %s" % (event["outcome"], event["id"])
            line += " at " + self.place(event) if "path" in event else ""
            line += " | " + event["message"] if "message" in event else ""
            rest = [self.place(frame) for frame in event.get("frames", [])]
            line += " | " + " ".join(rest) if len(rest) > 1 else ""
            lines.append(line)
        return lines

    def cases(self):
        """The report's cases: name, what it says, the ids that it carries."""
        cases = []
        for case in ElementTree.parse(str(self.report)).iter("testcase"):
            says = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
            cases.append((case.get("name"), says, [one.get("value") for one in case.iter("property")]))
        return sorted(cases)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def end(events):
    assert [event["e"] for event in events].count("end") == 1
    assert events[-1]["e"] == "end"
    return events[-1]["exitstatus"], events[-1]["cut"]


def only(events, kind):
    found = [event for event in events if event["e"] == kind]
    assert len(found) == 1, found
    return found[0]


def test_the_prefix_of_a_report_is_told(project):
    project.write(test_a="def test_one(): pass")
    events = project.run("--junit-prefix=py311")
    assert only(events, "session")["junit_prefix"] == "py311"
    assert "junit_prefix" not in only(project.run(), "session")


def test_a_session_from_start_to_end(project):
    project.write(test_a="def test_one(): print('hello \\x1b[31mred')\ndef test_two(): assert 1 + 1 == 3\n")
    events = project.run()
    assert [event["e"] for event in events] == ["session", "collected", "start", "finish", "start", "finish", "end"]
    assert events[0]["rootdir"] == str(project.path) and events[0]["workers"] == 0
    assert events[0]["pytest"] == pytest.__version__
    assert events[1]["n"] == 2
    assert events[3]["stdout"] == "hello \x1b[31mred\n" and events[3]["duration"] >= 0
    assert (events[5]["actual"], events[5]["expected"], events[5]["type"]) == ("2", "3", "AssertionError")
    assert end(events) == (1, False)


def test_the_line_of_the_test_comes_first_and_helpers_after(project):
    project.write(
        checks="def check(a, b):\n    inner(a, b)\n\ndef inner(a, b):\n    if a != b:\n        raise ValueError('differ')\n",
        test_a="""\
            import functools
            import unittest
            import pytest
            from checks import check

            def wrapped(function):
                @functools.wraps(function)
                def run():
                    function()
                return run

            def test_helper():
                check(1, 2)

            @wrapped
            def test_wrapped():
                assert [1] == [2]

            def test_raises():
                with pytest.raises(ValueError): pass


            def deep(n):
                return deep(n + 1)

            def test_recursion():
                deep(0)

            class TestUnit(unittest.TestCase):
                def test_equal(self):
                    self.assertEqual(1, 2)
            """,
    )
    events = project.run()
    told = project.told(events)
    assert told[0] == "failed test_a.py::test_helper at test_a.py:13 | differ | test_a.py:13 checks.py:2 checks.py:6"
    assert told[1] == "failed test_a.py::test_wrapped at test_a.py:17 | assert [1] == [2] | test_a.py:9 test_a.py:17"
    assert told[2].startswith("failed test_a.py::test_raises at test_a.py:20 | DID NOT RAISE")
    assert told[3].startswith("failed test_a.py::test_recursion at test_a.py:27 | maximum recursion depth")
    assert told[4] == "failed test_a.py::TestUnit::test_equal at test_a.py:31 | 1 != 2"
    assert [len(event["frames"]) for event in events if event.get("type") == "RecursionError"] == [50]


FIXTURES = {
    "conftest": """\
        import pytest

        def connect():
            raise OSError("no database")

        @pytest.fixture
        def db():
            connect()

        @pytest.fixture
        def indirect(request):
            request.getfixturevalue("db")

        @pytest.fixture
        def closing():
            yield
            raise RuntimeError("cannot close")
        """,
    "test_a": """\
        import pytest

        def test_db(db): pass

        def test_indirect(indirect): pass

        @pytest.mark.filterwarnings("ignore")
        def test_missing(nowhere): pass

        def test_closing(closing): pass

        def test_both(closing):
            assert 0, "first"
        """,
}


def test_errors_of_fixtures_lie_in_the_fixture(project):
    project.write(**FIXTURES)
    events = project.run()
    assert project.told(events) == [
        "errored test_a.py::test_db at conftest.py:4 | no database | conftest.py:8 conftest.py:4",
        "errored test_a.py::test_indirect at conftest.py:4 | no database | conftest.py:12 conftest.py:8 conftest.py:4",
        "errored test_a.py::test_missing at test_a.py:8 | fixture 'nowhere' not found",
        "errored test_a.py::test_closing at conftest.py:17 | cannot close",
        "errored test_a.py::test_both at test_a.py:13 | first",
    ]
    others = [event["others"] for event in events if "others" in event]
    assert [[project.place(other) for other in one] for one in others] == [["conftest.py:17"]]


def test_what_is_nowhere_keeps_nothing_else_from_running(project):
    project.write(test_a="def test_one(): pass", test_b="def test_two(): pass")
    asked = ["test_a.py::test_gone", "test_a.py::test_one", "test_a.py::TestGone::test_one", "test_b.py"]
    events = project.run(*asked, TESTDOCK_ASKED="4")
    assert project.told(events) == ["passed test_a.py::test_one", "passed test_b.py::test_two"]
    assert end(events) == (0, False)

    selection = project.file("selection", "\n".join(asked))
    events = project.run(TESTDOCK_ASKED="4", TESTDOCK_SELECT=selection)
    assert project.told(events) == ["passed test_a.py::test_one", "passed test_b.py::test_two"]

    assert project.told(project.run(*asked)) == []
    assert project.told(project.run(*asked, TESTDOCK_ASKED="1")) == []
    assert end(project.run("test_a.py::test_gone", TESTDOCK_ASKED="1"))[0] == 4


def test_a_comparison_that_holds_expected_nothing(project):
    project.write(
        test_a="""\
            def test_not(): assert not ("a" == "a")
            def test_and(): assert 1 == 1 and "a" == "b"
            def test_nan(): assert float("nan") == float("nan")
            """,
    )
    events = [event for event in project.run() if event["e"] == "finish"]
    told = [(event.get("actual"), event.get("expected")) for event in events]
    assert told == [(None, None), ("a", "b"), ("nan", "nan")]


def test_every_case_of_the_report_carries_its_id(project):
    project.write(**FIXTURES)
    project.run()
    both = ["test_a.py::test_both"]
    assert [case for case in project.cases() if case[0] == "test_both"] == [
        ("test_both", ["error"], both),
        ("test_both", ["failure"], both),
    ]
    assert all(len(ids) == 1 for _, _, ids in project.cases())


def test_skips_and_expected_failures(project):
    project.write(
        test_a="""\
            import pytest

            @pytest.mark.skip(reason="not here")
            def test_skip(): pass

            def test_inside():
                pytest.skip("not now")

            @pytest.mark.xfail(reason="known")
            def test_xfail(): assert 0

            def test_xfail_inside():
                pytest.xfail("also known")

            @pytest.mark.xfail(reason="known")
            def test_xpass(): pass

            @pytest.mark.parametrize("n", [1])
            @pytest.mark.xfail(reason="known", strict=True)
            def test_strict(n): pass
            """
    )
    events = project.run()
    assert project.told(events) == [
        "skipped test_a.py::test_skip | not here",
        "skipped test_a.py::test_inside | not now",
        "skipped test_a.py::test_xfail | known",
        "skipped test_a.py::test_xfail_inside | also known",
        "passed test_a.py::test_xpass",
        "failed test_a.py::test_strict[1] at test_a.py:20 | [XPASS(strict)] known",
    ]
    finished = [event for event in events if event["e"] == "finish"]
    assert [event.get("xfail") for event in finished] == [None, None, "known", "also known", None, None]
    assert [event.get("xpass") for event in finished] == [None, None, None, None, True, None]


def test_collection_errors_lie_where_the_import_failed(project):
    project.write(
        broken="raise KeyError('inner')\n",
        test_import="import os\nimport not_there\n",
        test_inner="import broken\n",
        test_syntax="import os\n\ndef f(:\n",
        test_fine="def test_fine(): pass\n",
    )
    events = project.run()
    told = sorted(project.told(events))
    assert [line.split(" | ")[0] for line in told] == [
        "errored test_import.py at test_import.py:2",
        "errored test_inner.py at broken.py:1",
        "errored test_syntax.py at test_syntax.py:3",
    ]
    assert end(events) == (2, True)


def test_a_broken_conftest_is_told_though_no_session_starts(project):
    project.file("conftest.py", "import os\nimport not_there\n")
    project.write(test_a="def test_a(): pass\n")
    events = project.run()
    assert project.told(events) == ["errored conftest.py at conftest.py:2 | No module named 'not_there'"]
    assert end(events) == (4, True)


def test_a_broken_conftest_further_down_is_told(project):
    project.file("sub/conftest.py", "import not_there\n")
    project.file("sub/test_b.py", "def test_b(): pass\n")
    project.write(test_a="def test_a(): pass\n")
    events = project.run()
    told = [event for event in events if event["e"] in ("collect-error", "internal-error")]
    assert [project.place(event) for event in told] == ["sub/conftest.py:1"]
    assert end(events)[1] is True


def test_failing_subtests_belong_to_their_test(project):
    if PYTEST < (9, 0):
        pytest.importorskip("pytest_subtests")
    project.write(
        test_a="""\
            def test_many(subtests):
                for n in range(4):
                    with subtests.test("odd", n=n):
                        assert n % 2

            def test_fine(subtests):
                with subtests.test("fine"):
                    pass
            """
    )
    events = project.run()
    told = project.told(events)
    assert told[0].startswith("failed test_a.py::test_many at test_a.py:4 | [odd] (n=")
    assert told[1:] == ["passed test_a.py::test_fine"]
    failed = [event["subtests"] for event in events if "subtests" in event]
    assert [[(one["line"], one["outcome"]) for one in test] for test in failed] == [[(4, "failed"), (4, "failed")]]


def test_what_the_user_prints_and_raises_breaks_no_line(project):
    project.write(
        test_a=r"""
            class Bad(Exception):
                def __str__(self):
                    raise RuntimeError("no words")

            def test_bad():
                raise Bad

            def test_surrogate():
                assert "\udcff" == "\ud800 \x1b[31m\x00"

            def test_long():
                print("x" * 1000000 + "\nend")
                raise AssertionError("\n".join("line %d" % n for n in range(100000)))
            """
    )
    events = project.run("-p", "no:xdist", "-o", "addopts=")
    told = project.told(events)
    assert [line.split(" | ")[0] for line in told] == [
        "failed test_a.py::test_bad at test_a.py:7",
        "failed test_a.py::test_surrogate at test_a.py:10",
        "failed test_a.py::test_long at test_a.py:14",
    ]
    long = events[-2]
    assert len(long["stdout"]) == 16 * 1024 and long["stdout"].endswith("\nend\n")
    assert len(long["detail"]) < 66000 and long["message"].endswith("line 0")


@pytest.mark.parametrize("style", ["no", "line", "short", "native"])
def test_places_do_not_depend_on_how_traces_are_shown(project, style):
    project.write(test_a="def test_a():\n    x = 1\n    assert x == 2\n")
    events = project.run("--tb=" + style, "-q")
    assert project.told(events) == ["failed test_a.py::test_a at test_a.py:3 | assert 1 == 2"]


def test_the_projects_own_report_is_left_where_it_is_and_copied(project):
    project.file("pytest.ini", "[pytest]\naddopts = --junitxml=own/junit.xml\n")
    project.write(test_a="import os\ndef test_a(): os.chdir('/')\n")
    assert end(project.run()) == (0, False)
    own = project.path / "own" / "junit.xml"
    assert own.read_text() == project.report.read_text()
    assert "testdock" not in own.read_text()


def test_only_a_report_that_the_project_asked_for_is_announced(project):
    project.write(test_a="def test_a(): pass\n")
    project.run()
    assert project.report.exists() and "1 passed" in project.output and "generated xml file" not in project.output
    project.run("--junitxml=own.xml")
    assert "generated xml file: %s" % (project.path / "own.xml") in project.output


def test_a_report_escapes_what_pytest_escapes(project):
    project.write(
        test_text="""
        import importlib.util
        from _pytest import junitxml

        def test_escape():
            spec = importlib.util.find_spec("_pytest.junitxml")
            untouched = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(untouched)
            texts = ["<a & b>", "a\\tb\\n", "\\x1b[31m", "\\x00\\x7f", "ü \\u2028", "\\ud800", "\\ufffe", "", 7, None]
            for text in texts:
                assert junitxml.bin_xml_escape(text) == untouched.bin_xml_escape(text)
        """
    )
    assert end(project.run()) == (0, False)


def test_without_the_report_plugin_the_events_are_whole(project):
    project.write(test_a="def test_a(): pass\n")
    assert end(project.run("-p", "no:junitxml")) == (0, False)
    assert not project.report.exists()


def test_without_a_terminal_the_events_are_whole(project):
    project.write(test_a="def test_a(): raise ValueError('told')\n")
    events = project.run("-p", "no:terminal")
    assert project.told(events) == ["failed test_a.py::test_a at test_a.py:1 | told"]
    assert end(events) == (1, False)


def test_without_environment_the_plugin_is_silent(project):
    project.write(test_a="import os\ndef test_a(): assert not [key for key in os.environ if 'TESTDOCK' in key]\n")
    command = [sys.executable, "-m", "pytest", "-p", "testdock_pytest", "-p", "no:cacheprovider"]
    subprocess.run(command, cwd=str(project.path), env=dict(os.environ, PYTHONPATH=str(HELPER)), check=True)


def test_a_session_that_stops_early_says_so(project):
    project.write(test_a="def test_a(): assert 0\ndef test_b(): pass\n")
    events = project.run("-x")
    assert project.told(events) == ["failed test_a.py::test_a at test_a.py:1 | assert 0"]
    assert end(events) == (1, True)


def test_a_test_that_exits_the_interpreter_leaves_no_end(project):
    project.write(test_a="import os\ndef test_a(): pass\ndef test_b(): os._exit(7)\n")
    events = project.run()
    assert [event["e"] for event in events] == ["session", "collected", "start", "finish", "start"]
    assert events[-1]["id"] == "test_a.py::test_b"


def test_children_of_tests_hold_neither_stream_nor_handler(project):
    project.write(
        test_a="""\
            import multiprocessing, os, signal, subprocess, sys

            def test_fork():
                child = multiprocessing.get_context("fork").Process(target=signal.pause)
                child.start()
                child.terminate()
                child.join()
                assert child.exitcode == -signal.SIGTERM

            def test_exec():
                code = "import os; print([os.path.realpath('/proc/self/fd/' + fd) for fd in os.listdir('/proc/self/fd')])"
                shown = subprocess.run([sys.executable, "-c", code], close_fds=False, stdout=subprocess.PIPE)
                assert b"pipe" in shown.stdout and b"/out/events" not in shown.stdout
            """
    )
    assert end(project.run()) == (0, False)


def test_a_selection_of_thousands(project):
    count = 3000
    project.file("sub/test_many.py", "".join("def test_%d(): pass\n" % n for n in range(count)))
    project.file("sub/conftest.py", "def pytest_addoption(parser): parser.addoption('--own')\n")
    project.write(test_other="def test_other(): assert 0\n")
    ids = ["sub/test_many.py::test_%d" % n for n in range(0, count, 2)]
    select = project.file("out/select", "\n".join(ids) + "\n")
    events = project.run("--own=1", TESTDOCK_SELECT=str(select))
    assert [event["id"] for event in events if event["e"] == "finish"] == ids
    assert end(events) == (0, False)


def test_a_test_may_take_so_long(project):
    project.write(
        test_a="""\
            import signal, time

            def helper():
                time.sleep(20)

            def test_slow():
                helper()

            def test_fast():
                assert signal.getsignal(signal.SIGALRM) is not None
            """
    )
    events = project.run(TESTDOCK_TEST_TIMEOUT="0.3")
    assert project.told(events) == [
        "failed test_a.py::test_slow at test_a.py:7 | timed out after 0.3s | test_a.py:7 test_a.py:4",
        "passed test_a.py::test_fast",
    ]


@pytest.mark.skipif(sys.version_info < (3, 8), reason="a task tells its coroutine since Python 3.8")
def test_a_coroutine_may_take_so_long(project):
    pytest.importorskip("pytest_asyncio")
    project.write(
        test_a="""\
            import asyncio, pytest

            async def helper():
                await asyncio.sleep(20)

            @pytest.mark.asyncio
            async def test_slow():
                await helper()
            """
    )
    events = project.run(TESTDOCK_TEST_TIMEOUT="0.5")
    expected = "failed test_a.py::test_slow at test_a.py:8 | timed out after 0.5s | test_a.py:8 test_a.py:4"
    assert [line[: len(expected)] for line in project.told(events)] == [expected]


def test_another_plugins_timer_is_left_alone(project):
    pytest.importorskip("pytest_timeout")
    project.write(test_a="import time\ndef test_a(): time.sleep(20)\n")
    events = project.run("--timeout=0.5", "--timeout-method=signal", TESTDOCK_TEST_TIMEOUT="5")
    assert [line.split(" | ")[0] for line in project.told(events)] == ["failed test_a.py::test_a at test_a.py:2"]


def test_a_terminated_session_tears_down(project):
    project.write(
        test_a="""\
            import pathlib, time, pytest

            @pytest.fixture
            def resource():
                yield
                pathlib.Path("torn-down").write_text("")

            def test_a(resource):
                pathlib.Path("running").write_text("")
                time.sleep(20)
            """
    )
    process = project.start()
    while not (project.path / "running").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert (project.path / "torn-down").exists()
    assert end(project.events()) == (2, True)


def test_workers_speak_through_the_controller(project):
    pytest.importorskip("xdist")
    project.write(**FIXTURES)
    project.file("test_b.py", "import not_there\n")
    alone, shared = (project.run("--continue-on-collection-errors", *args) for args in ((), ("-n", "2")))
    assert only(shared, "session")["workers"] == 2
    assert only(shared, "collected")["n"] == 5
    assert sorted(project.told(shared)) == sorted(project.told(alone))
    assert end(shared) == end(alone)


def test_workers_run_a_selection(project):
    pytest.importorskip("xdist")
    project.write(test_a="def test_a(): pass\ndef test_b(): pass\n")
    select = project.file("out/select", "test_a.py::test_b\n")
    events = project.run("-n", "2", TESTDOCK_SELECT=str(select))
    assert project.told(events) == ["passed test_a.py::test_b"]


def test_a_worker_that_crashes_is_told(project):
    pytest.importorskip("xdist")
    project.write(test_a="import os\ndef test_a(): os._exit(3)\ndef test_b(): pass\n")
    events = project.run("-n", "1")
    told = {line.split(" | ")[0] for line in project.told(events)}
    assert told == {"errored test_a.py::test_a", "passed test_a.py::test_b"}
    assert end(events) == (1, False)


def test_of_reruns_the_last_decides(project):
    pytest.importorskip("pytest_rerunfailures")
    project.write(
        test_a="""\
            runs = []

            def test_flaky():
                runs.append(1)
                assert len(runs) > 1

            def test_never():
                assert 0
            """
    )
    events = project.run("--reruns", "2", "-p", "no:xdist")
    assert project.told(events) == [
        "passed test_a.py::test_flaky",
        "failed test_a.py::test_never at test_a.py:8 | assert 0",
    ]
    assert [event.get("reruns") for event in events if event["e"] == "finish"] == [1, 2]


def test_any_order_will_do(project):
    pytest.importorskip("pytest_randomly")
    project.write(test_a="".join("def test_%d(): pass\n" % n for n in range(20)))
    events = project.run("-p", "randomly")
    assert len(project.told(events)) == 20 and end(events) == (0, False)


def test_doctests_lie_in_their_line(project):
    project.write(module='def f():\n    """\n    >>> 1 + 1\n    3\n    """\n')
    events = project.run("--doctest-modules", "module.py")
    assert [line.split(" | ")[0] for line in project.told(events)] == ["failed module.py::module.f at module.py:3"]


def test_a_process_ends_quickly_and_finalises_what_is_garbage(project):
    project.write(
        test_a="""\
            import atexit
            import gc
            from pathlib import Path

            class Last:
                def __init__(self, name, in_cycle):
                    self.path, self.own = Path(name).absolute(), self if in_cycle else None

                def __del__(self, count=gc.get_freeze_count):
                    self.path.write_text(str(count() > 0))

            KEPT = Last("kept", in_cycle=False)

            def test_garbage():
                atexit.register(lambda: Last("garbage", in_cycle=True) and None)
            """
    )
    assert end(project.run()) == (0, False)
    found = {name: (project.path / name).read_text(encoding="utf-8") for name in ("garbage", "kept")}
    assert found == {"garbage": "False", "kept": "True"}
