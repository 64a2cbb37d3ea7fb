// Tells Testdock what happens in Playwright while it happens: a reporter, for Playwright 1.30 or newer.
'use strict';

const { tell, failure, unloaded, output, plain, seconds } = require('./testdock_core.cjs');

class Reporter {
  told = new Set();
  files = new Set();

  onBegin(config, suite) {
    this.isOne = (config.projects ?? []).length < 2;
    this.suite = suite;
    tell('collected', { n: suite.allTests().length });
  }

  // Which test: one in several projects is so many cases.
  about(test) {
    const [, project, , ...names] = test.titlePath();
    let file = test.parent;
    while (file.type && file.type !== 'file' && file.parent) file = file.parent;
    const again = test.repeatEachIndex ? `#${test.repeatEachIndex + 1}` : '';
    const which = [this.isOne ? '' : project, again].filter(Boolean).join(' ');
    return { file: (file.location ?? test.location).file, names: names.filter(Boolean), case: which || undefined };
  }

  onTestBegin(test, result) {
    if (result.retry === 0) tell('start', this.about(test));
  }

  onTestEnd(test, result) {
    const isBad = result.status !== 'skipped' && result.status !== test.expectedStatus;
    if (isBad && result.retry < test.retries && result.status !== 'interrupted') return;
    this.finish(test);
  }

  finish(test) {
    this.told.add(test.id ?? test);
    const last = test.results[test.results.length - 1];
    const outcome = { expected: 'passed', flaky: 'passed', skipped: 'skipped' }[test.outcome()] ?? 'failed';
    const more = { outcome, duration: seconds(last?.duration), output: this.output(test) };
    if (outcome === 'skipped') more.reason = this.reason(test);
    if (outcome === 'failed') more.failures = this.failures(test, last);
    tell('finish', { ...this.about(test), ...more });
    if (test.outcome() === 'flaky') {
      tell('problem', { message: `${test.titlePath().slice(1).filter(Boolean).join(' › ')} is flaky: it failed, and passed when it ran again` });
    }
  }

  // Of all attempts, with what they attached.
  output(test) {
    const parts = test.results.map((result, at) => {
      const printed = [...result.stdout, ...result.stderr].map(String).join('');
      const attached = result.attachments.filter((it) => it.path).map((it) => `attached ${it.name}: ${it.path}\n`);
      const failed = result.errors.length > 0 && at < test.results.length - 1;
      return printed + attached.join('') + (failed ? `attempt ${at + 1} failed: ${plain(result.errors[0].message)}\n` : '');
    });
    return output(parts.join(''));
  }

  reason(test) {
    const said = test.annotations.find((it) => it.type === 'skip' || it.type === 'fixme');
    if (said) return said.description ?? said.type;
    return test.expectedStatus === 'skipped' ? undefined : 'not run, since another test failed before';
  }

  failures(test, result) {
    const errors = result?.errors ?? [];
    if (errors.length > 0) return errors.map((error) => told(error));
    const message = test.expectedStatus === 'failed' ? 'it was to fail, and passed' : `the test ${result?.status ?? 'did not run'}`;
    return [{ message }];
  }

  // What went wrong outside of tests: a file that cannot be loaded, or all.
  onError(error) {
    const file = error.location?.file;
    if (!file) {
      if (!/No tests found/.test(error.message ?? '')) tell('fatal', { message: plain(error.message ?? error.value).trim().split('\n')[0], detail: plain(error.stack) });
      return;
    }
    const { line, column } = error.location;
    const failures = [unloaded(file, said(error), { path: file, line, column })];
    if (!this.files.has(file)) tell('finish', { file, names: [], outcome: 'errored', failures });
    this.files.add(file);
  }

  onEnd() {
    // A run that was cut short tries nothing again.
    for (const test of this.suite?.allTests() ?? []) {
      if (test.results.length > 0 && !this.told.has(test.id ?? test)) this.finish(test);
    }
    tell('end', {});
  }

  printsToStdio() {
    return false;
  }
}

// Playwright begins messages with the kind of error.
const said = (error) => ({ ...error, message: plain(error.message ?? error.value).replace(/^\w*Error: /, '') });

function told(error) {
  const known = failure(said(error));
  const value = (word) => new RegExp(`^${word}(?: \\w+)?: +(.*)$`, 'm').exec(known.message)?.[1];
  const [expected, actual] = [value('Expected'), value('Received')];
  if (expected !== undefined && actual !== undefined) Object.assign(known, { expected, actual });
  const place = known.frames.length === 0 && error.location;
  if (place) Object.assign(known, { path: place.file, line: place.line, column: place.column });
  return known;
}

module.exports = Reporter;
