// Tells Testdock what happens in Mocha while it happens: a reporter, for Mocha 8 or newer, beside the one for people.
'use strict';

const path = require('path');
const { tell, failure, unloaded, seconds, twins } = require('./testdock_core.cjs');

const Mocha = require(require.resolve('mocha', { paths: [process.cwd(), ...process.argv.slice(1, 2)] }));

// Without a file Mocha ends before it makes a reporter.
const complain = console.error;
console.error = (...words) => {
  if (words.some((word) => /No test files found/.test(word))) tell('end', {});
  complain(...words);
};

// Mocha adds the files that it is told to those of its configuration. What is set up before all stays.
function chosen({ files, options }) {
  const wanted = [options['testdock-chosen'] ?? []].flat();
  if (wanted.length === 0) return files;
  const setUp = new Set([options.file ?? []].flat().map((file) => path.resolve(file)));
  const isWanted = (file) => wanted.some((it) => file === it || file.startsWith(`${it}${path.sep}`));
  return [...new Set(files)].filter((file) => setUp.has(file) || isWanted(file));
}

// A file that cannot be loaded is an error of that file, and the others run.
const load = Mocha.prototype.loadFilesAsync;
Mocha.prototype.loadFilesAsync = async function (options) {
  console.error = complain;
  const files = chosen(this);
  for (const file of files) {
    this.files = [file];
    try {
      await load.call(this, options);
    } catch (error) {
      process.exitCode = 1;
      const told = unloaded(file, error);
      tell('finish', { file, names: [], outcome: 'errored', failures: [told] });
      console.error(error);
      // What threw in a `describe` left that open: the next file begins outside of all.
      this.ui(this.options.ui);
    }
  }
  this.files = files;
  return this;
};

module.exports = class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const turn = twins();
    const about = (test) => {
      const [file, names] = [test.file ?? test.parent?.file, test.titlePath()];
      // Each further attempt is a copy of the first.
      return { file, names, case: turn(test.retriedTest?.() ?? test, file, names) };
    };
    const finish = (test, outcome, more) =>
      tell('finish', { ...about(test), outcome, duration: seconds(test.duration), ...more });
    runner.on('start', () => tell('collected', { n: runner.total }));
    runner.on('test', (test) => tell('start', about(test)));
    runner.on('pass', (test) => finish(test, 'passed'));
    runner.on('pending', (test) => finish(test, 'skipped'));
    runner.on('fail', (test, error) => {
      if (test.type !== 'hook') return finish(test, 'failed', { failures: [failure(error)] });
      const told = failure(error);
      told.message = `${test.title.split(' hook')[0].replace(/"/g, '')}: ${told.message}`;
      tell('finish', { file: test.file ?? test.parent?.file, names: test.parent.titlePath(), outcome: 'errored', failures: [told] });
    });
    runner.on('end', () => tell('end', {}));
  }
};
