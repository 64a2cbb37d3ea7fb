// Tells Testdock what happens in Jest while it happens: a reporter, for Jest 27 or newer.
'use strict';

const fs = require('fs');
const { tell, failure, unloaded, plain, seconds } = require('./testdock_core.cjs');

const namesOf = (result) => [...result.ancestorTitles, result.title];
const keyOf = (result) => JSON.stringify(namesOf(result));
const wordsOf = (result) => [result.status, ...result.failureMessages].join('\n');
const isRetry = (result) => (result.invocations ?? 1) > 1;

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

// What is known of a file while its tests run. Jest tells neither which of several tests of one title an outcome
// is of, nor whether the test runs again: what the file's end may say otherwise waits for that.
class Running {
  constructor({ path, context }) {
    this.text = read(path);
    const setUp = context?.config?.setupFilesAfterEnv ?? [];
    this.retries = [this.text, ...setUp.map(read)].some((text) => text.includes('retryTimes'));
    // Of tests that are left out nothing is heard before the end.
    this.leavesOut = /\b(?:skip|only|todo|xit|xtest|xdescribe|fit|fdescribe)\b/.test(this.text);
    this.count = new Map();
    this.told = new Map();
  }

  // How many tests of this title ran so far, with this one.
  nth(result) {
    const before = this.count.get(keyOf(result)) ?? 0;
    const now = isRetry(result) ? before : before + 1;
    this.count.set(keyOf(result), now);
    return now;
  }

  isSure(result, nth) {
    const mayRunAgain = this.retries && result.status === 'failed';
    const isOneOfSeveral = isRetry(result) && nth > 1;
    return !mayRunAgain && !isOneOfSeveral && !(this.leavesOut && this.standsTwice(result.title));
  }

  standsTwice(title) {
    const quoted = ["'", '"', '`'].map((quote) => quote + title + quote);
    return quoted.reduce((count, it) => count + this.text.split(it).length - 1, 0) > 1;
  }
}

module.exports = class {
  constructor(globalConfig) {
    const pattern = globalConfig.testNamePattern;
    this.pattern = pattern ? new RegExp(pattern, 'i') : undefined;
    this.files = new Map();
  }

  running(test) {
    if (!this.files.has(test.path)) this.files.set(test.path, new Running(test));
    return this.files.get(test.path);
  }

  // Tests that the selection leaves out are pending as well; these are not told.
  isChosen(path) {
    return !this.pattern || this.pattern.test(path.join(' '));
  }

  onTestCaseStart(test, info) {
    // It would be told of the first again.
    if (this.running(test).count.has(keyOf(info))) return;
    if (this.isChosen(namesOf(info))) tell('start', { file: test.path, names: namesOf(info) });
  }

  onTestCaseResult(test, result) {
    const file = this.running(test);
    const nth = file.nth(result);
    if (file.isSure(result, nth)) this.tellResult(test, result, nth);
  }

  tellResult(test, result, nth) {
    const names = namesOf(result);
    const outcome = { passed: 'passed', failed: 'failed' }[result.status] ?? 'skipped';
    if (outcome === 'skipped' && !this.isChosen(names)) return;
    this.running(test).told.set(keyOf(result) + nth, wordsOf(result));
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
    const { told } = this.running(test);
    const found = new Map();
    for (const one of result.testResults) {
      const nth = (found.get(keyOf(one)) ?? 0) + 1;
      found.set(keyOf(one), nth);
      if (told.get(keyOf(one) + nth) !== wordsOf(one)) this.tellResult(test, one, nth);
    }
    this.files.delete(test.path);
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
