// The tests as the server told of them, whether or not the tree shows them yet.

import type { DiscoverTestResults, TestItem } from '../protocol';

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

    apply(found: DiscoverTestResults, isTop = false): Changes {
        const changes: Changes = { changed: [], parents: new Set() };
        // What the message covers wholly: all of it is gone that the message does not name.
        const inFiles = (found.scopeFile ?? []).flatMap(({ uri }) => this.inFile(uri));
        const holders = [...(isTop ? [undefined] : []), ...(found.scope ?? [])];
        const gone = new Set([...inFiles, ...holders.flatMap(id => this.childrenOf(id))]);
        for (const item of found.tests) {
            gone.delete(item.id);
            if (this.put(item, changes.parents)) changes.changed.push(item.id);
        }
        for (const id of gone) this.remove(id, changes.parents);
        return changes;
    }

    private put(item: TestItem, parents: Changes['parents']): boolean {
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

/** Whether the value is new there. */
function add<K>(map: Map<K, Set<string>>, key: K, value: string): boolean {
    const values = map.get(key) ?? new Set();
    const isNew = !values.has(value);
    map.set(key, values.add(value));
    return isNew;
}
