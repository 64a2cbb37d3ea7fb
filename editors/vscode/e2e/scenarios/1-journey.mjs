// What everyone does on the first day, in one window.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG } from '../driver.mjs';

const SLOW = `import time

def test_long():
    print("began", flush=True)
    time.sleep(10307.25)
`;

async function journey(bed, step) {
    const project = bed.project('python-pytest');
    const window = await bed.window(project, { trust: false });

    await step('the workspace is trusted', async () => {
        await window.asksForTrust();
        await bed.shoot(window, 'trust');
        await window.trust();
    });

    await step('the tree appears', async () => {
        await window.testing();
        await window.test('tests/test_orders.py').waitFor();
        await window.expand('tests/test_orders.py');
        await window.expand('tests/test_pricing.py');
        await window.expand('TestRounding');
        await window.test('test_down').waitFor();
        await bed.shoot(window, 'tree');
    });

    await step('all tests run in their container', async () => {
        await window.command('Test: Run All Tests');
        await window.hasState('tests/test_orders.py', 'Errored', LONG);
        await window.hasState('test_total', 'Passed');
        await window.hasState('test_invoice', 'Failed');
        await window.hasState('test_stock', 'Errored');
        await window.hasState('test_reservation', 'Skipped');
        await window.idle(LONG);
        await window.says('8 failed, 2 errored, 12 passed, 3 skipped');
        await window.page.locator('.test-explorer').getByText('12/22').waitFor();
        await bed.shoot(window, 'run');
    });

    await step('a failure is underlined on its line', async () => {
        await window.openFile('tests/test_orders.py');
        const line = bed.lineOf(project, 'tests/test_orders.py', 'tax is rounded once');
        await window.goTo(line);
        await window.squiggleOn(line);
        await bed.shoot(window, 'squiggle');
    });

    await step('a lens runs its test', async () => {
        await window.goTo(bed.lineOf(project, 'tests/test_orders.py', 'def test_total('));
        await window.lens('def test_total(', /Run/).click();
        await window.says('1 passed in');
        const output = await window.page.locator('.test-output-peek .xterm-rows, .xterm-rows').first().textContent();
        if (output.includes('generated xml file')) throw new Error(output);
        await window.lens('def test_total(', /passed/).waitFor();
        await window.idle();
        await bed.shoot(window, 'lens');
    });

    await step('a long run is cancelled, and nothing of it is left', async () => {
        writeFileSync(join(project, 'tests/test_slow.py'), SLOW);
        await window.test('tests/test_slow.py').waitFor();
        await window.expand('tests/test_slow.py');
        await window.runTest('test_long');
        await window.hasState('test_long', 'Running', LONG);
        await bed.soon('the test runs', () => bed.processes(project).some(it => it.includes('pytest')));
        await bed.shoot(window, 'running');
        await window.cancelRuns();
        await bed.soon('nothing is left', () => !bed.processes(project).some(it => it.includes('pytest')));
        await window.idle();
        await bed.shoot(window, 'cancelled');
    });
}

export default [{ name: 'the first day', smoke: true, run: journey }];
