// The language client, made for a server that may fall. It is loaded once there is a server to speak to: nothing
// of it is needed to begin with.

import { spawn } from 'node:child_process';
import type { LogOutputChannel } from 'vscode';
import {
    CloseAction,
    ErrorAction,
    type InitializeParams,
    LanguageClient,
    type LanguageClientOptions,
    RevealOutputChannelOn,
} from 'vscode-languageclient/node';

/** What this extension can show that other editors cannot. */
const ABILITIES = {
    testExplorer: true,
    testRunIds: true,
    testdockQueuedTests: true,
    testdockMarkdown: true,
    testdockInterpreters: true,
    testdockContainers: true,
    testdockRemedies: true,
};

export class Client extends LanguageClient {
    /** Speaks to the server that this program is; `gone` is told once of its end, and why where that is known. */
    constructor(path: string, options: LanguageClientOptions, log: LogOutputChannel, gone: (why: string) => void) {
        const start = async () => {
            const child = spawn(path, ['lsp'], { stdio: 'pipe' });
            child.once('exit', (code, signal) => log.warn(`server ended with ${signal ?? `exit code ${code}`}`));
            return child;
        };
        super('testdock', 'Testdock', start, {
            ...options,
            outputChannel: log,
            revealOutputChannelOn: RevealOutputChannelOn.Never,
            initializationFailedHandler: () => false,
            errorHandler: {
                error: problem => {
                    setImmediate(gone, problem.message);
                    return { action: ErrorAction.Shutdown, handled: true };
                },
                closed: () => {
                    setImmediate(gone, '');
                    return { action: CloseAction.DoNotRestart, handled: true };
                },
            },
        });
    }

    kill(): void {
        this.serverProcess?.kill('SIGKILL');
    }

    protected override fillInitializeParams(params: InitializeParams): void {
        super.fillInitializeParams(params);
        params.capabilities.experimental = ABILITIES;
    }

    /** What goes wrong is told by the extension, once. */
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }

    /** The commands are the extension's, which has them while no server runs. */
    override registerFeature(feature: Parameters<LanguageClient['registerFeature']>[0]): void {
        const type = 'registrationType' in feature ? feature.registrationType : undefined;
        if (type?.method !== 'workspace/executeCommand') super.registerFeature(feature);
    }
}
