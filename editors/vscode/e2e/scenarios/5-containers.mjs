// The containers view: what there is, live; logs, stop, start, inspect, a terminal, removal.

import { LONG } from '../driver.mjs';

const CHATTER = `
import time
for i in range(100000):
    print(f"\\033[32mok\\033[0m request {i} took {i % 7} ms", flush=True)
    time.sleep(0.2)
`;

/** A container as compose would make it. */
function service(bed, folder, name) {
    const project = `testdock-e2e-${process.pid}`;
    const compose = { project, service: name, 'project.working_dir': folder };
    const labels = Object.entries(compose).map(([key, value]) => `com.docker.compose.${key}=${value}`);
    const image = process.env.TESTDOCK_INTERPRETER__BUILD_ARGS__BASE ?? 'python:3.12-slim';
    const words = ['run', '--detach', '--name', `${project}-${name}-1`, ...labels.flatMap(it => ['--label', it])];
    const id = bed.docker(...words, image, 'python3', '-c', CHATTER);
    bed.made.push(id);
    return { id, project };
}

async function containers(bed, step) {
    const project = bed.project('python-pytest');
    const [web, db] = ['web', 'db'].map(name => service(bed, project, name));
    const window = await bed.window(project);
    const { page } = window;
    await window.testing();
    const state = () => bed.docker('inspect', '--format', '{{.State.Status}}', web.id);

    await step('the view shows groups, and what comes while it is looked at', async () => {
        await page.locator('.pane-header').filter({ hasText: 'Containers' }).click();
        await window.runTest('tests/test_orders.py');
        await page.locator('.pane-header').filter({ hasText: 'Test Explorer' }).click();
        await window.container('web').waitFor();
        await window.container('default').waitFor({ timeout: LONG });
        await window.idle(LONG);
        await bed.shoot(window, 'containers');
    });

    await step('logs are followed in a terminal, in colour', async () => {
        const green = page.locator('.terminal-wrapper .xterm-rows .xterm-fg-2').first();
        await window.containerAction('web', 'Show Logs', green);
        await page
            .locator('.terminal-wrapper .xterm-rows')
            .getByText(/request \d+ took/)
            .first()
            .waitFor();
        await bed.shoot(window, 'logs');
    });

    await step('logs are searched', async () => {
        await window.containerMenu('web', 'Search Logs…');
        await window.answer('Lines of', 'took 6 ms');
        const rows = page.locator('.terminal-wrapper.active .xterm-rows');
        await bed.soon('only these lines', async () => {
            const text = await rows.textContent();
            return text.includes('took 6 ms') && !text.includes('took 5 ms');
        });
        await bed.shoot(window, 'searched');
    });

    await step('a container stops and starts', async () => {
        await window.containerAction('web', 'Stop', window.container('web').filter({ hasText: 'exited' }));
        await bed.soon('it stopped', () => state() === 'exited');
        await bed.shoot(window, 'stopped');
        await window.containerAction('web', 'Start', window.container('web').filter({ hasText: 'up' }));
        await bed.soon('it started', () => state() === 'running');
    });

    await step('inspect shows JSON', async () => {
        await window.containerMenu('web', 'Inspect');
        await page.locator('.editor-instance .view-lines').getByText(web.id).first().waitFor();
        await bed.shoot(window, 'inspected');
    });

    await step('a menu stays about its container, whatever becomes of the others', async () => {
        await window.command('View: Close All Editors');
        await window.container('web').click({ button: 'right' });
        const inspect = page.locator('.monaco-menu .action-label', { hasText: /^Inspect$/ });
        await inspect.waitFor();
        bed.docker('kill', db.id);
        await window.container('db').filter({ hasText: 'exited' }).waitFor();
        await inspect.hover();
        await page.keyboard.press('Enter');
        await page.locator('.editor-instance .view-lines').getByText(web.id).first().waitFor();
    });

    await step('a terminal in it', async () => {
        await window.containerMenu('web', 'Open a Terminal in It');
        await page.locator('.terminal-wrapper.active .xterm-rows').getByText(/[#$]/).first().waitFor();
        await page.keyboard.type('hostname\n');
        await page.locator('.terminal-wrapper.active .xterm-rows').getByText(web.id.slice(0, 12)).first().waitFor();
        await bed.shoot(window, 'terminal');
    });

    await step('a container is removed, once the person said yes', async () => {
        await window.containerMenu('web', 'Remove…');
        await page.getByRole('button', { name: 'Remove', exact: true }).waitFor();
        await bed.shoot(window, 'remove');
        await page.getByRole('button', { name: 'Remove', exact: true }).click();
        await window.container('web').waitFor({ state: 'hidden' });
    });
}

export default [{ name: 'containers', run: containers }];
