// Where the extension begins: every part is made here, and none knows another but through its arguments.

import * as vscode from 'vscode';
import { commands } from './commands';
import { options } from './options';
import { Pages } from './pages';
import { Server } from './server';
import { testing } from './tests';
import { trust } from './trust';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
    const log = vscode.window.createOutputChannel('Testdock', { log: true });
    const here = new Server(context, log, options);
    server = here;
    const pages = new Pages();
    context.subscriptions.push(log, here, pages, testing(here), trust(here), commands(here, pages, log));
    // Not awaited: the editor need not wait for the server.
    void here.start();
}

export async function deactivate(): Promise<void> {
    await server?.stop();
}
