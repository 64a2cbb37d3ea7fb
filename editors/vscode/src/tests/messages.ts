// What went wrong in a test, as the Testing view shows it.

import type { ChangeTestStateParams, TestFailure } from '../protocol';

/**
 * A failure as text for a terminal: the Testing view shows it in one, with colours, the trace's own layout, and links
 * where it names places. (Markdown would lose all three.) Its first line is its title.
 */
export function failureText(failure: TestFailure, trace: string): string {
    const message = failure.message.trim();
    const isSaid = trace.trim() === message || trace.trim() === '';
    return forTerminal(isSaid ? message : `${message}\n\n${trace.trimEnd()}`);
}

/** What failed in a test: the trace belongs to the first failure, unless each has its own text. */
export function failuresOf(change: ChangeTestStateParams): [TestFailure, string][] {
    const trace = change.state.tag === 'failed' ? change.state.message : '';
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
