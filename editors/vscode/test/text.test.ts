import assert from 'node:assert/strict';
import { test } from 'node:test';
import { versionIn, worksWith } from '../src/binary';
import { doctorPage } from '../src/doctor';
import { failuresOf, failureText, forTerminal } from '../src/tests/messages';

test('a failure says its message, and then its trace', () => {
    const text = failureText({ message: 'assert 3 == 4' }, '    assert total == 4\nE   assert 3 == 4\n');
    assert.equal(text, 'assert 3 == 4\r\n\r\n    assert total == 4\r\nE   assert 3 == 4');
});

test('a trace that says no more is not repeated', () => {
    assert.equal(failureText({ message: 'no tea' }, ' no tea\n'), 'no tea');
    assert.equal(failureText({ message: 'no tea' }, ''), 'no tea');
});

test('the trace belongs to the first of several failures', () => {
    const change = {
        testId: 'a',
        seq: 1,
        state: { tag: 'failed', message: 'trace' } as const,
        failures: [{ message: 'one' }, { message: 'two' }],
    };
    assert.deepEqual(failuresOf(change), [
        [{ message: 'one' }, 'trace'],
        [{ message: 'two' }, ''],
    ]);
    assert.deepEqual(failuresOf({ ...change, failures: [] }), [[{ message: 'trace' }, 'trace']]);
});

test('lines end as terminals want it', () => {
    assert.equal(forTerminal('a\nb\r\nc'), 'a\r\nb\r\nc');
});

test('a server is told by what it prints', () => {
    assert.equal(versionIn('testdock 0.1.0\n'), '0.1.0');
    assert.match(versionIn('Hello'), /it answers "Hello"/);
    assert.equal(worksWith('0.1.0'), true);
    assert.equal(worksWith('0.10.0'), true);
    assert.equal(worksWith('1.0.0'), true);
    assert.equal(worksWith('0.0.9'), false);
    assert.equal(worksWith('it answers "Hello"'), false);
});

test('the doctor is a page', () => {
    const text = 'ok    suite   pytest in .; 2 tests\nFAIL  engine  cannot reach Docker\n              start it\n';
    assert.equal(
        doctorPage(text),
        '# Testdock: Doctor\n\n✓ **suite**: pytest in .; 2 tests\n\n✗ **engine**: cannot reach Docker\n\n> start it\n',
    );
});
