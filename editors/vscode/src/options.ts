// How the language client behaves: what Testdock has a better place for is kept from its usual one.

import * as vscode from 'vscode';
import type { LanguageClientOptions, Middleware } from 'vscode-languageclient/node';

const setting = <T>(key: string) => vscode.workspace.getConfiguration('testdock').get<T>(key);

export function options(): LanguageClientOptions {
    return {
        // Any file may hold tests: the server knows which do.
        documentSelector: [{ scheme: 'file' }],
        textSynchronization: { delayOpenNotifications: true },
        initializationOptions: { trusted: vscode.workspace.isTrusted },
        middleware,
    };
}

const middleware: Middleware = {
    provideCodeLenses: (document, token, next) => (setting('codeLens') ? next(document, token) : []),
    handleDiagnostics: (uri, diagnostics, next) => {
        // What is wrong in a configuration has no other place.
        const kept = diagnostics.filter(({ code }) => code === 'configuration' || code === 'interpreter');
        next(uri, setting('diagnostics') ? diagnostics : kept);
    },
};
