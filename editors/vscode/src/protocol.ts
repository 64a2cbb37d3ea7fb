// What Testdock adds to the protocol, described in docs/protocol.md. Written from `crates/lsp/src/ext` by a test of the
// repository, never by hand.

import type { Location, Position, Range, TextDocumentIdentifier } from 'vscode-languageclient';

export const TRUST = 'testdock/trust';
export const CANCEL_PROGRESS = 'window/workDoneProgress/cancel';
export const DISCOVER_TEST = 'experimental/discoverTest';
export const RUN_TEST = 'experimental/runTest';
export const ABORT_RUN_TEST = 'experimental/abortRunTest';
export const DISCOVERED_TESTS = 'experimental/discoveredTests';
export const END_RUN_TEST = 'experimental/endRunTest';
export const QUEUED_TESTS = 'testdock/queuedTests';
export const CHANGE_TEST_STATE = 'experimental/changeTestState';
export const APPEND_OUTPUT_TO_RUN_TEST = 'experimental/appendOutputToRunTest';
export const INTERPRETERS = 'testdock/interpreters';
export const ADD_INTERPRETER = 'testdock/addInterpreter';
export const INTERPRETERS_CHANGED = 'testdock/interpretersChanged';
export const FILE_MARKS = 'testdock/marks';
export const REMEDY = 'testdock/remedy';
export const CONTAINERS = 'testdock/containers';
export const WATCH_CONTAINERS = 'testdock/watchContainers';
export const CONTAINER_ACTION = 'testdock/containerAction';
export const INSPECT_CONTAINER = 'testdock/inspectContainer';
export const REMOVE_IMAGE = 'testdock/removeImage';
export const OPEN_LOGS = 'testdock/openLogs';
export const CLOSE_LOGS = 'testdock/closeLogs';
export const CONTAINERS_CHANGED = 'testdock/containersChanged';
export const LOG_TEXT = 'testdock/logText';
export const LOG_ENDED = 'testdock/logEnded';
export const WATCH_TREE = 'testdock/watchTree';
export const NAMES = 'testdock/names';
export const TREE_CHANGED = 'testdock/treeChanged';

/** The commands of `workspace/executeCommand`. */
export const COMMANDS = [
    'testdock.run',
    'testdock.runFile',
    'testdock.runAtCursor',
    'testdock.runAll',
    'testdock.runFailed',
    'testdock.runLast',
    'testdock.buildInterpreter',
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

export interface PageArguments {
    format?: PageFormat;
}

export type PageFormat = 'text' | 'markdown';

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
    caseOf?: string;
    tags?: string[];
}

export interface DiscoverTestResults {
    tests: TestItem[];
    scope?: string[];
    scopeFile?: TextDocumentIdentifier[];
    seq?: number;
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
    | { tag: 'passed' }
    | { tag: 'failed'; message: string }
    | { tag: 'skipped' }
    | { tag: 'started' }
    | { tag: 'enqueued' };

export type StaleReason = 'edited' | 'remembered' | 'notReached' | 'elsewhere';

export interface TestFailure {
    message: string;
    location?: Location;
    expected?: string;
    actual?: string;
    markdown?: string;
    stack?: StackFrame[];
}

export interface StackFrame {
    label: string;
    location: Location;
}

export interface QueuedTestsParams {
    runId: string;
    seq: number;
    testIds: string[];
}

export interface ChangeTestStateParams {
    testId: string;
    state: TestState;
    runId?: string;
    seq: number;
    caseOf?: string;
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

export interface InterpretersSnapshot {
    seq: number;
    interpreters: Interpreter[];
    kinds: InterpreterKind[];
}

export interface Interpreter {
    folder: string;
    folderUri: string;
    name: string;
    kind: string;
    source: string;
    uri?: string;
    engine: string;
    state: string;
    detail: string;
    help?: string;
    remedy?: InterpreterRemedy;
    chosen: boolean;
}

export interface InterpreterRemedy {
    title: string;
    command: string;
}

export interface InterpreterKind {
    id: string;
    label: string;
    description: string;
    fields: InterpreterField[];
}

export interface InterpreterField {
    key: string;
    label: string;
    description: string;
    type: FieldType;
    required: boolean;
    default?: string;
    choices?: string[];
    advanced: boolean;
}

export type FieldType = 'text' | 'path' | 'choice';

export interface AddInterpreterParams {
    folder?: string;
    kind: string;
    name: string;
    values?: Record<string, string>;
    personal?: boolean;
}

export interface AddedInterpreter {
    uri: string;
    message: string;
}

export interface BuildInterpreterArguments {
    folder?: string;
    name?: string;
    fresh?: boolean;
    runId?: string;
}

export interface FileMarksParams {
    uri: string;
    id: string;
    seq: number;
    marks: TestMark[];
}

export interface TestMark {
    id: string;
    label: string;
    line: number;
    state?: MarkState;
    stale?: boolean;
}

export type MarkState = 'passed' | 'skipped' | 'enqueued' | 'started' | 'failed' | 'errored';

export interface RemedyParams {
    message: string;
    title: string;
    command: string;
}

export interface ContainersSnapshot {
    seq: number;
    engines: EngineItem[];
}

export interface EngineItem {
    engine: string;
    label: string;
    error?: EngineError;
    detail?: string;
    groups: GroupItem[];
    images: ImageItem[];
}

export interface EngineError {
    message: string;
    help?: string;
}

export interface GroupItem {
    label: string;
    kind: string;
    containers: ContainerItem[];
}

export interface ContainerItem {
    engine: string;
    id: string;
    name: string;
    image: string;
    state: string;
    status: string;
    health?: string;
    ports?: string;
    detail: string;
    folderUri?: string;
    interpreter?: string;
    service?: string;
    actions: string[];
}

export interface ImageItem {
    id: string;
    names: string[];
    detail: string;
    size: number;
    created: number;
    folderUri?: string;
    inUse: boolean;
}

export interface WatchContainersParams {
    watch: boolean;
}

export interface ObjectParams {
    engine?: string;
    id: string;
}

export interface ContainerActionParams {
    engine?: string;
    id: string;
    action: ContainerAction;
}

export type ContainerAction = 'start' | 'stop' | 'restart' | 'remove';

export interface Inspected {
    text: string;
}

export interface OpenLogsParams {
    engine?: string;
    id?: string;
    ids?: string[];
    logId?: string;
    tail?: number;
    follow?: boolean;
    since?: string;
    until?: string;
    search?: string;
    timestamps?: boolean;
    colors?: boolean;
}

export interface CloseLogsParams {
    logId: string;
}

export interface LogTextParams {
    logId: string;
    seq: number;
    text: string;
}

export interface LogEndedParams {
    logId: string;
    message?: string;
}

export interface WatchTreeParams {
    watch: boolean;
}

export interface TreeChangedParams {
    seq: number;
    lines: TreeLine[];
}

export interface TreeLine {
    id: string;
    label: string;
    depth: number;
    state?: MarkState;
    stale?: boolean;
    detail?: string;
    location?: Location;
}

export interface NamesParams {
    of: NamesOf;
}

export type NamesOf = 'tests' | 'interpreters' | 'containers';

export interface Names {
    names: string[];
}
