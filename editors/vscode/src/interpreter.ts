// The interpreter: what tests run in, in the status bar; chosen, added and built from there. Which kinds
// there are, and what each must be told, the server says.

import * as vscode from 'vscode';
import * as protocol from './protocol';
import { mend } from './remedy';
import type { Server } from './server';
import { BUILD } from './tests/runs';

const ICONS: Record<string, string> = {
    unknown: 'beaker',
    invalid: 'warning',
    unreachable: 'debug-disconnect',
    absent: 'package',
    building: 'sync~spin',
    stale: 'history',
    ready: 'package',
    warm: 'flame',
    local: 'device-desktop',
};

type Choice = vscode.QuickPickItem & { perform?: () => unknown };

export class Interpreters implements vscode.Disposable {
    private readonly item = vscode.window.createStatusBarItem('testdock', vscode.StatusBarAlignment.Left, -100);
    private readonly log = vscode.window.createOutputChannel('Testdock Build');
    private snapshot: protocol.InterpretersSnapshot = { seq: 0, interpreters: [], kinds: [] };
    private progress: string | undefined;
    private builds = 0;
    private hasTests = false;
    /** Told of the end of each build that is under way, in words. */
    private readonly ends = new Map<string, (words: string) => void>();

    constructor(
        private readonly server: Server,
        onProgress: vscode.Event<string | undefined>,
    ) {
        this.item.name = 'Testdock';
        this.item.command = 'testdock.interpreter';
        // One that falls meanwhile is asked again when it is back.
        server.onState(state => void this.turned(state === 'running').catch(() => {}));
        server.on<protocol.InterpretersSnapshot>(protocol.INTERPRETERS_CHANGED, snapshot => this.learn(snapshot));
        server.on<protocol.RunOutput>(protocol.APPEND_OUTPUT_TO_RUN_TEST, ({ runId, text }) => {
            if (this.ends.has(runId)) this.log.append(text);
        });
        server.on<protocol.EndRunTestParams>(protocol.END_RUN_TEST, ({ runId, message }) => {
            this.ends.get(runId)?.(message);
        });
        server.on<protocol.DiscoverTestResults>(protocol.DISCOVERED_TESTS, ({ tests }) => {
            if (this.hasTests || !tests.length) return;
            this.hasTests = true;
            this.show();
        });
        onProgress(words => {
            this.progress = words;
            this.show();
        });
    }

    private async turned(isRunning: boolean): Promise<void> {
        this.progress = undefined;
        this.snapshot = { ...this.snapshot, seq: 0, interpreters: [] };
        if (!isRunning) {
            for (const end of this.ends.values()) end('the server stopped');
            return this.item.hide();
        }
        this.learn(await this.server.request<protocol.InterpretersSnapshot>(protocol.INTERPRETERS));
    }

    private learn(snapshot: protocol.InterpretersSnapshot): void {
        if (snapshot.seq < this.snapshot.seq) return;
        this.snapshot = snapshot;
        this.show();
    }

    private show(): void {
        const chosen = this.chosen();
        // A folder without tests need not be told that it has nothing to run them in.
        if (!chosen || !this.hasTests) return this.item.hide();
        const name = titleOf(chosen);
        this.item.text = this.progress
            ? `$(sync~spin) ${name}: ${this.progress}`
            : `$(${ICONS[chosen.state] ?? 'beaker'}) ${name}`;
        const tooltip = new vscode.MarkdownString();
        tooltip.appendMarkdown('**Testdock** runs tests in ').appendText(chosen.source || 'nothing yet');
        if (chosen.engine) tooltip.appendText(` on ${chosen.engine}`);
        for (const line of [chosen.detail, chosen.help]) if (line) tooltip.appendMarkdown('\n\n').appendText(line);
        this.item.tooltip = tooltip;
        const isBad = chosen.state === 'invalid' || chosen.state === 'unreachable';
        this.item.backgroundColor = isBad ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
        this.item.show();
    }

    /** The interpreter in force for the file that is looked at. */
    private chosen(): protocol.Interpreter | undefined {
        const uri = vscode.window.activeTextEditor?.document.uri.toString() ?? '';
        const all = this.snapshot.interpreters.filter(it => it.chosen);
        return all.find(it => uri.startsWith(`${it.folderUri}/`)) ?? all[0] ?? this.snapshot.interpreters[0];
    }

    /** The menu behind the status bar item. */
    async menu(): Promise<void> {
        const several = new Set(this.snapshot.interpreters.map(it => it.folderUri)).size > 1;
        const line = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
        const all = this.snapshot.interpreters.map(it => ({
            label: `$(${it.chosen ? 'check' : 'blank'}) ${titleOf(it)}`,
            ...(several && { description: it.folder }),
            detail: it.detail,
            perform: () => choose(it.name),
        }));
        const choices: Choice[] = [line('Run tests in'), ...all];
        if (vscode.workspace.getConfiguration('testdock').get('interpreter')) {
            choices.push({ label: '$(discard) As the Project Says', perform: () => choose(undefined) });
        }
        const chosen = this.chosen();
        choices.push(line(''), { label: '$(add) Add an Interpreter…', perform: () => this.add() });
        const remedy = chosen?.remedy;
        if (remedy) choices.push({ label: `$(tools) ${remedy.title}`, perform: () => mend(remedy) });
        if (chosen && chosen.kind !== 'local') {
            choices.push({ label: '$(package) Build the Image', perform: () => this.build(false) });
            choices.push({ label: '$(refresh) Rebuild without Cache', perform: () => this.build(true) });
        }
        if (chosen?.uri) choices.push({ label: '$(go-to-file) Open Its Definition', perform: () => open(chosen.uri) });
        choices.push({ label: '$(output) Show the Build Log', perform: () => this.log.show() });
        choices.push({ label: '$(pulse) Doctor', perform: () => vscode.commands.executeCommand('testdock.doctor') });
        const picked = await vscode.window.showQuickPick(choices, {
            title: 'Testdock: Interpreter',
            placeHolder: chosen ? chosen.detail : 'No interpreter was found',
        });
        await picked?.perform?.();
    }

    /** Asks for what a new interpreter must be told, and has it written. */
    async add(): Promise<void> {
        const kinds = this.snapshot.kinds.map(kind => ({ label: kind.label, detail: kind.description, asks: kind }));
        const picked = await vscode.window.showQuickPick(kinds, { title: 'Add an Interpreter: What Is It Made From?' });
        if (!picked) return;
        const kind = picked.asks;
        const folder = this.chosen()?.folder;
        const title = `Add an Interpreter: ${kind.label}`;
        const taken = new Set(this.snapshot.interpreters.filter(it => it.folder === folder).map(it => it.name));
        const name = await vscode.window.showInputBox({
            title,
            prompt: 'Its name, by which a suite or a person chooses it',
            value: taken.has('default') ? kind.id : 'default',
            validateInput: text => (text.trim() ? undefined : 'A name is needed'),
        });
        if (name === undefined) return;
        const values: Record<string, string> = {};
        for (const field of kind.fields.filter(it => !it.advanced)) {
            const value = await ask(field, title);
            if (value === undefined) return;
            if (value) values[field.key] = value;
        }
        const personal = name.trim() === 'default' ? false : await isPersonal(title);
        if (personal === undefined) return;
        const params: protocol.AddInterpreterParams = { folder, kind: kind.id, name: name.trim(), values, personal };
        const added = await this.server.request<protocol.AddedInterpreter>(protocol.ADD_INTERPRETER, params);
        await open(added.uri);
        void vscode.window.showInformationMessage(`Testdock: ${added.message}`);
    }

    /** Builds the image of the interpreter in force, and runs nothing. */
    async build(fresh: boolean): Promise<void> {
        const chosen = this.chosen();
        const runId = `${BUILD}${process.pid}-${++this.builds}`;
        const title = `Building ${chosen ? titleOf(chosen) : 'the image'}`;
        this.log.clear();
        this.log.show(true);
        const build: protocol.BuildInterpreterArguments = { folder: chosen?.folder, name: chosen?.name, fresh, runId };
        const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
        await vscode.window.withProgress(options, async (_, token) => {
            const ended = new Promise<string>(resolve => this.ends.set(runId, resolve));
            token.onCancellationRequested(() => this.server.notify(protocol.ABORT_RUN_TEST, { runId }));
            try {
                await this.server.command('testdock.buildInterpreter', build);
                this.log.appendLine(await ended);
            } finally {
                this.ends.delete(runId);
            }
        });
    }

    dispose(): void {
        vscode.Disposable.from(this.item, this.log).dispose();
    }
}

/** Its name for people: what it is made from says more than `default`. */
function titleOf({ name, source }: protocol.Interpreter): string {
    return name === 'default' || name === 'local' ? source || 'No interpreter' : name;
}

/** Asks whose a new interpreter is. */
async function isPersonal(title: string): Promise<boolean | undefined> {
    const choices = [
        { label: 'The Project', detail: 'In testdock.toml, for everyone who works on it', personal: false },
        { label: 'You', detail: 'In your own configuration, for all your projects', personal: true },
    ];
    const picked = await vscode.window.showQuickPick(choices, { title, placeHolder: 'Who is it for?' });
    return picked?.personal;
}

/** Writes the choice where it counts: in the workspace's settings. */
async function choose(name: string | undefined): Promise<void> {
    const settings = vscode.workspace.getConfiguration('testdock');
    await settings.update('interpreter', name, vscode.ConfigurationTarget.Workspace);
}

async function ask(field: protocol.InterpreterField, title: string): Promise<string | undefined> {
    if (field.choices) return vscode.window.showQuickPick(field.choices, { title, placeHolder: field.description });
    return vscode.window.showInputBox({
        title,
        prompt: `${field.label}: ${field.description}${field.required ? '' : ' (may be empty)'}`,
        value: field.default ?? '',
        validateInput: text => (field.required && !text.trim() ? `${field.label} is needed` : undefined),
    });
}

async function open(uri: string | undefined): Promise<void> {
    if (uri) await vscode.window.showTextDocument(vscode.Uri.parse(uri));
}
