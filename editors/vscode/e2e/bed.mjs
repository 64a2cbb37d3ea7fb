// What scenarios share: a browser, a VS Code, copies of projects, the container engine; and that nothing
// of it is left.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browse, Code, PATIENCE, Window } from './driver.mjs';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url));

export class Bed {
    windows = [];
    codes = [];
    projects = [];
    /** Containers that a scenario made itself. */
    made = [];

    static async make(artefacts) {
        const bed = new Bed();
        bed.artefacts = artefacts;
        bed.folder = mkdtempSync(join(tmpdir(), 'testdock-e2e-'));
        bed.browser = await browse();
        bed.shared = await bed.code();
        bed.codes = [];
        return bed;
    }

    begin(name) {
        this.name = name;
        this.shots = 0;
    }

    /** A VS Code of its own. */
    async code({ settings = {}, env = {} } = {}) {
        const folder = mkdtempSync(join(this.folder, 'code-'));
        const all = { 'testdock.server.path': process.env.TESTDOCK_E2E_SERVER, ...settings };
        const own = { XDG_STATE_HOME: join(folder, 'state'), ...env };
        const code = await Code.start(folder, { settings: all, env: own });
        this.codes.push(code);
        return code;
    }

    /** A copy of a fixture, with other files over it. */
    project(fixture, files = {}) {
        const folder = join(mkdtempSync(join(this.folder, 'project-')), 'shop');
        if (fixture) cpSync(join(FIXTURES, fixture), folder, { recursive: true });
        for (const [path, text] of Object.entries(files)) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), text);
        }
        this.projects.push(folder);
        return folder;
    }

    /** A window on a project. */
    async window(project, { code = this.shared, trust = true } = {}) {
        const window = await Window.open(this.browser, code, project);
        this.windows.push(window);
        if (trust) await window.trust();
        return window;
    }

    async shoot(window, name) {
        const file = `${slug(this.name)}-${++this.shots}-${slug(name)}.png`;
        await window.page.screenshot({ animations: 'disabled', path: join(this.artefacts, file) });
    }

    async shootAll(name) {
        for (const [index, { page }] of this.windows.entries()) {
            const path = join(this.artefacts, `${slug(name)}-${index}.png`);
            await page.screenshot({ path }).catch(() => {});
        }
    }

    /** A program that takes the server's place. */
    program(lines, version = '0.1.0') {
        const path = join(mkdtempSync(join(this.folder, 'server-')), 'testdock');
        const script = `#!/bin/sh\n[ "$1" = --version ] && echo 'testdock ${version}' && exit 0\n${lines}\n`;
        writeFileSync(path, script, { mode: 0o755 });
        return path;
    }

    /** The number of the first line of a project's file that holds a text. */
    lineOf(project, file, text) {
        const lines = readFileSync(join(project, file), 'utf8').split('\n');
        return lines.findIndex(line => line.includes(text)) + 1;
    }

    docker(...words) {
        return execFileSync('docker', words, { encoding: 'utf8' }).trim();
    }

    /** The containers that were made for a project. */
    containers(project, ...words) {
        const label = `label=dev.testdock.workspace=${project}`;
        return this.docker('ps', '--quiet', '--filter', label, ...words)
            .split('\n')
            .filter(Boolean);
    }

    /** The command lines that run in a project's containers. */
    processes(project) {
        const top = id => this.docker('top', id, '-eo', 'pid,args').split('\n').slice(1);
        return this.containers(project).flatMap(id => {
            try {
                return top(id);
            } catch {
                // It ended meanwhile.
                return [];
            }
        });
    }

    /** Asks until the answer is yes. */
    async soon(what, ask, patience = PATIENCE) {
        const deadline = Date.now() + patience;
        for (;;) {
            const answer = await ask();
            if (answer) return answer;
            if (Date.now() > deadline) throw new Error(`in ${patience} ms not: ${what}`);
            await new Promise(resolve => setTimeout(resolve, 50));
        }
    }

    /** The end of a scenario: its windows, servers and containers go. */
    async clear() {
        for (const window of this.windows.splice(0)) await window.close().catch(() => {});
        for (const code of this.codes.splice(0)) await code.stop();
        for (const id of this.made.splice(0)) if (this.docker('ps', '-aqf', `id=${id}`)) this.docker('rm', '-f', id);
        for (const project of this.projects.splice(0)) {
            const ids = this.containers(project, '--all');
            if (ids.length) this.docker('rm', '--force', '--volumes', ...ids);
        }
    }

    async end() {
        await this.clear();
        await this.browser.close();
        await this.shared.stop();
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
    }
}

function slug(text) {
    return text
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');
}
