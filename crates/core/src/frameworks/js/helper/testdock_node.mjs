// Tells Testdock what happens in Node's own test runner while it happens: a reporter, for Node 20 or newer.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const { tell, failure, unloaded: loading, output, plain, seconds, twins } = createRequire(import.meta.url)('./testdock_core.cjs');

// What failed because of something else: a part of it, or what it is a part of.
const FOLLOWS = ['subtestsFailed', 'cancelledByParent'];

// What nobody waited for, at the test that began it. A file that tells of it may fail, and says no more of why.
const STRAY = /^(?:Warning|Error): (Test ".*" at (.+?):(\d+):\d+ generated asynchronous activity after the test ended\. .*)/s;

const isNarrowed = process.execArgv.some((word) => word.startsWith('--test-name-pattern'));

export default async function* (source) {
  // The tests above the current one, and what a file's process complained of, by file.
  const above = new Map();
  const printed = new Map();
  const strays = new Map();
  const turn = twins();
  for await (const { type, data } of source) {
    // What a file's process prints is told, from Node 24 on, by the path that the file was called by.
    const file = data?.file && resolve(data.file);
    if (type === 'test:stderr') {
      printed.set(file, output((printed.get(file) ?? '') + data.message));
    } else if (type === 'test:diagnostic') {
      const [, message, path, line] = STRAY.exec(data.message) ?? [];
      if (path && !strays.has(resolve(path))) strays.set(resolve(path), { message, line: Number(line) });
    } else if (type === 'test:start' && file) {
      const names = above.get(file) ?? [];
      names.length = data.nesting;
      names.push(data.name);
      above.set(file, names);
    } else if ((type === 'test:pass' || type === 'test:fail') && file) {
      finish(type === 'test:pass', data, above.get(file) ?? [], { printed, strays }, turn);
    }
  }
  tell('end', {});
  yield '';
}

function finish(isGood, data, above, { printed, strays }, turn) {
  const { file, name, nesting, details = {}, skip, todo } = data;
  const error = details.error;
  const kind = error?.failureType;
  const cause = error?.cause ?? error;
  const isFile = nesting === 0 && file.endsWith(name);
  if (isFile) {
    if (!isGood && !FOLLOWS.includes(kind)) unloaded(file, cause, printed.get(file) ?? '', strays.get(file));
    // Node takes a file for a test that told of none itself; one of which none was chosen is no news.
    else if (isGood && !isNarrowed) tell('silent', { file });
    return;
  }
  // Tests that the selection leaves out are not told.
  if (skip === 'test name does not match pattern') return;
  const isSuite = details.type === 'suite';
  if (isSuite && (isGood || FOLLOWS.includes(kind))) return;
  const isOff = (mark) => mark !== undefined && mark !== false;
  const outcome = isOff(skip) || isOff(todo) ? 'skipped' : isGood ? 'passed' : isSuite ? 'errored' : 'failed';
  const reason = [skip, todo].find((mark) => typeof mark === 'string' && mark) ?? (isOff(todo) ? 'todo' : undefined);
  // What failed because a part of it did is at the test itself, and says so in Node's words.
  const failures = isGood ? [] : [failure(cause)];
  const names = [...above.slice(0, nesting), name];
  const which = isSuite ? undefined : turn(data, file, names);
  tell('finish', { file, names, case: which, outcome, duration: seconds(details.duration_ms), reason, failures });
}

// The file's own process says why it could not be loaded.
function unloaded(file, cause, said, stray) {
  if (stray && !said) {
    tell('finish', { file, names: [], outcome: 'errored', failures: [{ message: stray.message, path: file, line: stray.line }] });
    return;
  }
  const lines = plain(said).split('\n');
  const message = lines.find((line) => /^\w*Error(?: \[\w+\])?: /.test(line)) ?? cause?.message ?? String(cause);
  const place = /^((?:file:\/\/)?\/.*?):(\d+)$/m.exec(plain(said));
  const error = { message: message.replace(/^Error(?: \[\w+\])?: /, ''), stack: place ? plain(said).slice(place.index) : plain(said) };
  // What was loaded when it failed may be Node's own.
  const known = place && !place[1].startsWith('node:') ? {} : { path: undefined };
  tell('finish', { file, names: [], outcome: 'errored', failures: [loading(file, error, known)] });
}
