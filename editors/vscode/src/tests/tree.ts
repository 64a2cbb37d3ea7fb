// The Testing view's items, made of the model as they are needed.

import * as vscode from 'vscode';
import type { Client } from '../client';
import type { DiscoverTestResults } from '../protocol';
import { Model } from './model';

/** A workspace with fewer items is shown whole, so that the view's filter finds everything. */
const WHOLE = 2_000;

export class Tree implements vscode.Disposable {
    private readonly model = new Model();
    private readonly items = new Map<string, vscode.TestItem>();
    /** Items whose children are in the view; `undefined` is the top, which always are. */
    private readonly open = new Set<string | undefined>([undefined]);
    private readonly listener: vscode.Disposable;

    constructor(
        private readonly controller: vscode.TestController,
        private readonly client: () => Client | undefined,
    ) {
        controller.resolveHandler = item => item && this.resolve(item.id);
        // The gutter's buttons want the tests of a file that is looked at.
        this.listener = vscode.window.onDidChangeVisibleTextEditors(() => this.showVisible());
    }

    /** The item with this id, brought into the view if it was not there. */
    get(id: string): vscode.TestItem | undefined {
        const parent = this.model.get(id)?.parent;
        if (parent !== undefined && this.get(parent)) this.resolve(parent);
        return this.items.get(id);
    }

    /** Whether a state is for the item's cases to say: of a test with cases the view makes it from theirs. */
    isSaidByCases(id: string, state: string): boolean {
        const isEnd = state !== 'enqueued' && state !== 'started';
        return isEnd ? this.model.childrenOf(id).length > 0 : this.model.get(id)?.canResolveChildren === true;
    }

    /** Takes over what was found; with `isTop` it is all that stands at the top. */
    apply(found: DiscoverTestResults, isTop = false): void {
        const { changed, parents } = this.model.apply(found, isTop);
        for (const parent of parents) if (this.open.has(parent)) this.showChildren(parent);
        for (const id of changed) this.dress(id);
        if (this.model.size < WHOLE) for (const { id } of found.tests) this.resolve(id);
        else this.showVisible();
    }

    dispose(): void {
        this.listener.dispose();
    }

    private showVisible(): void {
        for (const { document } of vscode.window.visibleTextEditors) {
            const uri = this.client()?.code2ProtocolConverter.asUri(document.uri);
            for (const id of uri ? this.model.inFile(uri) : []) this.get(id);
        }
    }

    private resolve(id: string): void {
        if (this.open.has(id) || !this.items.has(id)) return;
        this.open.add(id);
        this.showChildren(id);
    }

    private showChildren(parent: string | undefined): void {
        const holder = parent === undefined ? undefined : this.items.get(parent);
        const collection = parent === undefined ? this.controller.items : holder?.children;
        if (!collection) return;
        if (holder) holder.canResolveChildren = false;
        const ids = this.model.childrenOf(parent);
        const wanted = new Set(ids);
        for (const [id, item] of [...collection]) if (!wanted.has(id)) this.drop(item, collection);
        ids.forEach((id, index) => {
            const known = this.items.get(id);
            const item = known ?? this.make(id);
            if (!item) return;
            // Files by their names; what stands in a file, as it stands there.
            item.sortText = item.range ? String(index).padStart(6, '0') : item.label;
            if (!known) collection.add(item);
        });
    }

    private drop(item: vscode.TestItem, collection: vscode.TestItemCollection): void {
        for (const [, child] of [...item.children]) this.drop(child, item.children);
        this.items.delete(item.id);
        this.open.delete(item.id);
        collection.delete(item.id);
    }

    private make(id: string): vscode.TestItem | undefined {
        const found = this.model.get(id);
        if (!found) return undefined;
        const uri = found.textDocument && this.client()?.protocol2CodeConverter.asUri(found.textDocument.uri);
        const item = this.controller.createTestItem(id, found.label, uri);
        this.items.set(id, item);
        this.dress(id);
        return item;
    }

    private dress(id: string): void {
        const [item, found] = [this.items.get(id), this.model.get(id)];
        if (!item || !found) return;
        // VS Code makes an icon of `$(word)`, which some test may well be named.
        item.label = found.label.replaceAll('$(', '$\u200b(');
        item.range = this.client()?.protocol2CodeConverter.asRange(found.range) ?? undefined;
        item.canResolveChildren = found.canResolveChildren && !this.open.has(id);
        item.tags = (found.tags ?? []).map(tag => new vscode.TestTag(tag));
    }
}
