// What the reporters of all JavaScript frameworks have in common: the event stream, and what an error says.
// For Node 16 or newer, with nothing but its own library.
'use strict';

const fs = require('fs');
const path = require('path');
const url = require('url');

const MAX_DETAIL = 64 * 1024;
const MAX_MESSAGE = 4 * 1024;
const MAX_OUTPUT = 16 * 1024;
const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

// Taken away, so that nothing that a test starts writes to a descriptor of that number.
let fd = process.env.TESTDOCK_EVENTS_FD ? Number(process.env.TESTDOCK_EVENTS_FD) : undefined;
delete process.env.TESTDOCK_EVENTS_FD;

// Whatever goes wrong here stays here: it must not break the user's run.
function tell(kind, fields) {
  if (fd === undefined) return;
  try {
    let line = Buffer.from(JSON.stringify({ e: kind, ...fields }) + '\n');
    while (line.length > 0) line = line.subarray(write(line));
  } catch {
    fd = undefined;
  }
}

function write(bytes) {
  for (;;) {
    try {
      return fs.writeSync(fd, bytes);
    } catch (problem) {
      if (problem.code !== 'EAGAIN') throw problem;
    }
  }
}

const plain = (text) => String(text ?? '').replace(ANSI, '');

// The beginning and the end of a long text.
function ends(text, limit) {
  const whole = plain(text);
  return whole.length <= limit ? whole : `${whole.slice(0, limit / 2)}\n[…]\n${whole.slice(-limit / 2)}`;
}

// The places of a stack that are of the project, innermost first.
function frames(stack) {
  const found = [];
  for (const line of plain(stack).split('\n')) {
    const match = /^\s*at (?:(.*?) \()?(?:async )?([^\s()]*?):(\d+):(\d+)\)?$/.exec(line);
    if (match && !match[2].startsWith('node:') && match[2] !== '<anonymous>') found.push({ path: native(match[2]), line: Number(match[3]), name: match[1] ?? '' });
  }
  return found.filter((frame) => isOwn(frame.path)).slice(0, 50);
}

// Mocha takes away where it runs.
const native = (file) => (file.startsWith('file://') ? url.fileURLToPath(file) : path.resolve(file.replace(/[?#].*$/, '')));
const isOwn = (file) => !/[\\/]node_modules[\\/]/.test(file) && path.dirname(file) !== __dirname;

const shown = (value) => {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
};

// A failure as the events tell it. `known` is what a framework knows better than the error.
function failure(error, known = {}) {
  const value = error && typeof error === 'object' ? error : { message: error };
  const stack = plain(value.stack ?? value.stackStr);
  const said = plain(value.message || stack.split('\n')[0] || 'the test failed').trim();
  // Node's assertions say what they compared in a paragraph of its own; compilers, what is wrong in a line of its own.
  const message = said.replace(/:\n\n/, ': ').replace(/^(.*):\n/, '$1: ');
  const name = String(value.name ?? value.constructor?.name ?? '');
  const told = {
    message: ends(message, MAX_MESSAGE),
    type: /^(AssertionError.*|JestAssertionError|Error|Object|)$/.test(name) ? '' : name,
    detail: ends(stack.includes(said) ? stack : `${said}\n${stack}`, MAX_DETAIL),
    frames: frames(stack),
    ...known,
  };
  // Where a file does not parse, the stack begins with the place.
  const place = /^((?:file:\/\/)?\/.*?):(\d+)$/m.exec(stack.split('\n')[0]);
  if (place && told.path === undefined) Object.assign(told, { path: native(place[1]), line: Number(place[2]) });
  if (told.expected === undefined && 'expected' in value && 'actual' in value) {
    const [expected, actual] = [shown(value.expected), shown(value.actual)];
    // A matcher of the project's own may compare nothing.
    if (expected !== actual) Object.assign(told, { expected, actual });
  }
  return told;
}

// Why a file could not be loaded: at its own line where one can be told.
function unloaded(file, error, known) {
  const told = failure(error, known);
  if (told.path === undefined && !told.frames.some((frame) => frame.path === file)) {
    Object.assign(told, { path: file, line: statedLine(file, told) ?? lineOf(file, told.message) });
  }
  return told;
}

// The line of the file that a compiler names: `a.test.ts:3:12`, or `a.test.ts(3,12)`.
function statedLine(file, told) {
  const name = path.basename(file).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`(?:^|[\\s/\\\\"'(])${name}[:(](\\d+)`, 'm').exec(`${told.message}\n${told.detail}`);
  return place ? Number(place[1]) : undefined;
}

// The line that names what could not be found, else the first.
function lineOf(file, message) {
  const named = /['"]([^'"]+)['"]/.exec(message)?.[1];
  if (!named) return 1;
  try {
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    const wanted = [named, path.basename(named)].map((name) => lines.findIndex((line) => line.includes(name)));
    return Math.max(wanted.find((at) => at >= 0) ?? 0, 0) + 1;
  } catch {
    return 1;
  }
}

// Tells tests of one title in one place apart: the second is a case, `#2`. What is asked with is a value that
// stays the same for a test, its file, and its titles.
function twins() {
  const found = new Map();
  const turns = new Map();
  return (test, file, names) => {
    if (!turns.has(test)) {
      const key = JSON.stringify([file, names]);
      found.set(key, (found.get(key) ?? 0) + 1);
      turns.set(test, found.get(key));
    }
    return turns.get(test) > 1 ? `#${turns.get(test)}` : undefined;
  };
}

const output = (text) => text.slice(-MAX_OUTPUT);
const seconds = (milliseconds) => (typeof milliseconds === 'number' ? milliseconds / 1000 : undefined);

module.exports = { tell, failure, unloaded, output, plain, seconds, twins };
