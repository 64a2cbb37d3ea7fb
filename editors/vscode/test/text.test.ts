import assert from 'node:assert/strict';
import { test } from 'node:test';
import { versionIn, worksWith } from '../src/binary';
import { forTerminal } from '../src/terminal';
import { laidOut } from '../src/tests/messages';

test('what a tool printed keeps its layout, and means nothing', () => {
    const page = 'no \\<tea\\>\n\n````text\n  a < b && </pre>\n```\n\n````\n\n[a.py:1](<file:///a.py#L1>)\n';
    const shown = 'no \\<tea\\>\n\n<pre>  a &lt; b &amp;&amp; &lt;/pre>\n```\n</pre>\n\n[a.py:1](<file:///a.py#L1>)\n';
    assert.equal(laidOut(page), shown);
    assert.equal(laidOut('```text\na\n```\n\n```text\nb\n```\n'), '<pre>a</pre>\n\n<pre>b</pre>\n');
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
