// Tells Testdock what happens in Vitest while it happens: a reporter, for Vitest 1 or newer (live from 3 on).
import { createRequire } from 'node:module';

const { tell, failure, unloaded, output, seconds, twins } = createRequire(import.meta.url)('./testdock_core.cjs');

// Whether a test of that mode was to run.
const isMeant = (mode) => mode === 'run' || mode === 'only';

const names = (task) => (task.type === 'module' ? [] : [...names(task.parent), task.name]);

// Vitest knows a stack's places in the sources, whatever they were compiled to.
function told(error, how = failure) {
  const known = {};
  const frames = (error.stacks ?? []).filter((frame) => !frame.file.includes('/node_modules/'));
  if (frames.length > 0) {
    known.frames = frames.map((frame) => ({ path: frame.file, line: frame.line, name: frame.method }));
  }
  const place = error.loc ?? error.cause?.loc;
  const file = error.id ?? place?.file;
  if (place?.line && file) Object.assign(known, { path: file.replace(/\?.*$/, ''), line: place.line });
  return how(error, known);
}

// Vitest takes the path of a file or folder for a part of one, and fails where no file is left: here that is no failure. One without
// a test is, unless the project says otherwise.
function chooseExactly(vitest) {
  const isChosen = (file, filters) => filters.some((it) => file === it || file.startsWith(it.replace(/\/?$/, '/')));
  for (const [at, name] of [[vitest.specifications, 'globTestSpecifications'], [vitest, 'globTestSpecs'], [vitest, 'globTestFiles']]) {
    const find = at?.[name];
    if (typeof find !== 'function') continue;
    at[name] = async function (filters = [], ...rest) {
      const found = await find.call(this, filters, ...rest);
      const areOurs = filters.length > 0 && filters.every((it) => it.startsWith('/'));
      const chosen = areOurs ? found.filter((it) => isChosen(it.moduleId ?? it[1], filters)) : found;
      if (chosen.length === 0) vitest.config.passWithNoTests = true;
      return chosen;
    };
  }
}

export default class {
  printed = new Map();
  unloaded = new Set();
  // Files with tests that were to run and did not.
  unfinished = new Set();
  turn = twins();
  isLive = false;
  // How many files are to run.
  due = 0;

  onInit(vitest) {
    this.vitest = vitest;
    chooseExactly(vitest);
  }

  onTestRunStart(specifications) {
    this.due = specifications.length;
  }

  // The same before version 3.
  onPathsCollected(paths = []) {
    this.due = paths.length;
  }

  // Tests that the selection leaves out are skipped as well; these are not told.
  isChosen(path) {
    const pattern = this.vitest?.config?.testNamePattern;
    return !pattern || new RegExp(pattern.source, pattern.flags.replace('g', '')).test(path.join(' '));
  }

  onUserConsoleLog(log) {
    if (log.taskId) this.printed.set(log.taskId, output((this.printed.get(log.taskId) ?? '') + log.content));
  }

  onTestCaseReady(test) {
    this.isLive = true;
    const path = names(test);
    if (this.isChosen(path)) tell('start', this.about(test, path));
  }

  about(test, path) {
    const file = test.module.moduleId;
    return { file, names: path, case: this.turn(test.id, file, path) };
  }

  onTestCaseResult(test) {
    const path = names(test);
    const result = test.result();
    if (result.state === 'skipped' && !this.isChosen(path)) return;
    if (result.state === 'pending' && isMeant(test.options.mode)) return;
    tell('finish', {
      ...this.about(test, path),
      outcome: result.state === 'pending' ? 'skipped' : result.state,
      duration: seconds(test.diagnostic()?.duration),
      reason: result.note ?? (test.options.mode === 'todo' ? 'todo' : undefined),
      failures: (result.errors ?? []).map((error) => told(error)),
      output: this.printed.get(test.id),
    });
    this.printed.delete(test.id);
  }

  onTestSuiteResult(suite) {
    const errors = suite.errors();
    if (errors.length > 0) {
      tell('finish', { file: suite.module.moduleId, names: names(suite), outcome: 'errored', failures: errors.map((error) => told(error)) });
    }
  }

  onTestModuleEnd(module) {
    this.isLive = true;
    const errors = module.errors();
    if (errors.length === 0 || this.unloaded.has(module.id)) return;
    this.unloaded.add(module.id).add(module.moduleId);
    const failures = errors.map((error) => told(error, (...said) => unloaded(module.moduleId, ...said)));
    tell('finish', { file: module.moduleId, names: [], outcome: 'errored', failures });
  }

  onTestRunEnd(modules, errors) {
    // The end of one that could not be loaded is not told by itself.
    for (const module of modules) {
      this.onTestModuleEnd(module);
      const isLeft = (test) => test.result().state === 'pending' && isMeant(test.options.mode) && this.isChosen(names(test));
      if ([...module.children.allTests()].some(isLeft)) this.unfinished.add(module.moduleId);
    }
    this.end(modules, errors);
  }

  // Before version 3 this is all there is.
  onFinished(files = [], errors = []) {
    if (this.isLive) return;
    for (const file of files) this.old(file, file.filepath, []);
    this.end(files, errors);
  }

  old(task, file, path) {
    const { state, errors = [], duration } = task.result ?? {};
    const isTest = task.type === 'test' || task.type === 'custom';
    if (isTest && !state && isMeant(task.mode)) {
      if (this.isChosen(path)) this.unfinished.add(file);
    } else if (isTest && (state || this.isChosen(path))) {
      const outcome = { pass: 'passed', fail: 'failed' }[state] ?? 'skipped';
      if (outcome !== 'skipped' || this.isChosen(path)) {
        const about = { file, names: path, case: this.turn(task, file, path) };
        tell('finish', { ...about, outcome, duration: seconds(duration), failures: errors.map((error) => told(error)) });
      }
    } else if (!isTest && errors.length > 0) {
      tell('finish', { file, names: path, outcome: 'errored', failures: errors.map((error) => told(error)) });
    }
    for (const child of task.tasks ?? []) this.old(child, file, [...path, child.name]);
  }

  end(begun, errors) {
    // What sets up the whole run says so only to people.
    if (this.due > 0 && begun.length === 0) tell('fatal', { message: 'none of its files was begun' });
    const files = new Map();
    for (const error of errors ?? []) {
      const file = error.VITEST_TEST_PATH;
      const message = `outside of any test: ${error.message}`;
      // Told as an error of the file already, or none that fails the run.
      const isToldElse = !file || this.unloaded.has(file) || this.vitest?.config?.dangerouslyIgnoreUnhandledErrors;
      if (isToldElse) tell('problem', { message });
      else files.set(file, [...(files.get(file) ?? []), { ...told(error, (...said) => unloaded(file, ...said)), message }]);
    }
    for (const file of this.unfinished) {
      const message = 'its process ended before all of its tests ran';
      if (!this.unloaded.has(file)) files.set(file, [...(files.get(file) ?? []), unloaded(file, { message })]);
    }
    for (const [file, failures] of files) tell('finish', { file, names: [], outcome: 'errored', failures });
    tell('end', {});
  }
}
