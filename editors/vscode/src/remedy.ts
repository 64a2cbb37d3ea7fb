// What keeps tests from running, and the button that mends it.

import * as vscode from 'vscode';
import * as protocol from './protocol';
import type { Server } from './server';

export function remedies(server: Server): void {
    server.on<protocol.RemedyParams>(protocol.REMEDY, async ({ message, ...remedy }) => {
        const chosen = await vscode.window.showErrorMessage(message, remedy.title, 'Doctor');
        if (chosen === 'Doctor') await vscode.commands.executeCommand('testdock.doctor');
        if (chosen === remedy.title) mend(remedy);
    });
}

/** Runs what mends it, in a terminal: it may ask for a password, and the person sees what is done. */
export function mend({ title, command }: protocol.InterpreterRemedy): void {
    const terminal = vscode.window.createTerminal({ name: title });
    terminal.show();
    terminal.sendText(command);
}

/** Tells an error. VS Code makes links of `[text](address)` in messages: what a workspace wrote makes none. */
export function complain(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Testdock: ${words.replaceAll('](', '] (')}`);
}
