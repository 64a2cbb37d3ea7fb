// A workspace that means no good, and one that goes away: what it says is shown and does nothing.

import { rmSync } from 'node:fs';
import { LONG } from '../driver.mjs';

const FILE = 'tests/test_<b>$(zap)_&lt;.py';

const NAMES = String.raw`
import pytest

TEXTS = [
    "[go](command:workbench.action.toggleZenMode)",
    "<img src=x onerror=alert(1)><h1>big</h1>",
    "$(zap) **bold** ${'`code`'}",
    "\x1b[31mred\x1b[2J",
]


@pytest.mark.parametrize("text", TEXTS)
def test_names(text):
    raise ValueError(text + "\n${'```'}\n</pre><h1>big</h1>\n" + text)
`;

const FLOOD = `
import sys


def test_flood():
    for line in range(300_000):
        print(f"\\033[31m{line}\\033[0m " + "x" * 100)
    assert False, "x" * 5_000_000


def test_after():
    pass
`;

/** What somebody else wrote has become no element and no command. */
async function isPlain(shown) {
    const commands = shown.locator('a[href^="command:"], a[data-href^="command:"]');
    const elements = shown.locator('img').or(shown.locator('h1').filter({ hasText: /^big$/ }));
    const count = await commands.or(elements).count();
    if (count) throw new Error(`it means something:\n${await shown.innerHTML()}`);
}

async function hostile(bed, step) {
    const project = bed.project('python-pytest', { [FILE]: NAMES, 'tests/test_flood.py': FLOOD });
    const window = await bed.window(project);
    const { page } = window;
    await window.testing();

    await step('names and messages are shown as they are', async () => {
        await window.expand('tests/test_<b>');
        await window.runTest('tests/test_<b>');
        await window.hasState('test_names', 'Failed');
        await window.idle();
        await window.expand('test_names');
        await window.says('<img src=x');
        await page.locator('.test-output-peek-tree').getByText('<img src=x').first().click();
        const message = page.locator('.test-output-peek-message-container').first();
        await message.locator('pre').getByText('</pre><h1>big</h1>').waitFor();
        await isPlain(message);
        await bed.shoot(window, 'names');
    });

    await step('so they are over the code, and on a page', async () => {
        await window.openFile('test_<b>');
        await window.lens('def test_names', /failed/).click();
        const frame = await window.preview('big');
        await isPlain(frame.locator('body'));
        await bed.shoot(window, 'page');
    });

    await step('a flood of output leaves the window awake', async () => {
        await window.runTest('tests/test_flood.py');
        await window.hasState('tests/test_flood.py', 'Failed', LONG);
        await window.idle(LONG);
        const began = Date.now();
        await window.openFile('tests/test_orders.py');
        console.log(`        a file opens in ${Date.now() - began} ms`);
        await window.expand('tests/test_flood.py');
        await window.hasState('test_after', 'Passed');
        await window.test('test_flood').dblclick();
        await bed.shoot(window, 'flood');
    });
}

async function wrong(bed, step) {
    const settings = { 'testdock.interpreter': 3, 'testdock.local': 'yes', 'testdock.settings': 'all' };
    const code = await bed.code({ settings });
    const window = await bed.window(bed.project('python-pytest'), { code });
    await step('settings of a wrong type are told, and spoil nothing', async () => {
        await window.command('Notifications: Show Notifications');
        await window.notification('testdock.interpreter must be a name, not 3').waitFor();
        await bed.shoot(window, 'told');
        await window.testing();
        await window.expand('tests/test_orders.py');
        await window.runTest('test_total');
        await window.hasState('test_total', 'Passed', LONG);
    });
}

async function removed(bed, step) {
    const project = bed.project('python-pytest');
    const window = await bed.window(project);
    await window.testing();
    await window.expand('tests/test_orders.py');
    await window.runTest('test_total');
    await window.hasState('test_total', 'Passed', LONG);
    await step('a folder that is removed while it is open', async () => {
        rmSync(project, { recursive: true });
        await window.command('Testdock: Find Tests Again');
        await window.page.getByText('Testdock found no tests here').waitFor();
        await window.command('Testdock: Run All Tests');
        await window.notification('Testdock').first().waitFor();
        await bed.shoot(window, 'removed');
    });
}

export default [
    { name: 'a hostile workspace', run: hostile },
    { name: 'wrong settings', run: wrong },
    { name: 'a removed folder', run: removed },
];
