// What goes wrong around the extension: it says so, and nothing is left behind.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG } from '../driver.mjs';

const SLOW = 'import time\n\ndef test_long():\n    time.sleep(10308.5)\n';

async function told(bed, step, title, settings, text) {
    await step(title, async () => {
        const code = await bed.code({ settings });
        const window = await bed.window(bed.project('python-pytest'), { code });
        await window.notification(text).waitFor({ timeout: LONG });
        await bed.shoot(window, title);
    });
}

async function servers(bed, step) {
    await told(bed, step, 'no server', { 'testdock.server.path': '' }, 'no server was found');
    const nowhere = { 'testdock.server.path': '/nowhere/testdock' };
    await told(bed, step, 'a path that leads nowhere', nowhere, /\/nowhere\/testdock .*ENOENT/);
    const other = { 'testdock.server.path': '/bin/echo' };
    await told(bed, step, 'another program', other, 'is no Testdock server');
    await told(bed, step, 'a path that is none', { 'testdock.server.path': 42 }, /Testdock: 42 .*ENOENT/);
    const old = bed.program('', '0.0.9');
    await told(bed, step, 'an old server', { 'testdock.server.path': old }, 'version 0.0.9');
    const crash = { 'testdock.server.path': bed.program('echo boom >&2; exit 3') };
    await told(bed, step, 'a server that crashes at once', crash, 'keeps stopping');
    const garbage = { 'testdock.server.path': bed.program('echo "hello, who are you?"; exec cat >/dev/null') };
    await told(bed, step, 'a server that answers garbage', garbage, 'keeps stopping');
}

async function crashed(bed, step) {
    const id = join(bed.folder, 'server.pid');
    const path = bed.program(`echo $$ >'${id}'\nexec '${process.env.TESTDOCK_E2E_SERVER}' "$@"`);
    const code = await bed.code({ settings: { 'testdock.server.path': path } });
    const project = bed.project('python-pytest', { 'tests/test_slow.py': SLOW });
    const window = await bed.window(project, { code });
    await window.testing();
    await window.expand('tests/test_slow.py');
    await window.runTest('test_long');
    await window.hasState('test_long', 'Running', LONG);

    await step('a server that crashes in a run: told, started again, nothing left', async () => {
        const before = readFileSync(id, 'utf8');
        process.kill(Number(before), 'SIGKILL');
        await window.notification('the server stopped').waitFor();
        await window.idle();
        await bed.soon('nothing is left', () => !bed.processes(project).some(it => it.includes('pytest')));
        await bed.soon('another server', () => readFileSync(id, 'utf8') !== before);
        await bed.shoot(window, 'crashed');
        await window.runTest('tests/test_pricing.py');
        await window.hasState('tests/test_pricing.py', 'Failed', LONG);
        await bed.shoot(window, 'again');
    });
}

async function garbled(bed, step) {
    const flag = join(bed.folder, 'garble');
    const garble = `while kill -0 $$ 2>&- && [ ! -e '${flag}' ]; do sleep 0.1; done; rm -f '${flag}'; printf 'who are you?\\r\\n\\r\\n'`;
    const path = bed.program(`(${garble}) &\nexec '${process.env.TESTDOCK_E2E_SERVER}' "$@"`);
    const code = await bed.code({ settings: { 'testdock.server.path': path } });
    const project = bed.project('python-pytest', { 'tests/test_slow.py': SLOW });
    const window = await bed.window(project, { code });
    await window.testing();
    await window.expand('tests/test_slow.py');
    await window.runTest('test_long');
    await window.hasState('test_long', 'Running', LONG);

    await step('a server that talks garbage in a run: told, started again, nothing left', async () => {
        writeFileSync(flag, '');
        await window.notification('the server stopped').waitFor();
        await window.idle();
        await bed.soon('nothing is left', () => !bed.processes(project).some(it => it.includes('pytest')));
        await bed.shoot(window, 'garbled');
        await window.runTest('tests/test_pricing.py');
        await window.hasState('tests/test_pricing.py', 'Failed', LONG);
    });
}

async function empty(bed, step) {
    const window = await bed.window(bed.project(undefined, { 'notes.txt': 'no tests here\n' }));
    await step('a workspace without tests says what to do', async () => {
        await window.testing();
        await window.page.getByText('Testdock found no tests here').waitFor();
        await bed.shoot(window, 'no tests');
    });
}

async function untrusted(bed, step) {
    const project = bed.project('python-pytest');
    const window = await bed.window(project, { trust: false });
    await step('an untrusted workspace is read, and runs nothing', async () => {
        await window.trust("No, I don't trust the authors");
        await window.testing();
        await window.test('tests/test_orders.py').waitFor();
        await window.command('Testdock: Run All Tests');
        await window.notification(/trust/).waitFor();
        await bed.shoot(window, 'refused');
        if (bed.containers(project, '--all').length) throw new Error('a container was made');
    });
    await step('once it is trusted, it runs', async () => {
        await window.command('Workspaces: Manage Workspace Trust');
        await window.page.getByRole('button', { name: 'Trust', exact: true }).click();
        await window.runTest('tests/test_orders.py');
        await window.hasState('tests/test_orders.py', 'Errored', LONG);
        await bed.shoot(window, 'trusted');
    });
}

async function twice(bed, step) {
    const project = bed.project('python-pytest');
    const first = await bed.window(project);
    const second = await bed.window(project);
    await step('two windows on one folder run tests at once', async () => {
        for (const window of [first, second]) {
            await window.testing();
            await window.test('tests/test_service.py').waitFor();
        }
        await Promise.all([first, second].map(window => window.runTest('tests/test_service.py')));
        for (const window of [first, second]) await window.hasState('tests/test_service.py', 'Failed', LONG);
        if (bed.containers(project).length !== 1) throw new Error('they do not share their container');
        await bed.shoot(second, 'second');
    });
}

async function closed(bed, step) {
    const project = bed.project('python-pytest', { 'tests/test_slow.py': SLOW });
    const window = await bed.window(project);
    await window.testing();
    await window.expand('tests/test_slow.py');
    await window.runTest('test_long');
    await window.hasState('test_long', 'Running', LONG);
    await step('a window that is closed in a run leaves nothing running', async () => {
        await window.page.close({ runBeforeUnload: true });
        await bed.soon('nothing is left', () => !bed.processes(project).some(it => it.includes('pytest')));
    });
}

export default [
    { name: 'servers', run: servers },
    { name: 'a crash in a run', run: crashed },
    { name: 'garbage in a run', run: garbled },
    { name: 'no tests', run: empty },
    { name: 'no trust', run: untrusted },
    { name: 'two windows', run: twice },
    { name: 'a closed window', run: closed },
];
