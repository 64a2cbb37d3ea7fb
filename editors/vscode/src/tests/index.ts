// The Testing view: the tree, the profiles, and the runs.

import * as vscode from 'vscode';
import * as protocol from '../protocol';
import type { Server } from '../server';
import { Runs } from './runs';
import { Tree } from './tree';

export function testing(server: Server): vscode.Disposable {
    const controller = vscode.tests.createTestController('testdock', 'Testdock');
    const tree = new Tree(controller, () => server.current);
    const runs = new Runs(server, controller, tree);
    server.on(protocol.DISCOVERED_TESTS, (found: protocol.DiscoverTestResults) => tree.apply(found));
    server.onState(state => {
        if (state === 'down') runs.lost();
        // What the last server found stands, until this one has read everything.
        if (state === 'running')
            void server.request<protocol.DiscoverTestResults>(protocol.DISCOVER_TEST, {}).then(
                top => tree.apply(top, true),
                () => {},
            );
    });
    controller.refreshHandler = () => server.command('testdock.refresh');
    profile('Run', false);
    profile('Run in a Fresh Container', true);
    return vscode.Disposable.from(controller, tree);

    function profile(name: string, fresh: boolean): void {
        const run = (request: vscode.TestRunRequest, token: vscode.CancellationToken) =>
            runs.start(request, fresh, token);
        controller.createRunProfile(name, vscode.TestRunProfileKind.Run, run, !fresh, undefined, !fresh);
    }
}
