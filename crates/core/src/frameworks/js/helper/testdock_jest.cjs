// Tells Testdock what happens in Jest while it happens: a reporter, for Jest 27 or newer.
'use strict';

const { tell, failure, unloaded, plain, seconds } = require('./testdock_core.cjs');

const namesOf = (result) => [...result.ancestorTitles, result.title];
const keyOf = (test, result) => JSON.stringify([test.path, namesOf(result)]);

module.exports = class {
  constructor(globalConfig) {
    const pattern = globalConfig.testNamePattern;
    this.pattern = pattern ? new RegExp(pattern, 'i') : undefined;
    this.told = new Set();
  }

  // Tests that the selection leaves out are pending as well; these are not told.
  isChosen(path) {
    return !this.pattern || this.pattern.test(path.join(' '));
  }

  onTestCaseStart(test, { ancestorTitles, title }) {
    const names = [...ancestorTitles, title];
    if (this.isChosen(names)) tell('start', { file: test.path, names });
  }

  onTestCaseResult(test, result, nth) {
    const names = namesOf(result);
    const key = keyOf(test, result);
    const outcome = { passed: 'passed', failed: 'failed' }[result.status] ?? 'skipped';
    if (outcome === 'skipped' && !this.isChosen(names)) return;
    this.told.add(key);
    tell('finish', {
      file: test.path,
      names,
      case: nth > 1 ? `#${nth}` : undefined,
      outcome,
      duration: seconds(result.duration),
      reason: result.status === 'todo' ? 'todo' : undefined,
      failures: result.failureMessages.map((stack, at) => this.failure(stack, (result.failureDetails ?? [])[at])),
    });
  }

  failure(stack, detail) {
    const text = String(stack);
    // What the matcher says stands before the stack.
    const message = text.split(/\n\s+at /)[0].replace(/^(?:Error|JestAssertionError): /, '').trim();
    const matched = detail?.matcherResult ?? detail?.error?.matcherResult;
    const name = /^([A-Z]\w*Error): /.exec(message)?.[1] ?? '';
    const known = { message: message.slice(name ? name.length + 2 : 0) };
    if (matched && 'expected' in matched && 'actual' in matched) {
      Object.assign(known, { expected: JSON.stringify(matched.expected), actual: JSON.stringify(matched.actual) });
    }
    return failure({ name, message, stack: text }, known);
  }

  onTestResult(test, result) {
    // While they run, a second test of the same title cannot be told from a second attempt at the first.
    const same = new Map();
    for (const one of result.testResults) {
      const key = keyOf(test, one);
      same.set(key, [...(same.get(key) ?? []), one]);
    }
    for (const [key, tests] of same) {
      if (tests.length > 1 || !this.told.has(key)) tests.forEach((one, at) => this.onTestCaseResult(test, one, at + 1));
    }
    const problem = result.testExecError;
    if (problem || (result.failureMessage && result.testResults.length === 0)) {
      const text = problem?.stack ?? result.failureMessage;
      const lines = String(problem?.message || result.failureMessage).split('\n').map((line) => line.trim());
      const message = lines.find((line) => line && !line.startsWith('●') && !line.includes('Jest encountered')) ?? '';
      const said = /(?:SyntaxError|Error): .*/.exec(String(text))?.[0] ?? message;
      // Where a file does not parse: `/app/a.js: Unexpected token (2:8)`.
      const place = /(\/[^\s():]+): .*?\((\d+):\d+\)/.exec(String(text));
      const known = { message: plain(said).replace(/^Error: /, '') };
      if (place && !place[1].includes('/node_modules/')) Object.assign(known, { path: place[1], line: Number(place[2]) });
      const told = unloaded(test.path, { message: said, stack: String(text) }, known);
      tell('finish', { file: test.path, names: [], outcome: 'errored', failures: [told] });
    }
  }

  onRunComplete() {
    tell('end', {});
  }
};
