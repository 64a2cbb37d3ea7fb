// A recorded run where no engine answers: the client is held against what one has to show at its end.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LONG } from '../driver.mjs';

const RECORDING = fileURLToPath(new URL('../../../../tests/recordings/python-pytest.jsonl', import.meta.url));

async function recorded(bed, step) {
    const server = `exec '${process.env.TESTDOCK_E2E_SERVER}' "$@" --replay '${RECORDING}'`;
    const settings = { 'testdock.server.path': bed.program(server) };
    const code = await bed.code({ settings, env: { DOCKER_HOST: 'unix:///nowhere.sock' } });
    const project = bed.project('python-pytest');
    const { tests } = JSON.parse(readFileSync(join(project, 'expected.json'), 'utf8'));
    const window = await bed.window(project, { code });

    await step('all tests are played', async () => {
        await window.testing();
        await window.test('tests/test_orders.py').waitFor({ timeout: LONG });
        await window.command('Test: Run All Tests');
        await window.says('8 failed, 2 errored, 12 passed, 3 skipped');
        await window.idle(LONG);
    });

    await step('each stands in the tree as it should', async () => {
        let open;
        for (const [id, { outcome }] of Object.entries(tests)) {
            const names = id.split('::');
            // Of a tree that is longer than the view only what is in view is there.
            if (open && open !== names[0]) await window.test(open).locator('.monaco-tl-twistie').click();
            open = names[0];
            const test = names.pop();
            const holders = test.includes('[') ? [...names, test.slice(0, test.indexOf('['))] : names;
            for (const holder of holders) await window.expand(holder);
            await window.hasState(test, outcome[0].toUpperCase() + outcome.slice(1));
        }
        await bed.shoot(window, 'tree');
    });

    await step('each failure is underlined on its line', async () => {
        const bad = Object.values(tests).filter(test => ['failed', 'errored'].includes(test.outcome));
        const { path } = bad[0].location;
        await window.openFile(path);
        for (const { location } of bad.filter(test => test.location.path === path)) {
            await window.goTo(location.line);
            await window.squiggleOn(location.line);
        }
    });
}

export default [{ name: 'a recorded run', smoke: true, run: recorded }];
