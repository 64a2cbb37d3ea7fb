// The commands: the server's own, which lenses and actions call too, and those of views and the palette.

import * as vscode from 'vscode';
import type { Containers } from './containers';
import type { Interpreters } from './interpreter';
import type { Pages } from './pages';
import { COMMANDS, type PageArguments } from './protocol';
import { complain } from './remedy';
import type { Server } from './server';

export interface Parts {
    server: Server;
    pages: Pages;
    interpreters: Interpreters;
    containers: Containers;
    log: vscode.OutputChannel;
}

// biome-ignore lint/suspicious/noExplicitAny: views and lenses hand over what is theirs
type Perform = (argument?: any) => unknown;

const MARKDOWN: PageArguments = { format: 'markdown' };

export function commands(parts: Parts): vscode.Disposable {
    const all = Object.entries({ ...ofServer(parts), ...ofViews(parts) });
    return vscode.Disposable.from(...all.map(([name, perform]) => register(name, perform)));
}

function register(name: string, perform: Perform): vscode.Disposable {
    return vscode.commands.registerCommand(name, async (argument?: unknown) => {
        try {
            return await perform(argument);
        } catch (error) {
            return complain(error);
        }
    });
}

function ofServer({ server, pages }: Parts): Record<string, Perform> {
    const plain = COMMANDS.map((name): [string, Perform] => [name, argument => server.command(name, argument)]);
    const here = (name: string) => (argument?: object) => server.command(name, argument ?? cursor(server));
    return {
        ...Object.fromEntries(plain),
        'testdock.runFile': here('testdock.runFile'),
        'testdock.runAtCursor': here('testdock.runAtCursor'),
        'testdock.runAllFresh': () => server.command('testdock.runAll', { fresh: true }),
        'testdock.doctor': async () => pages.show('Doctor.md', await server.command('testdock.doctor', MARKDOWN)),
        'testdock.status': async () => pages.show('Status.txt', await server.command('testdock.status')),
    };
}

function ofViews({ server, interpreters, containers, log }: Parts): Record<string, Perform> {
    return {
        'testdock.restartServer': () => server.restart(),
        'testdock.showLog': () => log.show(),
        'testdock.interpreter': () => interpreters.menu(),
        'testdock.addInterpreter': () => interpreters.add(),
        'testdock.buildImage': () => interpreters.build(false),
        'testdock.rebuildImage': () => interpreters.build(true),
        'testdock.containers.refresh': () => containers.refresh(),
        'testdock.containers.start': node => containers.act('start', node),
        'testdock.containers.stop': node => containers.act('stop', node),
        'testdock.containers.restart': node => containers.act('restart', node),
        'testdock.containers.remove': node => containers.act('remove', node),
        'testdock.containers.exec': node => containers.exec(node),
        'testdock.containers.logs': node => containers.showLogs(false, node),
        'testdock.containers.searchLogs': node => containers.showLogs(true, node),
        'testdock.containers.inspect': node => containers.inspect(node),
        'testdock.containers.copyId': node => containers.copyId(node),
        'testdock.images.remove': node => containers.removeImage(node),
    };
}

/** The place of the cursor, as the server's commands take it. */
function cursor(server: Server): object {
    const editor = vscode.window.activeTextEditor;
    const convert = server.current?.code2ProtocolConverter;
    if (!editor || !convert) throw new Error('open a file with tests first');
    return {
        uri: convert.asUri(editor.document.uri),
        position: convert.asPosition(editor.selection.active),
    };
}
