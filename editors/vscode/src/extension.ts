// Where the extension begins: every part is made here, and knows others by its arguments alone.

import * as vscode from 'vscode';
import { commands } from './commands';
import { Containers } from './containers';
import { Interpreters } from './interpreter';
import { Logs } from './logs';
import { Options } from './options';
import { Pages } from './pages';
import * as protocol from './protocol';
import { remedies } from './remedy';
import { Server } from './server';
import { testing } from './tests';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
    const log = vscode.window.createOutputChannel('Testdock', { log: true });
    const options = new Options();
    const here = new Server(context, log, () => options.make());
    server = here;
    const pages = new Pages();
    const interpreters = new Interpreters(server, options.onProgress);
    const containers = new Containers(server, new Logs(server), pages);
    remedies(server);
    context.subscriptions.push(log, options, server, pages, interpreters, containers, testing(server));
    context.subscriptions.push(
        vscode.workspace.onDidChangeConfiguration(change => {
            if (change.affectsConfiguration('testdock.server.path')) void here.restart();
        }),
        vscode.workspace.onDidGrantWorkspaceTrust(() => {
            here.notify(protocol.TRUST, { trusted: true } satisfies protocol.TrustParams);
        }),
    );
    context.subscriptions.push(commands({ server, pages, interpreters, containers, log }));
    server.onState(state => {
        void vscode.commands.executeCommand('setContext', 'testdock.running', state === 'running');
    });
    // Not awaited: the editor need not wait for the server.
    void server.start();
}

export async function deactivate(): Promise<void> {
    await server?.stop();
}
