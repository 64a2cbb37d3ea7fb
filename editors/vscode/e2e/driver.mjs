// The real VS Code in a browser, and what a person does there. Nothing here waits by the clock: every
// step waits for what a person would see.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';

const tools = createRequire(join(process.env.TESTDOCK_E2E_TOOLS, 'package.json'));
const { chromium } = tools('playwright-core');

/** How long a person would wait for most things. */
export const PATIENCE = 45_000;
/** How long for an image to be built, or many tests to run. */
export const LONG = 240_000;

export async function browse() {
    return chromium.launch({
        executablePath: process.env.TESTDOCK_E2E_CHROMIUM,
        args: [
            '--headless',
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
        ],
    });
}

function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/** A VS Code server of its own: settings, state, and what is on its PATH. */
export class Code {
    static async start(folder, { settings = {}, env = {} } = {}) {
        const code = new Code();
        const port = await freePort();
        const data = join(folder, 'data');
        mkdirSync(join(data, 'User'), { recursive: true });
        writeFileSync(join(data, 'User', 'settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2));
        const entry = tools.resolve('code-server/out/node/entry.js');
        code.process = spawn(
            process.execPath,
            [
                entry,
                ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
                ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
                ...['--user-data-dir', data, '--extensions-dir', process.env.TESTDOCK_E2E_EXTENSIONS],
                ...['--config', join(folder, 'config.yaml')],
            ],
            { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
        );
        await new Promise((resolve, reject) => {
            let said = '';
            const listen = chunk => {
                said += chunk;
                if (said.includes('HTTP server listening')) resolve();
            };
            code.process.stdout.on('data', listen);
            code.process.stderr.on('data', listen);
            code.process.once('exit', status => reject(new Error(`code-server ended with ${status}:\n${said}`)));
        });
        code.address = `http://127.0.0.1:${port}`;
        return code;
    }

    async stop() {
        const ended = new Promise(resolve => this.process.once('close', resolve));
        process.kill(-this.process.pid, 'SIGTERM');
        await ended;
    }
}

/** Nothing opens by itself that a scenario did not ask for. */
const QUIET = {
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
    'extensions.ignoreRecommendations': true,
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'git.enabled': false,
    'security.workspace.trust.untrustedFiles': 'open',
    'files.autoSave': 'off',
    'chat.commandCenter.enabled': false,
    // What stands in a terminal is to be read.
    'terminal.integrated.gpuAcceleration': 'off',
};

const STATES = {
    Passed: '-testing-passed-icon',
    Failed: '-testing-failed-icon',
    Errored: '-testing-error-icon',
    Skipped: '-testing-skipped-icon',
    Queued: '-testing-queued-icon',
    Running: '-loading',
    Unset: '-testing-unset-icon',
};

/** One window. */
export class Window {
    static async open(browser, code, folder) {
        const window = new Window();
        window.context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
        window.page = await window.context.newPage();
        window.page.setDefaultTimeout(PATIENCE);
        const kind = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
        await window.page.goto(`${code.address}/?${kind}=${encodeURIComponent(folder)}`);
        await window.page.locator('.monaco-workbench').waitFor({ timeout: LONG });
        return window;
    }

    async asksForTrust() {
        await this.page.getByRole('button', { name: 'Yes, I trust the authors' }).waitFor({ timeout: LONG });
    }

    async trust(answer = 'Yes, I trust the authors') {
        await this.page.getByRole('button', { name: answer }).click({ timeout: LONG });
    }

    /** Runs a command by its title. */
    async command(title) {
        const row = this.page.locator('.quick-input-list .monaco-list-row').first().filter({ hasText: title });
        const deadline = Date.now() + PATIENCE;
        for (;;) {
            await this.page.keyboard.press('F1');
            // It goes where something else takes the focus. Its list is that of the moment when it opened: an
            // extension's commands may come later.
            const input = this.page.locator('.quick-input-widget input');
            const filled = input.fill(`>${title}`, { timeout: 2_000 });
            const isThere = filled.then(() => row.waitFor({ timeout: 2_000 })).then(() => true);
            if (await isThere.catch(() => false)) break;
            if (Date.now() > deadline) throw new Error(`no command ${title}`);
            await this.page.keyboard.press('Escape');
        }
        await this.page.keyboard.press('Enter');
    }

    /** Picks from the list that is open. */
    async pick(label) {
        const title = this.page.locator('.label-name', { hasText: new RegExp(`^\\s*${literal(label)}\\s*$`) });
        await this.page.locator('.quick-input-list .monaco-list-row').filter({ has: title }).first().click();
    }

    /** Answers the question that is open. */
    async answer(question, text) {
        await this.page.locator('.quick-input-message').filter({ hasText: question }).waitFor();
        await this.page.locator('.quick-input-widget input').fill(text);
        await this.page.keyboard.press('Enter');
    }

    async openFile(name) {
        await this.page.keyboard.press('Control+P');
        await this.page.locator('.quick-input-widget input').fill(name);
        await this.page
            .locator('.quick-input-list .monaco-list-row')
            .first()
            .filter({ hasText: name.split('/').pop() })
            .waitFor();
        await this.page.keyboard.press('Enter');
        await this.page.locator('.editor-instance .view-lines').first().waitFor();
    }

    /** Opens the Testing view. */
    async testing() {
        await this.page.locator('.activitybar .action-label[aria-label^="Testing"]').click();
        await this.page.locator('.composite.title').filter({ hasText: 'Testing' }).waitFor();
    }

    /** A row of the Testing view. */
    test(name) {
        const label = this.page.locator('.label', { hasText: new RegExp(`^${literal(name)}`) });
        return this.page.locator('.test-explorer .monaco-list-row').filter({ has: label }).first();
    }

    async expand(name) {
        const row = this.test(name);
        await row.waitFor();
        if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
    }

    async runTest(name) {
        await this.press(this.test(name), 'Run Test');
    }

    /** Presses a button that a row has while the pointer is over it; the row may move away under that. */
    async press(row, title) {
        const deadline = Date.now() + PATIENCE;
        for (;;) {
            await row.hover();
            const button = row.locator(`.action-label[aria-label="${title}"]`);
            const problem = await button.click({ timeout: 3_000 }).catch(problem => problem);
            if (!problem) return;
            if (Date.now() > deadline) throw problem;
        }
    }

    /** Waits until a test stands like this, by the icon of its row. */
    async hasState(name, state, timeout = PATIENCE) {
        await this.test(name).locator(`.computed-state[class*="codicon${STATES[state]}"]`).waitFor({ timeout });
    }

    /** A row of the containers view. */
    container(name) {
        const view = this.page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row');
        return view.filter({ has: this.page.locator('.label-name', { hasText: name }) }).first();
    }

    /** Presses a button on a container's row, until it does what it should: the view may move under the pointer. */
    async containerAction(name, title, effect) {
        const row = this.container(name);
        const deadline = Date.now() + PATIENCE;
        for (;;) {
            await row.hover();
            await row
                .locator(`.action-label[aria-label="${title}"]`)
                .click({ timeout: 3_000 })
                .catch(() => {});
            if (
                await effect.waitFor({ timeout: 15_000 }).then(
                    () => true,
                    () => false,
                )
            )
                return;
            if (Date.now() > deadline) throw new Error(`${title} of ${name} does nothing`);
        }
    }

    /** Picks from a container's menu. */
    async containerMenu(name, title) {
        await this.container(name).click({ button: 'right' });
        // By the keyboard: a menu takes no click in its first moment.
        await this.page.locator('.monaco-menu .action-label', { hasText: new RegExp(`^${literal(title)}$`) }).hover();
        await this.page.keyboard.press('Enter');
    }

    async cancelRuns() {
        await this.page.locator('.action-label[aria-label^="Cancel Test Run"]').first().click();
    }

    /** Waits until nothing runs. */
    async idle(timeout = PATIENCE) {
        await this.page
            .locator('.action-label[aria-label^="Cancel Test Run"]')
            .first()
            .waitFor({ state: 'hidden', timeout });
    }

    /** Waits until the Test Results say something. VS Code opens them as a run begins, unless it is too busy for that. */
    async says(text) {
        const panel = this.page.locator('.test-output-peek-tree').first();
        if (!(await panel.isVisible())) await this.command('Test: Show Output');
        await this.page.locator('.test-output-peek-tree, .xterm-rows').filter({ hasText: text }).first().waitFor();
    }

    /** Waits until a Markdown page shows a text. */
    async preview(text) {
        const frame = this.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
        await frame.getByText(text).first().waitFor();
        return frame;
    }

    /** Replaces the first occurrence of a text in the file that is looked at. */
    async replace(text, other) {
        await this.page.keyboard.press('Control+F');
        const find = this.page.locator('.find-widget textarea').first();
        await find.fill(text);
        await this.page.locator('.find-widget .matchesCount').filter({ hasText: '1 of' }).waitFor();
        await this.page.keyboard.press('Escape');
        await this.page.keyboard.type(other);
    }

    async goTo(line) {
        await this.page.keyboard.press('Control+G');
        await this.page.locator('.quick-input-widget input').fill(`:${line}`);
        await this.page.keyboard.press('Enter');
        await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    }

    /** Waits for a failure's squiggle on a line. */
    async squiggleOn(line) {
        await this.page.waitForFunction(
            wanted => {
                const editor = document.querySelector('.editor-instance .monaco-editor');
                const number = [...editor.querySelectorAll('.line-numbers')].find(it => it.textContent === wanted);
                if (!number) return false;
                const { top } = number.getBoundingClientRect();
                const squiggles = [...editor.querySelectorAll('.squiggly-error, .squiggly-info')];
                return squiggles.some(it => Math.abs(it.getBoundingClientRect().top - top) < 12);
            },
            String(line),
            { timeout: PATIENCE },
        );
    }

    /** A lens over the line that holds a text. */
    lens(text, title) {
        // A lens stands a line above its own: by its place in the editor.
        return new Lens(this.page, text, title);
    }

    notification(text) {
        return this.page.locator('.notification-list-item').filter({ hasText: text });
    }

    async close() {
        await this.context.close();
    }
}

export function literal(text) {
    return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A lens, found by where it stands: right over its line. */
class Lens {
    constructor(page, text, title) {
        Object.assign(this, { page, text, title });
    }

    async waitFor({ timeout = PATIENCE } = {}) {
        const found = await this.page.waitForFunction(
            ({ text, title }) => {
                const editor = document.querySelector('.editor-instance .monaco-editor');
                const plain = it => it.textContent.replaceAll('\u00a0', ' ');
                const line = [...editor.querySelectorAll('.view-line')].find(it => plain(it).includes(text));
                if (!line) return null;
                const { top } = line.getBoundingClientRect();
                const over = [...editor.querySelectorAll('.codelens-decoration')].find(it => {
                    const { bottom } = it.getBoundingClientRect();
                    return bottom <= top + 3 && bottom > top - 22;
                });
                return [...(over?.querySelectorAll('a') ?? [])].find(it => new RegExp(title).test(plain(it))) ?? null;
            },
            { text: this.text, title: this.title.source },
            { timeout },
        );
        return found.asElement();
    }

    async click() {
        const link = await this.waitFor();
        await link.click();
    }
}
