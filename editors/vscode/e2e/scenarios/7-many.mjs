// Much of everything: ten thousand tests, several folders.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LONG } from '../driver.mjs';

const FILES = 200;
const TESTS = 50;

/** In the window: notes how long it took no key, each time that a person would feel it. */
function watchFreezes() {
    globalThis.freezes = [];
    const note = list =>
        freezes.push(
            ...list
                .getEntries()
                .map(it => it.duration)
                .filter(it => it > 200),
        );
    new PerformanceObserver(note).observe({ type: 'longtask' });
}

async function many(bed, step) {
    const tests = Array.from({ length: TESTS }, (_, test) => `def test_${test}():\n    assert ${test} != 7\n`).join(
        '\n',
    );
    const name = file => `tests/test_${String(file).padStart(3, '0')}.py`;
    const files = Object.fromEntries(Array.from({ length: FILES }, (_, file) => [name(file), tests]));
    const project = bed.project('python-pytest', files);
    const window = await bed.window(project);

    await step('ten thousand tests are found, and one of them is opened', async () => {
        await window.testing();
        await window.expand('tests/test_000.py');
        await window.test('test_9').waitFor();
        await bed.shoot(window, 'many');
    });

    await step('the tests of a file stand in its gutter', async () => {
        await window.openFile('tests/test_150.py');
        await window.page.locator('.editor-instance .testing-run-glyph').first().waitFor();
        await bed.shoot(window, 'gutter');
    });

    await step('all of them run, and the window stays awake', async () => {
        await window.page.evaluate(watchFreezes);
        await window.command('Test: Run All Tests');
        await window.hasState('test_9', 'Passed', LONG);
        // A person goes on working meanwhile.
        const began = Date.now();
        await window.openFile('tests/test_100.py');
        console.log(`        a file opens in ${Date.now() - began} ms`);
        await window.idle(LONG);
        await window.says(`${FILES + 8} failed`);
        await bed.shoot(window, 'ran');
        const freezes = await window.page.evaluate(() => globalThis.freezes);
        const longest = Math.round(Math.max(0, ...freezes));
        console.log(`        the window froze ${freezes.length} times for over 200 ms, at most ${longest} ms`);
        if (longest > 4_000) throw new Error('nobody can work like this');
    });
}

async function folders(bed, step) {
    const one = bed.project('python-pytest');
    const two = join(dirname(one), 'depot');
    mkdirSync(join(two, 'tests'), { recursive: true });
    writeFileSync(join(two, 'pytest.ini'), '[pytest]\ntestpaths = tests\n');
    writeFileSync(join(two, 'Dockerfile'), 'ARG BASE=python:3.12-slim\nFROM $BASE\nRUN pip install pytest==8.4.2\n');
    writeFileSync(join(two, 'tests/test_depot.py'), 'def test_stock():\n    assert [] == ["tea"]\n');
    const workspace = join(dirname(one), 'all.code-workspace');
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'shop' }, { path: 'depot' }] }));
    const window = await bed.window(workspace);

    await step('several folders stand side by side, each with its own container', async () => {
        await window.testing();
        await window.expand('depot');
        await window.expand('tests/test_depot.py');
        await window.runTest('test_stock');
        await window.hasState('test_stock', 'Failed', LONG);
        await window.idle(LONG);
        await bed.shoot(window, 'folders');
        const ids = bed.containers(two);
        bed.made.push(...ids);
        if (ids.length !== 1) throw new Error('it ran elsewhere');
    });
}

export default [
    { name: 'ten thousand tests', run: many },
    { name: 'several folders', run: folders },
];
