// What went wrong in a test, as the Testing view shows it.

import type { ChangeTestStateParams, TestFailure } from '../protocol';

/** A failure in Markdown: what it says, its trace, and the places to go to. Its first line is also its title. */
export function failureText(failure: TestFailure, trace: string): string {
    const message = plain(failure.message).trim();
    const parts = [escaped(message.split('\n', 1)[0] ?? '')];
    if (trace && trace.trim() !== message) parts.push(fenced(trace));
    else if (message.includes('\n')) parts.push(fenced(message));
    const links = (failure.stack ?? []).map(({ label, location }) => {
        const line = location.range.start.line + 1;
        const file = decodeURIComponent(location.uri.split('/').pop() ?? '');
        return `- [${escaped(`${file}:${line}`)}](${location.uri}#L${line}) ${escaped(label)}`;
    });
    if (links.length) parts.push(links.join('\n'));
    return parts.join('\n\n');
}

/** What failed in a test: the trace belongs to the first failure, unless each has its own text. */
export function failuresOf(change: ChangeTestStateParams): [TestFailure, string][] {
    const trace = change.state.tag === 'failed' ? plain(change.state.message) : '';
    const failures = change.failures ?? [];
    if (failures.length === 0) {
        const message = change.message ?? trace;
        return [[{ message, ...(change.location && { location: change.location }) }, trace]];
    }
    return failures.map((failure, index) => [failure, index === 0 ? trace : '']);
}

/** Text for a terminal, whose lines end as terminals want it. */
export function forTerminal(text: string): string {
    return text.replace(/\r?\n/g, '\r\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ANSI = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** Text without colours: Markdown knows none. */
export function plain(text: string): string {
    return text.replace(ANSI, '');
}

function fenced(text: string): string {
    const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const fence = '`'.repeat(longest + 1);
    return `${fence}text\n${plain(text).trimEnd()}\n${fence}`;
}

function escaped(text: string): string {
    return text.replace(/[\\`*_{}[\]()<>#+!|~-]/g, '\\$&');
}
