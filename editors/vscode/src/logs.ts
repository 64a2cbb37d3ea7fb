// Logs of containers in a terminal: coloured, searchable, and no longer than a terminal remembers.

import * as vscode from 'vscode';
import * as protocol from './protocol';
import type { Server } from './server';
import { forTerminal } from './terminal';

interface Log {
    /** What was asked for, so that the same is not opened twice. */
    key: string;
    terminal: vscode.Terminal;
    write: vscode.EventEmitter<string>;
}

export class Logs {
    private readonly logs = new Map<string, Log>();
    private count = 0;

    constructor(private readonly server: Server) {
        server.on<protocol.LogTextParams>(protocol.LOG_TEXT, ({ logId, text }) => {
            this.logs.get(logId)?.write.fire(forTerminal(text));
        });
        server.on<protocol.LogEndedParams>(protocol.LOG_ENDED, ({ logId, message }) => {
            this.end(logId, message ?? 'the log ends here');
        });
        server.onState(state => {
            if (state === 'down') for (const logId of this.logs.keys()) this.end(logId, 'the server stopped');
        });
    }

    /** Shows what was printed and what comes, or of a search the lines that match. */
    open(name: string, wanted: Omit<protocol.OpenLogsParams, 'logId'>): void {
        const title = wanted.search === undefined ? `Logs: ${name}` : `Logs: ${name} /${wanted.search}/`;
        const key = JSON.stringify(wanted);
        const known = [...this.logs.values()].find(log => log.key === key);
        if (known) return known.terminal.show();
        const logId = `log-${process.pid}-${++this.count}`;
        const write = new vscode.EventEmitter<string>();
        const open = async () => {
            const params: protocol.OpenLogsParams = { follow: true, colors: true, ...wanted, logId };
            await this.server.request(protocol.OPEN_LOGS, params).catch(error => this.end(logId, error.message));
        };
        const close = () => {
            if (this.logs.delete(logId)) this.server.notify(protocol.CLOSE_LOGS, { logId });
            write.dispose();
        };
        const pty: vscode.Pseudoterminal = { onDidWrite: write.event, open, close };
        const terminal = vscode.window.createTerminal({ name: title, pty, iconPath: new vscode.ThemeIcon('output') });
        this.logs.set(logId, { key, terminal, write });
        terminal.show();
    }

    /** The text stays; the next look opens a new terminal. */
    private end(logId: string, words: string): void {
        this.logs.get(logId)?.write.fire(`\r\n\u001b[2m[${forTerminal(words)}]\u001b[0m\r\n`);
        this.logs.delete(logId);
    }
}
