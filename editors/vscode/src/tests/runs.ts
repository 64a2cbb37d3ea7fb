// Runs, whoever started them: each is a TestRun of the Testing view.

import * as vscode from 'vscode';
import * as protocol from '../protocol';
import { complain } from '../remedy';
import type { Server } from '../server';
import { forTerminal } from '../terminal';
import { laidOut } from './messages';
import type { Tree } from './tree';

/** How long it takes at most until all is known that a run covers which was started elsewhere. */
const GATHER = 30;

/** Before the id of a run that only builds: it is none of the Testing view's. */
export const BUILD = 'build-';

export class Runs {
    private readonly runs = new Map<string, vscode.TestRun>();
    /** What runs cover that were started elsewhere, and are not shown yet. */
    private readonly coming = new Map<string, vscode.TestItem[]>();
    private count = 0;

    constructor(
        private readonly server: Server,
        private readonly controller: vscode.TestController,
        private readonly tree: Tree,
    ) {
        server.on(protocol.QUEUED_TESTS, (queued: protocol.QueuedTestsParams) => this.queue(queued));
        server.on(protocol.CHANGE_TEST_STATE, (change: protocol.ChangeTestStateParams) => this.change(change));
        server.on(protocol.APPEND_OUTPUT_TO_RUN_TEST, ({ runId, text }: protocol.RunOutput) => {
            if (!runId.startsWith(BUILD)) this.shown(runId).appendOutput(forTerminal(text));
        });
        server.on(protocol.END_RUN_TEST, ({ runId, how, message }: protocol.EndRunTestParams) => {
            // Why a run could not run was the last thing it printed.
            this.end(runId, how === 'broken' || how === 'refused' ? '' : message);
        });
    }

    /** Starts what the user asked for in the Testing view. */
    async start(request: vscode.TestRunRequest, fresh: boolean, token: vscode.CancellationToken): Promise<void> {
        const runId = `vscode-${process.pid}-${++this.count}`;
        if (request.continuous) token.onCancellationRequested(() => this.abort(runId));
        else this.show(runId, request);
        try {
            const [include, exclude] = [request.include, request.exclude].map(items => items?.map(item => item.id));
            const params: protocol.RunTestParams = { include, exclude, runId, fresh, continuous: request.continuous };
            await this.server.request(protocol.RUN_TEST, params);
        } catch (error) {
            complain(error);
            this.end(runId, '');
        }
    }

    /** The server is gone, and all runs with it. */
    lost(): void {
        for (const runId of [...this.runs.keys()]) this.end(runId, '\nThe server stopped: the run is over.');
        this.coming.clear();
    }

    private show(runId: string, request: vscode.TestRunRequest): vscode.TestRun {
        const run = this.controller.createTestRun(request);
        run.token.onCancellationRequested(() => this.abort(runId));
        this.runs.set(runId, run);
        return run;
    }

    /** The run with this id; shown now, if it was started elsewhere. */
    private shown(runId: string): vscode.TestRun {
        const known = this.runs.get(runId);
        if (known) return known;
        const items = this.coming.get(runId);
        this.coming.delete(runId);
        const run = this.show(runId, new vscode.TestRunRequest(items));
        for (const item of items ?? []) run.enqueued(item);
        return run;
    }

    private queue({ runId, testIds }: protocol.QueuedTestsParams): void {
        const known = testIds.filter(id => !this.tree.isSaidByCases(id, 'enqueued'));
        const items = known.flatMap(id => this.tree.get(id) ?? []);
        const run = this.runs.get(runId);
        if (run) for (const item of items) run.enqueued(item);
        else if (!this.coming.has(runId)) setTimeout(() => this.coming.has(runId) && this.shown(runId), GATHER);
        if (!run) this.coming.set(runId, [...(this.coming.get(runId) ?? []), ...items]);
    }

    private change(change: protocol.ChangeTestStateParams): void {
        const item = this.tree.get(change.testId);
        if (!item) return;
        if (change.stale) this.controller.invalidateTestResults(item);
        if (change.runId === undefined || this.tree.isSaidByCases(change.testId, change.state.tag)) return;
        tell(this.shown(change.runId), item, change, this.server);
        if (change.retracted) this.controller.invalidateTestResults(item);
    }

    private end(runId: string, words: string): void {
        if (!this.runs.has(runId) && !this.coming.has(runId)) return;
        const run = this.shown(runId);
        this.runs.delete(runId);
        if (words) run.appendOutput(`${forTerminal(words)}\r\n`);
        run.end();
    }

    private abort(runId: string): void {
        this.server.notify(protocol.ABORT_RUN_TEST, { runId } satisfies protocol.RunName);
    }
}

function tell(
    run: vscode.TestRun,
    item: vscode.TestItem,
    change: protocol.ChangeTestStateParams,
    server: Server,
): void {
    if (change.output) run.appendOutput(forTerminal(change.output), undefined, item);
    switch (change.state.tag) {
        case 'enqueued':
            return run.enqueued(item);
        case 'started':
            return run.started(item);
        case 'skipped':
            if (change.message) run.appendOutput(`skipped: ${forTerminal(change.message)}\r\n`, undefined, item);
            return run.skipped(item);
        case 'passed':
            return run.passed(item, change.duration);
        case 'failed': {
            const messages = (change.failures ?? []).map(failure => message(failure, server));
            if (change.errored) run.errored(item, messages, change.duration);
            else run.failed(item, messages, change.duration);
        }
    }
}

function message(failure: protocol.TestFailure, server: Server): vscode.TestMessage {
    const convert = server.current?.protocol2CodeConverter;
    const markdown = new vscode.MarkdownString(laidOut(failure.markdown ?? ''));
    markdown.supportHtml = true;
    const shown = new vscode.TestMessage(markdown);
    // VS Code compares the two where both are there.
    shown.expectedOutput = failure.expected;
    shown.actualOutput = failure.actual;
    shown.location = convert?.asLocation(failure.location);
    shown.stackTrace = failure.stack?.map(({ label, location }) => {
        const place = convert?.asLocation(location);
        return new vscode.TestMessageStackFrame(label, place?.uri, place?.range.start);
    });
    return shown;
}
