// What the user said of the workspace: an untrusted one is read, and runs nothing.

import * as vscode from 'vscode';
import * as protocol from './protocol';
import type { Server } from './server';

export function trust(server: Server): vscode.Disposable {
    return vscode.workspace.onDidGrantWorkspaceTrust(() => {
        server.notify(protocol.TRUST, { trusted: true } satisfies protocol.TrustParams);
    });
}
