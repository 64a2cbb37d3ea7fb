// What Testdock adds to the protocol: the mirror of `crates/lsp/src/ext`, described in docs/protocol.md.
// A test of the repository holds the three together: every method, every type, every field.

import type { Location, Position, Range, TextDocumentIdentifier } from 'vscode-languageclient';

export const DISCOVER_TEST = 'experimental/discoverTest';
export const DISCOVERED_TESTS = 'experimental/discoveredTests';
export const RUN_TEST = 'experimental/runTest';
export const ABORT_RUN_TEST = 'experimental/abortRunTest';
export const END_RUN_TEST = 'experimental/endRunTest';
export const CHANGE_TEST_STATE = 'experimental/changeTestState';
export const APPEND_OUTPUT = 'experimental/appendOutputToRunTest';
export const TRUST = 'testdock/trust';
export const CANCEL_PROGRESS = 'window/workDoneProgress/cancel';

/** The commands of `workspace/executeCommand`. */
export const COMMANDS = [
    'testdock.run',
    'testdock.runFile',
    'testdock.runAtCursor',
    'testdock.runAll',
    'testdock.runFailed',
    'testdock.runLast',
    'testdock.cancel',
    'testdock.showOutput',
    'testdock.status',
    'testdock.doctor',
    'testdock.refresh',
] as const;

export interface RunArguments {
    ids?: string[];
    exclude?: string[];
    fresh?: boolean;
    runId?: string;
}

export interface FileArguments {
    uri: string;
    position?: Position;
    fresh?: boolean;
    runId?: string;
}

export interface RunName {
    runId?: string;
}

export interface TestArguments {
    id: string;
}

export interface TrustParams {
    trusted: boolean;
}

export interface DiscoverTestParams {
    testId?: string;
}

export type TestItemKind = 'package' | 'module' | 'test';

export interface TestItem {
    id: string;
    label: string;
    kind: TestItemKind;
    canResolveChildren: boolean;
    parent?: string;
    textDocument?: TextDocumentIdentifier;
    range?: Range;
    tags?: string[];
}

export interface DiscoverTestResults {
    tests: TestItem[];
    scope?: string[];
    scopeFile?: TextDocumentIdentifier[];
    seq: number;
}

export interface RunTestParams {
    include?: string[];
    exclude?: string[];
    runId?: string;
    fresh?: boolean;
    continuous?: boolean;
}

export interface EndRunTestParams {
    runId: string;
    seq: number;
    message: string;
    how: EndKind;
}

export type EndKind = 'completed' | 'cancelled' | 'timedOut' | 'broken' | 'refused';

export type TestState =
    | { tag: 'passed' | 'skipped' | 'started' | 'enqueued' }
    | { tag: 'failed'; message: string };

export type StaleReason = 'edited' | 'remembered' | 'notReached';

export interface TestFailure {
    message: string;
    location?: Location;
    expected?: string;
    actual?: string;
    stack?: StackFrame[];
}

export interface StackFrame {
    label: string;
    location: Location;
}

export interface ChangeTestStateParams {
    testId: string;
    state: TestState;
    runId?: string;
    seq: number;
    duration?: number;
    errored?: boolean;
    message?: string;
    location?: Location;
    failures?: TestFailure[];
    output?: string;
    stale?: StaleReason;
    retracted?: boolean;
}

export interface RunOutput {
    runId: string;
    seq: number;
    text: string;
}
