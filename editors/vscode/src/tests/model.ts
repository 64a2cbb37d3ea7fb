// The tests as the server told of them, whether or not the tree shows them yet.

import type { DiscoverTestResults, TestItem } from '../protocol';

/** Drops what is older than what is known of the same thing: messages may come in another order. */
export class Order {
    private readonly newest = new Map<string, number>();

    isNews(key: string, seq: number): boolean {
        if (this.isOld(key, seq)) return false;
        this.newest.set(key, seq);
        return true;
    }

    isOld(key: string, seq: number): boolean {
        return seq < (this.newest.get(key) ?? 0);
    }

    clear(): void {
        this.newest.clear();
    }
}

/** What became of the tree. */
export interface Changes {
    /** Items that are new or other than before. */
    changed: string[];
    /** Items whose children came or went; `undefined` is the top. */
    parents: Set<string | undefined>;
}

export class Model {
    private readonly items = new Map<string, TestItem>();
    private readonly children = new Map<string | undefined, Set<string>>();
    private readonly files = new Map<string, Set<string>>();
    private readonly order = new Order();

    get(id: string): TestItem | undefined {
        return this.items.get(id);
    }

    get size(): number {
        return this.items.size;
    }

    childrenOf(id: string | undefined): string[] {
        return [...(this.children.get(id) ?? [])];
    }

    inFile(uri: string): string[] {
        return [...(this.files.get(uri) ?? [])];
    }

    apply(found: DiscoverTestResults): Changes {
        const changes: Changes = { changed: [], parents: new Set() };
        const gone = this.goneBy(found);
        for (const item of found.tests) {
            gone.delete(item.id);
            if (this.put(item, found.seq, changes.parents)) changes.changed.push(item.id);
        }
        for (const id of gone) this.remove(id, changes.parents);
        return changes;
    }

    clear(): void {
        this.items.clear();
        this.children.clear();
        this.files.clear();
        this.order.clear();
    }

    /** What the message covers wholly: all of it is gone that the message does not name. */
    private goneBy(found: DiscoverTestResults): Set<string> {
        const gone = new Set<string>();
        for (const { uri } of found.scopeFile ?? []) {
            if (this.order.isNews(uri, found.seq)) for (const id of this.inFile(uri)) gone.add(id);
        }
        for (const scope of found.scope ?? []) for (const id of this.childrenOf(scope)) gone.add(id);
        return gone;
    }

    private put(item: TestItem, seq: number, parents: Changes['parents']): boolean {
        // A newer word about its file may have been that it is gone.
        if (item.textDocument && this.order.isOld(item.textDocument.uri, seq)) return false;
        if (!this.order.isNews(item.id, seq)) return false;
        const before = this.items.get(item.id);
        if (before && before.parent !== item.parent) this.remove(item.id, parents);
        this.items.set(item.id, item);
        if (item.textDocument) add(this.files, item.textDocument.uri, item.id);
        if (add(this.children, item.parent, item.id)) parents.add(item.parent);
        return JSON.stringify(before) !== JSON.stringify(item);
    }

    private remove(id: string, parents: Changes['parents']): void {
        const item = this.items.get(id);
        if (!item) return;
        for (const child of this.childrenOf(id)) this.remove(child, parents);
        this.items.delete(id);
        this.children.delete(id);
        if (item.textDocument) this.files.get(item.textDocument.uri)?.delete(id);
        this.children.get(item.parent)?.delete(id);
        parents.add(item.parent);
        // A folder or a suite is there for what it holds.
        const holder = item.parent === undefined ? undefined : this.items.get(item.parent);
        if (holder?.kind === 'package' && !this.children.get(holder.id)?.size) this.remove(holder.id, parents);
    }
}

function add<K>(map: Map<K, Set<string>>, key: K, value: string): boolean {
    const known = map.get(key);
    if (!known) map.set(key, new Set([value]));
    else if (known.has(value)) return false;
    else known.add(value);
    return true;
}
