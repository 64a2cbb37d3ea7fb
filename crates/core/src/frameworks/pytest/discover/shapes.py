"""Everything that a module can hold."""
import sys
import unittest
from dataclasses import dataclass
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

import pytest

T = TypeVar("T")


def test_plain():
    def test_nested():
        pass
    class TestLocal:
        def test_x(self):
            pass


async def test_async():
    pass


def testcamel():
    pass


def helper_test():
    pass


@pytest.fixture
def test_data():
    return 1


@pytest.mark.parametrize("a", [1, 2])
@pytest.mark.parametrize("b", ["x", "y"])
def test_param(a, b):
    pass


@pytest.mark.skip
def test_skip():
    pass


@pytest.mark.xfail(reason="known")
async def test_xfail():
    pass


if sys.version_info >= (3, 0):
    def test_new():
        pass
else:
    def test_old():
        pass

try:
    import json
except ImportError:
    def test_without_json():
        pass
else:
    def test_with_json():
        pass

for _ in range(1):
    def test_in_loop():
        pass


def test_twice():
    """First."""


def test_twice():
    """Second."""


class TestClass:
    def test_one(self):
        pass

    @staticmethod
    def test_static():
        pass

    @classmethod
    def test_class(cls):
        pass

    @property
    def test_property(self):
        return 1

    async def test_async(self):
        pass

    class TestInner:
        def test_deep(self):
            pass

        class TestDeeper:
            def test_deepest(self):
                pass

    class Helper:
        def test_not_this(self):
            pass

    def check(self):
        pass


class TestWithInit:
    def __init__(self):
        pass

    def test_never(self):
        pass


class TestDerivedInit(TestWithInit):
    def test_never_either(self):
        pass


@dataclass
class TestData:
    n: int = 1

    def test_never(self):
        pass


class TestTuple(NamedTuple):
    n: int

    def test_never(self):
        pass


class TestColour(Enum):
    RED = 1

    def test_never(self):
        pass


class TestFailed(Exception):
    def test_never(self):
        pass


class TestEmpty:
    pass


class TestOff:
    __test__ = False

    def test_never(self):
        pass


class Chosen:
    __test__ = True

    def test_chosen(self):
        pass


class Base:
    def test_base(self):
        pass

    def test_over(self):
        pass


class TestDerived(Base):
    def test_own(self):
        pass

    def test_over(self):
        pass


class TestOnlyInherits(Base):
    pass


class TestGeneric(Generic[T]):
    def test_generic(self):
        pass


class Accounts(unittest.TestCase):
    def setUp(self):
        pass

    def test_balance(self):
        pass

    def check_balance(self):
        pass

    class TestInner:
        def test_not_collected(self):
            pass


class MoreAccounts(Accounts):
    def test_more(self):
        pass


class AsyncCase(unittest.IsolatedAsyncioTestCase):
    def __init__(self, *args):
        super().__init__(*args)

    async def test_await(self):
        pass


@pytest.mark.parametrize("n", [1])
class TestParametrizedClass:
    pytestmark = [pytest.mark.skipif(True, reason="no")]

    def test_in(self, n):
        pass


class StoredAccounts(
  Base,
  unittest.TestCase,
):
    """Has the base on a line of its own.

def test_in_a_string(): pass
    """

    def test_stored(self):
        self.assertEqual("a",
"""\
a""", "text at the margin")

    def test_after(self):
        pass
