// Texts that are shown and belong to no file.

import * as vscode from 'vscode';

const SCHEME = 'testdock';

export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
    private readonly texts = new Map<string, string>();
    private readonly changed = new vscode.EventEmitter<vscode.Uri>();
    readonly onDidChange = this.changed.event;
    private readonly registered = vscode.Disposable.from(
        this.changed,
        vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
        vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    );

    provideTextDocumentContent(uri: vscode.Uri): string {
        return this.texts.get(uri.toString()) ?? '';
    }

    /** Shows a text, read-only; its name's ending decides how. */
    async show(name: string, text: string): Promise<void> {
        const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
        this.texts.set(uri.toString(), text);
        this.changed.fire(uri);
        if (name.endsWith('.md')) await vscode.commands.executeCommand('markdown.showPreview', uri);
        else await vscode.window.showTextDocument(uri, { preview: true });
    }

    dispose(): void {
        this.registered.dispose();
    }
}
