// The commands: the server's own, which lenses and actions call too, and the palette's.

import * as vscode from 'vscode';
import type { Pages } from './pages';
import { doctorPage } from './doctor';
import { COMMANDS } from './protocol';
import type { Server } from './server';

export function commands(server: Server, pages: Pages, log: vscode.OutputChannel): vscode.Disposable {
    const own: Record<string, (argument?: object) => unknown> = {
        'testdock.doctor': async () => pages.show('Doctor.md', doctorPage(await server.command('testdock.doctor'))),
        'testdock.status': async () => pages.show('Status.txt', await server.command('testdock.status')),
        'testdock.runFile': argument => server.command('testdock.runFile', argument ?? here(server)),
        'testdock.runAtCursor': argument => server.command('testdock.runAtCursor', argument ?? here(server)),
        'testdock.restart': () => server.restart(),
        'testdock.showLog': () => log.show(),
    };
    const all = [...new Set([...COMMANDS, ...Object.keys(own)])].map(name => {
        const perform = own[name] ?? (argument => server.command(name, argument));
        return vscode.commands.registerCommand(name, async (argument?: object) => {
            try {
                return await perform(argument);
            } catch (error) {
                const words = error instanceof Error ? error.message : String(error);
                void vscode.window.showErrorMessage(`Testdock: ${words}`);
                return undefined;
            }
        });
    });
    return vscode.Disposable.from(...all);
}

/** The place of the cursor, as the server's commands take it. */
function here(server: Server): object {
    const editor = vscode.window.activeTextEditor;
    const convert = server.current?.code2ProtocolConverter;
    if (!editor || !convert) throw new Error('open a file with tests first');
    return {
        uri: convert.asUri(editor.document.uri),
        position: convert.asPosition(editor.selection.active),
    };
}
