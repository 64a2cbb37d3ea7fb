// The days after: failures are looked at, mended, and run again.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG } from '../driver.mjs';

async function failures(bed, step) {
    const project = bed.project('python-pytest');
    const window = await bed.window(project);
    const { page } = window;
    await window.testing();
    await window.expand('tests/test_orders.py');
    await window.expand('tests/test_pricing.py');
    await window.runTest('tests/test_orders.py');
    await window.hasState('test_invoice', 'Failed', LONG);
    await window.idle(LONG);

    await step('a failure shows its message, its trace and its frames', async () => {
        await window.test('test_negative_quantity').dblclick();
        await window.command('Test: Peek Output');
        const peek = page.locator('.peekview-widget');
        const message = peek.locator('.test-output-peek-message-container').first();
        await message.locator('p').getByText('ValueError: quantity must be positive, not -1').waitFor();
        const trace = await message.locator('pre').textContent();
        if (!trace.includes('>       Order().add("tea", "3.50", -1).total()\n'))
            throw new Error(`laid out as\n${trace}`);
        await bed.shoot(window, 'peek');
        const frame = peek.locator('.multiCallStackFrame').filter({ hasText: 'line_price' }).first();
        await message.hover();
        await bed.soon('the frames are further down', async () => {
            await page.mouse.wheel(0, 100);
            return frame.isVisible();
        });
        await bed.shoot(window, 'frames');
        await page.keyboard.press('Escape');
    });

    await step('the place in a message is a link', async () => {
        await window.openFile('tests/test_pricing.py');
        await window.says('test_invoice');
        await page.locator('.test-output-peek-tree').getByText('test_invoice').first().click();
        const link = page
            .locator('.test-output-peek-message-container a')
            .filter({ hasText: 'tests/test_orders.py:23' });
        await link.first().scrollIntoViewIfNeeded();
        await bed.shoot(window, 'link');
        await link.first().click();
        await page.locator('.statusbar-item').filter({ hasText: 'Ln 23' }).waitFor();
        await page.locator('.tab.active').filter({ hasText: 'test_orders.py' }).waitFor();
    });

    await step('an edit marks what ran before, and lenses move with the text', async () => {
        await window.openFile('tests/test_orders.py');
        await window.goTo(1);
        await page.keyboard.type('# one more line\n');
        const line = bed.lineOf(project, 'tests/test_orders.py', 'def test_empty_order');
        await window.goTo(line + 1);
        await window.lens('def test_empty_order', /passed/).waitFor();
        const failing = bed.lineOf(project, 'tests/test_orders.py', 'tax is rounded once') + 1;
        await window.goTo(failing);
        await window.squiggleOn(failing);
        await bed.shoot(window, 'moved');
    });

    await step('a mended test passes when the failed ones run again', async () => {
        await window.replace('1 x teapot', '1 x pot');
        // What it said is no longer the truth, and looks like it.
        await window.test('test_invoice').locator('.computed-state.retired').waitFor();
        await bed.shoot(window, 'stale');
        await page.keyboard.press('Control+S');
        await window.command('Test: Rerun Failed Tests');
        await window.hasState('test_invoice', 'Passed', LONG);
        await window.idle(LONG);
        await window.hasState('test_total_with_tax', 'Failed');
        await window.lens('def test_invoice', /passed/).waitFor();
        await bed.shoot(window, 'again');
    });

    await step('a failed comparison shows both sides', async () => {
        const compare = 'def test_lines():\n    assert ["tea", "pot"] == ["pot", "tea"]\n';
        writeFileSync(join(project, 'tests/test_compare.py'), compare);
        await window.test('tests/test_compare.py').waitFor();
        await window.expand('tests/test_compare.py');
        await window.runTest('test_lines');
        await window.hasState('test_lines', 'Failed', LONG);
        await window.idle();
        await window.test('test_lines').dblclick();
        await window.command('Test: Peek Output');
        await page.locator('.peekview-widget').first().waitFor();
        await bed.shoot(window, 'compared');
        await page.keyboard.press('Escape');
    });

    await step('output of a failed test opens as a page from its lens', async () => {
        await window.openFile('tests/test_orders.py');
        await window.goTo(1);
        await window.goTo(bed.lineOf(project, 'tests/test_orders.py', 'def test_total_with_tax'));
        await window.lens('def test_total_with_tax', /failed/).click();
        await window.preview('tax is rounded once');
        await bed.shoot(window, 'output');
    });
}

async function killed(bed, step) {
    const slow = 'import time\n\ndef test_long():\n    time.sleep(10307.5)\n';
    const project = bed.project('python-pytest', { 'tests/test_slow.py': slow });
    const window = await bed.window(project);
    await window.testing();
    await window.expand('tests/test_slow.py');
    await step('a container that dies in a run is told', async () => {
        await window.runTest('test_long');
        await window.hasState('test_long', 'Running', LONG);
        bed.docker('kill', ...bed.containers(project));
        await window.notification(/Testdock: .*container/).waitFor();
        await window.idle();
        await bed.shoot(window, 'killed');
    });
}

async function saved(bed, step) {
    const project = bed.project('python-pytest');
    const window = await bed.window(project);
    await window.testing();
    await window.expand('tests/test_pricing.py');
    await step('a saved file runs its tests while continuous run is on', async () => {
        await window.command('Test: Start Continuous Run');
        await window.openFile('tests/test_pricing.py');
        await window.page.keyboard.type('# saved\n');
        await window.page.keyboard.press('Control+S');
        await window.hasState('test_discount_needs_a_quantity', 'Passed', LONG);
        await window.idle();
        await window.hasState('tests/test_orders.py', 'Unset');
        await bed.shoot(window, 'continuous');
    });
}

async function tagged(bed, step) {
    const window = await bed.window(bed.project('python-pytest'));
    await window.testing();
    await window.test('tests/test_service.py').waitFor();
    await step('tests are chosen by their tags', async () => {
        await window.page.locator('.testing-filter-wrapper .monaco-editor').click();
        await window.page.keyboard.type('@testdock:parametrize');
        await window.test('tests/test_service.py').waitFor({ state: 'hidden' });
        await window.expand('tests/test_pricing.py');
        await window.test('test_discount').waitFor();
        await window.test('test_currency').waitFor({ state: 'hidden' });
        await bed.shoot(window, 'tags');
    });
}

export default [
    { name: 'failures', run: failures },
    { name: 'a killed container', run: killed },
    { name: 'continuous run', run: saved },
    { name: 'tags', run: tagged },
];
