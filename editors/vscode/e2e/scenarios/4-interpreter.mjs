// What tests run in: seen in the status bar, chosen, added, built; and what is said where it is missing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG } from '../driver.mjs';

async function interpreter(bed, step) {
    const project = bed.project('python-pytest');
    const window = await bed.window(project);
    const { page } = window;
    const item = page.locator('.statusbar-item#testdock\\.testdock\\.testdock');

    await step('the status bar names it', async () => {
        await item.filter({ hasText: 'Dockerfile' }).waitFor();
        await item.hover();
        await page.locator('.monaco-hover').getByText('runs tests in').waitFor();
        await bed.shoot(window, 'status');
    });

    await step('its menu builds the image, with a log', async () => {
        await item.click();
        await page.locator('.quick-input-list').getByText('Build the Image').waitFor();
        await bed.shoot(window, 'menu');
        await window.pick('Build the Image');
        await page
            .locator('.output-view')
            .getByText(/FROM|Step|\[/)
            .first()
            .waitFor({ timeout: LONG });
        await window.notification('Building').waitFor({ state: 'hidden', timeout: LONG });
        await bed.shoot(window, 'built');
    });

    await step('another is added, as the server asks', async () => {
        await window.command('Testdock: Add an Interpreter…');
        await page.locator('.quick-input-list').getByText('Image', { exact: true }).first().waitFor();
        await bed.shoot(window, 'kinds');
        await window.pick('Image');
        await window.answer('Its name', 'plain');
        await bed.shoot(window, 'field');
        await window.answer('Image:', process.env.TESTDOCK_INTERPRETER__BUILD_ARGS__BASE ?? 'python:3.12-slim');
        await window.pick('The Project');
        await bed.soon('it is written', () =>
            readFileSync(join(project, 'testdock.toml'), 'utf8').includes('[interpreters.plain]'),
        );
        await page.locator('.tab').filter({ hasText: 'testdock.toml' }).waitFor();
        await bed.shoot(window, 'added');
    });

    await step('it is chosen in the menu', async () => {
        await item.click();
        await window.pick('plain');
        await item.filter({ hasText: 'plain' }).waitFor();
        await bed.shoot(window, 'chosen');
    });
}

async function doctor(bed, step) {
    const window = await bed.window(bed.project('python-pytest'));
    await step('the doctor shows a page', async () => {
        await window.command('Testdock: Doctor');
        await window.preview('the image built from Dockerfile');
        await bed.shoot(window, 'doctor');
    });
}

async function activation(bed, step) {
    const window = await bed.window(bed.project('python-pytest'));
    await step('it is there in under 100 ms', async () => {
        await window.testing();
        await window.test('tests/test_orders.py').waitFor();
        await window.command('Developer: Show Running Extensions');
        const row = window.page.locator('.runtime-extensions-editor .extension').filter({ hasText: 'Testdock' });
        const words = await row.locator('.activation-time').textContent();
        await bed.shoot(window, 'activation');
        const time = Number(/(\d+)ms/.exec(words)?.[1]);
        console.log(`        ${words}`);
        if (!(time < 100)) throw new Error(words);
    });
}

async function noEngine(bed, step) {
    const code = await bed.code({ env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
    const window = await bed.window(bed.project('python-pytest'), { code });
    await window.testing();
    await step('no engine: a message with what mends it', async () => {
        await window.runTest('tests/test_orders.py');
        await window.notification('/nowhere/docker.sock').waitFor();
        await window.idle();
        await bed.shoot(window, 'no engine');
    });
    await step('the doctor says the same', async () => {
        await window.command('Testdock: Doctor');
        await window.preview('/nowhere/docker.sock');
        await bed.shoot(window, 'doctor');
    });
}

/** A server that says one thing: that on this machine one command mends what is wrong. */
const MENDER = `
const send = message => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    process.stdout.write(\`Content-Length: \${Buffer.byteLength(body)}\\r\\n\\r\\n\${body}\`);
};
const remedy = { message: 'no engine answers', title: 'Start Docker', command: 'echo it is $((40 + 2))' };
process.stdin.on('data', chunk => {
    for (const [, id] of String(chunk).matchAll(/"id":(\\d+)/g)) send({ id: Number(id), result: { capabilities: {} } });
    if (String(chunk).includes('"initialized"')) send({ method: 'testdock/remedy', params: remedy });
});
`;

async function remedy(bed, step) {
    const path = bed.program(`exec '${process.execPath}' -e "$(cat <<'END'\n${MENDER}\nEND\n)"`);
    const code = await bed.code({ settings: { 'testdock.server.path': path } });
    const window = await bed.window(bed.project('python-pytest'), { code });
    await step('one button mends what one command can', async () => {
        const message = window.notification('no engine answers');
        await message.waitFor({ timeout: LONG });
        await bed.shoot(window, 'remedy');
        await message.getByRole('button', { name: 'Start Docker' }).click();
        await window.page.locator('.terminal-wrapper .xterm-rows').getByText('it is 42').first().waitFor();
        await bed.shoot(window, 'mended');
    });
}

async function walkthrough(bed, step) {
    const window = await bed.window(bed.project('python-pytest'));
    await step('the walkthrough opens', async () => {
        await window.command('Welcome: Open Walkthrough...');
        await window.pick('Run your tests in your container');
        await window.page.locator('.getting-started-step').first().waitFor();
        await bed.shoot(window, 'walkthrough');
    });
    await step('the settings are documented', async () => {
        await window.command('Preferences: Open Settings (UI)');
        await window.page.locator('.settings-header .monaco-editor').click();
        await window.page.keyboard.type('@ext:testdock.testdock');
        await window.page.locator('.setting-item-label').filter({ hasText: 'Run On Save' }).first().waitFor();
        await bed.shoot(window, 'settings');
    });
}

export default [
    { name: 'interpreter', run: interpreter },
    { name: 'doctor', run: doctor },
    { name: 'activation', run: activation },
    { name: 'no engine', run: noEngine },
    { name: 'remedy', run: remedy },
    { name: 'walkthrough and settings', run: walkthrough },
];
