// Pictures for the extension's page and its walkthrough, of the real thing. They are made anew with
// `cargo xtask e2e vscode 6-pictures`, and copied from the artefacts into `media`.

import { join } from 'node:path';
import { LONG } from '../driver.mjs';

async function pictures(bed, step) {
    const code = await bed.code({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
    const project = bed.project('python-pytest');
    const window = await bed.window(project, { code });
    const { page } = window;
    await page.setViewportSize({ width: 1120, height: 700 });
    const part = (name, clip) =>
        page.screenshot({ animations: 'disabled', path: join(bed.artefacts, `${name}.png`), clip });

    await step('tests and failures', async () => {
        await window.testing();
        await window.expand('tests/test_orders.py');
        await window.command('Test: Run All Tests');
        await window.hasState('tests/test_orders.py', 'Errored', LONG);
        await window.idle(LONG);
        await window.openFile('tests/test_orders.py');
        const line = bed.lineOf(project, 'tests/test_orders.py', 'tax is rounded once');
        await window.goTo(line);
        await window.squiggleOn(line);
        await window.lens('def test_total(', /passed/).waitFor();
        await page.mouse.move(600, 400);
        await part('overview');
        await part('tests', { x: 48, y: 35, width: 300, height: 280 });
        await part('failures', { x: 352, y: 70, width: 620, height: 330 });
    });

    await step('interpreter', async () => {
        await page.locator('.statusbar-item').filter({ hasText: 'Dockerfile' }).click();
        await page.locator('.quick-input-list').getByText('Build the Image').waitFor();
        await part('interpreter', { x: 258, y: 0, width: 604, height: 300 });
        await page.keyboard.press('Escape');
    });

    await step('containers', async () => {
        await page.locator('.pane-header').filter({ hasText: 'Containers' }).click();
        await page.locator('.pane-header').filter({ hasText: 'Test Explorer' }).click();
        await window.container('default').click({ button: 'right' });
        await page.locator('.monaco-menu').waitFor();
        await part('containers', { x: 48, y: 35, width: 370, height: 330 });
        await page.keyboard.press('Escape');
    });

    await step('doctor', async () => {
        await page.keyboard.press('Control+J');
        await window.command('Testdock: Doctor');
        await window.preview('the image built from Dockerfile');
        await page.mouse.move(600, 690);
        await part('doctor', { x: 352, y: 70, width: 720, height: 330 });
    });
}

export default [{ name: 'pictures', run: pictures }];
