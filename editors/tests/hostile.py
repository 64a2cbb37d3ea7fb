"""What a project says that means an editor no good; its recording is `tests/recordings/hostile.jsonl`."""

import pytest

NAMES = ["a|quit!", "%s <C-w> #", "$(touch zap) `touch zap`", "'); os.exit(1) --", "\x1b[2Jgone", "x" * 120, ""]


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    print("\x1b[2J\x1b]0;a title\x07\x1bP+q544e\x1b\\" + name)
    raise ValueError(name + "\r\n\x1b[31mred\n\x00\x07" + "x" * 200)


class Test_日本:
    def test_ünïcode(self):
        assert "\u202eabc" == "☕"
