// The server's process: found, started, started again when it falls, and spoken to.

import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient/node';
import { type Found, find, MINIMUM, versionIn, worksWith } from './binary';
import type { Client } from './client';

/** How long each further start waits, in milliseconds; after the last the user is asked. */
const PAUSES = [200, 1_000, 4_000, 10_000];
/** A server that lived this long fell by something new. */
const STABLE = 60_000;
const PATIENCE = 30_000;

export type State = 'starting' | 'running' | 'down';

export class Server implements vscode.Disposable {
    private client: Client | undefined;
    private falls = 0;
    /** Ends the pause before a further start. */
    private pause = new AbortController();
    /** The start under way, or to come: who asks for something waits for it. */
    private starting: Promise<void> | undefined;
    private readonly handlers = new Map<string, ((params: unknown) => void)[]>();
    private readonly moved = new vscode.EventEmitter<State>();
    /** The server came, or went with all that it knew. */
    readonly onState = this.moved.event;
    path: string | undefined;

    constructor(
        private readonly context: vscode.ExtensionContext,
        private readonly log: vscode.LogOutputChannel,
        private readonly options: () => LanguageClientOptions,
    ) {}

    /** Calls `handler` with each notification of this method, whichever process sends it. */
    on<P>(method: string, handler: (params: P) => void): void {
        const handlers = this.handlers.get(method) ?? [];
        this.handlers.set(method, [...handlers, params => handler(params as P)]);
    }

    async request<R>(method: string, params?: unknown): Promise<R> {
        await this.starting;
        if (!this.client?.isRunning()) throw new Error('the Testdock server is not running');
        return this.client.sendRequest<R>(method, params ?? null);
    }

    /** Notifies the server, if there is one. */
    notify(method: string, params: unknown): void {
        if (this.client?.isRunning()) void this.client.sendNotification(method, params);
    }

    /** Performs one of the server's commands. */
    command<R>(command: string, argument: object = {}): Promise<R> {
        return this.request<R>('workspace/executeCommand', { command, arguments: [argument] });
    }

    get current(): Client | undefined {
        return this.client;
    }

    /** Starts the server, anew if it runs. */
    async restart(): Promise<void> {
        this.falls = 0;
        await this.stop();
        await this.start();
    }

    start(): Promise<void> {
        return this.begin(this.look());
    }

    private begin(start: Promise<void>): Promise<void> {
        const starting = start.finally(() => {
            // A start that failed has begun another one.
            if (this.starting === starting) this.starting = undefined;
        });
        this.starting = starting;
        return starting;
    }

    private async look(): Promise<void> {
        const setting = vscode.workspace.getConfiguration('testdock').get('server.path', '');
        // Whatever its type is: a mistake is told by its name.
        const found = await find(String(setting), this.context.extensionPath);
        if (!found) return this.missing();
        const version = await ask(found);
        if (!worksWith(version)) return this.unfit(found, version);
        this.path = found.path;
        this.log.info(`server ${version} at ${found.path} (${found.source})`);
        await this.connect(found);
    }

    private async connect(found: Found): Promise<void> {
        const { Client } = await import('./client');
        this.moved.fire('starting');
        const born = Date.now();
        const gone = (why: string) => {
            if (this.client !== client) return;
            this.client = undefined;
            if (Date.now() - born > STABLE) this.falls = 0;
            client.kill();
            this.moved.fire('down');
            this.fell(found, why);
        };
        const client = new Client(found.path, this.options(), this.log, gone);
        this.client = client;
        for (const [method, handlers] of this.handlers) {
            client.onNotification(method, (params: unknown) => {
                for (const handler of handlers) handler(params);
            });
        }
        const late = setTimeout(gone, PATIENCE, `it did not answer in ${PATIENCE / 1_000} s`);
        try {
            await client.start();
            // Listeners ask the server, and would wait for this start.
            setImmediate(() => this.client === client && this.moved.fire('running'));
        } catch (problem) {
            gone(problem instanceof Error ? problem.message : String(problem));
        } finally {
            clearTimeout(late);
        }
    }

    /** Starts the server again after a while, or asks. */
    private fell(found: Found, why: string): void {
        const pause = PAUSES[this.falls++];
        this.log.error(`server fell${why && `: ${why}`}`);
        if (pause === undefined) {
            void this.tell('Testdock: the server keeps stopping. Its log says why.', 'Restart');
            return;
        }
        if (this.falls === 1) void this.tell('Testdock: the server stopped, and is being started again.');
        this.pause = new AbortController();
        const paused = sleep(pause, undefined, { signal: this.pause.signal });
        void this.begin(
            paused.then(
                () => this.connect(found),
                () => {},
            ),
        );
    }

    private missing(): void {
        this.moved.fire('down');
        void this.tell(
            'Testdock: no server was found. Install it (`cargo install testdock`), or set testdock.server.path.',
            'Open Settings',
        );
    }

    private unfit(found: Found, version: string): void {
        this.moved.fire('down');
        const what = version.match(/^\d/)
            ? `is version ${version}, and this extension needs ${MINIMUM} or later`
            : `is no Testdock server: ${version}`;
        void this.tell(`Testdock: ${found.path} (${found.source}) ${what}.`, 'Open Settings');
    }

    private async tell(message: string, ...buttons: string[]): Promise<void> {
        const chosen = await vscode.window.showErrorMessage(message, 'Show Log', ...buttons);
        if (chosen === 'Show Log') this.log.show();
        if (chosen === 'Restart') await this.restart();
        if (chosen === 'Open Settings') {
            await vscode.commands.executeCommand('workbench.action.openSettings', 'testdock.server.path');
        }
    }

    /** Ends the server; all that it ran ends with it. */
    async stop(): Promise<void> {
        this.pause.abort();
        const client = this.client;
        this.client = undefined;
        await client?.stop(5_000).catch(() => client.kill());
        this.moved.fire('down');
    }

    dispose(): void {
        this.moved.dispose();
    }
}

/** The version that a server prints, or why it is none. */
function ask(found: Found): Promise<string> {
    return new Promise(resolve => {
        execFile(found.path, ['--version'], { timeout: 10_000 }, (error, output) => {
            resolve(error ? error.message.trim() : versionIn(output));
        });
    });
}
