// How the language client behaves: what Testdock has a better place for is kept from its usual one.

import * as vscode from 'vscode';
import type { LanguageClientOptions, Middleware, WorkDoneProgressReport } from 'vscode-languageclient/node';

type Publish = (uri: vscode.Uri, diagnostics: vscode.Diagnostic[]) => void;

export class Options implements vscode.Disposable {
    /** What the server published last: a setting may bring it back. */
    private readonly published = new Map<string, [vscode.Uri, vscode.Diagnostic[], Publish]>();
    private readonly moved = new vscode.EventEmitter<string | undefined>();
    /** A run took a step, told in words; `undefined` where it ended. */
    readonly onProgress = this.moved.event;
    private readonly listener = vscode.workspace.onDidChangeConfiguration(change => {
        if (change.affectsConfiguration('testdock.diagnostics')) this.publish();
    });

    make(): LanguageClientOptions {
        this.published.clear();
        return {
            // Any file may hold tests: the server knows which do.
            documentSelector: [{ scheme: 'file' }],
            textSynchronization: { delayOpenNotifications: true },
            synchronize: { configurationSection: 'testdock' },
            initializationOptions: { trusted: vscode.workspace.isTrusted },
            middleware: this.middleware,
        };
    }

    private readonly middleware: Middleware = {
        provideCodeLenses: (document, token, next) => (enabled('codeLens') ? next(document, token) : []),
        handleDiagnostics: (uri, diagnostics, next) => {
            this.published.set(uri.toString(), [uri, diagnostics, next]);
            next(uri, shown(diagnostics));
        },
        // A run's progress is in the Testing view and the status bar; a message for each would be a third.
        handleWorkDoneProgress: (token, params, next) => {
            if (!String(token).startsWith('testdock/run/')) return next(token, params);
            if (params.kind === 'end') this.moved.fire(undefined);
            else this.moved.fire((params as WorkDoneProgressReport).message ?? 'starting');
        },
        window: {
            showDocument: async (params, token, next) => {
                // A page of the server is Markdown, to be read and not to be edited.
                if (!params.uri.endsWith('.md') || params.external) return next(params, token);
                const uri = vscode.Uri.parse(params.uri);
                await vscode.commands.executeCommand('markdown.showPreview', uri);
                return { success: true };
            },
        },
    };

    private publish(): void {
        for (const [uri, diagnostics, next] of this.published.values()) next(uri, shown(diagnostics));
    }

    dispose(): void {
        vscode.Disposable.from(this.listener, this.moved).dispose();
    }
}

function enabled(key: string): boolean {
    return vscode.workspace.getConfiguration('testdock').get(key, true);
}

/** What is wrong in a configuration has no other place; what failed is in the Testing view too. */
function shown(diagnostics: vscode.Diagnostic[]): vscode.Diagnostic[] {
    if (enabled('diagnostics')) return diagnostics;
    return diagnostics.filter(({ code }) => code === 'configuration' || code === 'interpreter');
}
