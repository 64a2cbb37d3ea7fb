// What everyone does on the first day, in one window.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG } from '../driver.mjs';

const SLOW = `import time

def test_long():
    print("began", flush=True)
    time.sleep(10307.25)
`;

async function journey(bed, step) {
    const project = bed.project('python-pytest', { 'tests/test_slow.py': SLOW });
    const window = await bed.window(project, { trust: false });
    const { page } = window;

    await step('the workspace is trusted', async () => {
        await page.getByRole('button', { name: 'Yes, I trust the authors' }).waitFor({ timeout: LONG });
        await bed.shoot(window, 'trust');
        await window.trust();
    });

    await step('the tree appears', async () => {
        await window.testing();
        await window.test('tests/test_orders.py').waitFor();
        await window.expand('tests/test_pricing.py');
        await window.expand('TestRounding');
        await window.test('test_down').waitFor();
        await bed.shoot(window, 'tree');
    });

    await step('a file runs in its container', async () => {
        await window.runTest('tests/test_orders.py');
        await window.hasState('tests/test_orders.py', 'Errored', LONG);
        await window.expand('tests/test_orders.py');
        await window.hasState('test_total', 'Passed');
        await window.hasState('test_invoice', 'Failed');
        await window.hasState('test_stock', 'Errored');
        await window.hasState('test_reservation', 'Skipped');
        await bed.shoot(window, 'run');
    });

    await step('a failure is underlined on its line', async () => {
        await window.openFile('tests/test_orders.py');
        const line = lineOf(project, 'tests/test_orders.py', 'tax is rounded once');
        await window.goTo(line);
        await window.squiggleOn(line);
        await bed.shoot(window, 'squiggle');
    });

    await step('a lens runs its test', async () => {
        await window.goTo(lineOf(project, 'tests/test_orders.py', 'def test_total('));
        await window.lens('def test_total(', /Run/).click();
        await window.lens('def test_total(', /passed|✓|✔/).waitFor({ timeout: LONG });
        await bed.shoot(window, 'lens');
    });

    await step('a long run is cancelled, and nothing of it is left', async () => {
        await window.runTest('tests/test_slow.py');
        await bed.soon('the test runs', () => bed.processes(project).some(it => it.includes('pytest')), LONG);
        await bed.shoot(window, 'running');
        await window.cancelRuns();
        await bed.soon('nothing is left', () => !bed.processes(project).some(it => it.includes('pytest')));
        await window.idle();
        await bed.shoot(window, 'cancelled');
    });
}

function lineOf(project, file, text) {
    const lines = readFileSync(join(project, file), 'utf8').split('\n');
    return lines.findIndex(line => line.includes(text)) + 1;
}

export default [{ name: 'the first day', smoke: true, run: journey }];
