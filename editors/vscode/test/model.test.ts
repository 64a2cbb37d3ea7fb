import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiscoverTestResults, TestItem } from '../src/protocol';
import { Model } from '../src/tests/model';

/** Items by ids such as `a.py::group::test`. */
function item(id: string, more: Partial<TestItem> = {}): TestItem {
    const names = id.split('::');
    const parent = names.slice(0, -1).join('::');
    return {
        id,
        label: names.at(-1) ?? '',
        kind: names.length > 1 ? 'test' : 'module',
        canResolveChildren: names.length === 1,
        textDocument: { uri: `file:///${names[0]}` },
        ...(parent && { parent }),
        ...more,
    };
}

function found(seq: number, ids: string[], files: string[] = []): DiscoverTestResults {
    return { seq, tests: ids.map(id => item(id)), scopeFile: files.map(file => ({ uri: `file:///${file}` })) };
}

/** The tree as lines, deeper ones indented. */
function tree(model: Model, id?: string, depth = ''): string[] {
    return model.childrenOf(id).flatMap(child => [depth + child, ...tree(model, child, `${depth}  `)]);
}

test('a file is replaced by what it holds now', () => {
    const model = new Model();
    model.apply(found(1, ['a.py', 'a.py::one', 'a.py::two', 'b.py', 'b.py::one'], ['a.py', 'b.py']));
    const changes = model.apply(found(2, ['a.py', 'a.py::two', 'a.py::three'], ['a.py']));
    assert.deepEqual(tree(model), ['a.py', '  a.py::two', '  a.py::three', 'b.py', '  b.py::one']);
    assert.deepEqual(changes.changed, ['a.py::three']);
    assert.deepEqual([...changes.parents], ['a.py']);
});

test('a file without tests is gone', () => {
    const model = new Model();
    model.apply(found(1, ['a.py', 'a.py::one'], ['a.py']));
    const changes = model.apply(found(2, [], ['a.py']));
    assert.deepEqual(tree(model), []);
    assert.equal(model.size, 0);
    assert.ok(changes.parents.has(undefined));
});

test('what is told of one test takes nothing else away', () => {
    const model = new Model();
    model.apply(found(1, ['a.py', 'a.py::one'], ['a.py']));
    model.apply(found(2, ['a.py', 'a.py::one', 'a.py::one::[1]']));
    assert.deepEqual(tree(model), ['a.py', '  a.py::one', '    a.py::one::[1]']);
});

test('a folder goes with the last that it holds', () => {
    const model = new Model();
    const folder = item('@shop', { kind: 'package' });
    delete folder.textDocument;
    const file = item('@shop//a.py', { parent: '@shop', textDocument: { uri: 'file:///a.py' } });
    model.apply({ seq: 1, tests: [folder, file] });
    assert.deepEqual(tree(model), ['@shop', '  @shop//a.py']);
    model.apply(found(2, [], ['a.py']));
    assert.deepEqual(tree(model), []);
});

test('of all that a server has read, what it does not name is gone', () => {
    const model = new Model();
    model.apply(found(1, ['a.py', 'a.py::one', 'b.py', 'b.py::one'], ['a.py', 'b.py']));
    model.apply(found(1, ['b.py']), true);
    assert.deepEqual(tree(model), ['b.py', '  b.py::one']);
});

test('an item that moves to another parent is there once', () => {
    const model = new Model();
    model.apply({ seq: 1, tests: [item('a.py'), item('b', { kind: 'package' })] });
    model.apply({ seq: 2, tests: [item('a.py', { parent: 'b' })] });
    assert.deepEqual(tree(model), ['b', '  a.py']);
});

test('ten thousand tests are told of in no time', () => {
    const model = new Model();
    const ids = Array.from({ length: 10_000 }, (_, index) => `f${index % 500}.py::t${index}`);
    const files = Array.from({ length: 500 }, (_, index) => `f${index}.py`);
    const began = performance.now();
    model.apply(found(1, [...files, ...ids], files));
    assert.equal(model.size, 10_500);
    assert.ok(performance.now() - began < 1_000);
});
