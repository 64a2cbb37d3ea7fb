// What keeps tests from running, and the button that mends it.

import * as vscode from 'vscode';
import * as protocol from './protocol';
import type { Server } from './server';

export function remedies(server: Server): void {
    server.on<protocol.RemedyParams>(protocol.REMEDY, async ({ message, title, command }) => {
        const chosen = await vscode.window.showErrorMessage(`Testdock: ${message}`, title, 'Doctor');
        if (chosen === 'Doctor') await vscode.commands.executeCommand('testdock.doctor');
        if (chosen !== title) return;
        // In a terminal: it may ask for a password, and the person sees what is done.
        const terminal = vscode.window.createTerminal({ name: `Testdock: ${title}` });
        terminal.show();
        terminal.sendText(command);
    });
}
