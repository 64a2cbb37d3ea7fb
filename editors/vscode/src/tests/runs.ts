// Runs, whoever started them: each is a TestRun of the Testing view.

import * as vscode from 'vscode';
import * as protocol from '../protocol';
import type { Server } from '../server';
import { failuresOf, failureText, forTerminal } from './messages';
import { Order } from './model';
import type { Tree } from './tree';

/** How long the first words of a run are gathered that was started elsewhere: they say what it covers. */
const GATHER = 30;

/** Before the id of a run that only builds: it is none of the Testing view's. */
export const BUILD = 'build-';

interface Run {
    run: vscode.TestRun | undefined;
    /** What waits until it is known what the run covers. */
    waiting: ((run: vscode.TestRun) => void)[];
    include: vscode.TestItem[];
}

export class Runs {
    private readonly runs = new Map<string, Run>();
    private readonly order = new Order();
    private count = 0;

    constructor(
        private readonly server: Server,
        private readonly controller: vscode.TestController,
        private readonly tree: Tree,
    ) {
        server.on(protocol.CHANGE_TEST_STATE, (change: protocol.ChangeTestStateParams) => this.change(change));
        server.on(protocol.APPEND_OUTPUT, (output: protocol.RunOutput) => {
            this.tell(output.runId, run => run.appendOutput(forTerminal(output.text)));
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
        else this.add(runId, this.controller.createTestRun(request));
        try {
            const [include, exclude] = [request.include, request.exclude].map(items => items?.map(item => item.id));
            const params: protocol.RunTestParams = { include, exclude, runId, fresh, continuous: request.continuous };
            await this.server.request(protocol.RUN_TEST, params);
        } catch (error) {
            const words = error instanceof Error ? error.message : String(error);
            void vscode.window.showErrorMessage(`Testdock: ${words}`);
            this.end(runId, words);
        }
    }

    /** The server is gone, and all runs with it. */
    lost(): void {
        for (const runId of [...this.runs.keys()]) this.end(runId, '\nThe server stopped: the run is over.');
        this.order.clear();
    }

    private add(runId: string, run?: vscode.TestRun): Run {
        const added: Run = { run, waiting: [], include: [] };
        this.runs.set(runId, added);
        if (run) this.watch(runId, run);
        else setTimeout(() => this.open(runId, added), GATHER);
        return added;
    }

    private watch(runId: string, run: vscode.TestRun): void {
        run.token.onCancellationRequested(() => this.abort(runId));
    }

    /** Shows a run that was started elsewhere. */
    private open(runId: string, known: Run): void {
        if (known.run) return;
        const request = new vscode.TestRunRequest(known.include.length ? known.include : undefined);
        known.run = this.controller.createTestRun(request);
        this.watch(runId, known.run);
        for (const tell of known.waiting.splice(0)) tell(known.run);
    }

    private tell(runId: string, what: (run: vscode.TestRun) => void): void {
        if (runId.startsWith(BUILD)) return;
        const known = this.runs.get(runId) ?? this.add(runId);
        if (known.run) what(known.run);
        else known.waiting.push(what);
    }

    private change(change: protocol.ChangeTestStateParams): void {
        if (!this.order.isNews(change.testId, change.seq)) return;
        const item = this.tree.get(change.testId);
        if (!item) return;
        if (change.stale) this.controller.invalidateTestResults(item);
        if (change.runId === undefined || this.tree.isSaidByCases(change.testId, change.state.tag)) return;
        this.tell(change.runId, run => show(run, item, change, this.server));
        const known = this.runs.get(change.runId);
        if (known && !known.run && change.state.tag === 'enqueued') known.include.push(item);
        if (change.retracted) this.controller.invalidateTestResults(item);
    }

    private end(runId: string, words: string): void {
        const known = this.runs.get(runId);
        if (!known) return;
        this.open(runId, known);
        this.runs.delete(runId);
        if (words) known.run?.appendOutput(`${forTerminal(words)}\r\n`);
        known.run?.end();
    }

    private abort(runId: string): void {
        this.server.notify(protocol.ABORT_RUN_TEST, { runId } satisfies protocol.RunName);
    }
}

function show(
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
            const messages = failuresOf(change).map(([failure, trace]) => message(failure, trace, server));
            if (change.errored) run.errored(item, messages, change.duration);
            else run.failed(item, messages, change.duration);
        }
    }
}

function message(failure: protocol.TestFailure, trace: string, server: Server): vscode.TestMessage {
    const convert = server.current?.protocol2CodeConverter;
    const shown = new vscode.TestMessage(failureText(failure, trace));
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
