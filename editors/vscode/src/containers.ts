// The containers and images of the engine, as a view beside the tests. It is live while it is looked at.

import * as vscode from 'vscode';
import type { Logs } from './logs';
import type { Pages } from './pages';
import * as protocol from './protocol';
import type { Server } from './server';

type Node =
    | { kind: 'engine'; engine: protocol.Engine }
    | { kind: 'group'; engine: protocol.Engine; group: protocol.ContainerGroup }
    | { kind: 'images'; engine: protocol.Engine }
    | { kind: 'container'; engine: string; container: protocol.Container }
    | { kind: 'image'; engine: string; image: protocol.Image };

type ContainerNode = Node & { kind: 'container' };
type ImageNode = Node & { kind: 'image' };

export class Containers implements vscode.TreeDataProvider<Node>, vscode.Disposable {
    private snapshot: protocol.ContainersSnapshot | undefined;
    private readonly changed = new vscode.EventEmitter<undefined>();
    readonly onDidChangeTreeData = this.changed.event;
    private readonly view: vscode.TreeView<Node>;
    private readonly parts: vscode.Disposable;

    constructor(
        private readonly server: Server,
        private readonly logs: Logs,
        private readonly pages: Pages,
    ) {
        this.view = vscode.window.createTreeView('testdock.containers', { treeDataProvider: this });
        server.on<protocol.ContainersSnapshot>(protocol.CONTAINERS_CHANGED, snapshot => this.learn(snapshot));
        this.parts = vscode.Disposable.from(
            this.view,
            this.changed,
            this.view.onDidChangeVisibility(() => this.watch()),
            server.onState(state => {
                if (state === 'running') return void this.watch();
                this.snapshot = undefined;
                this.changed.fire(undefined);
            }),
        );
    }

    dispose(): void {
        this.parts.dispose();
    }

    private async watch(): Promise<void> {
        if (!this.server.can('testdockContainers')) return;
        const watch = this.view.visible;
        this.server.notify(protocol.WATCH_CONTAINERS, { watch } satisfies protocol.WatchContainersParams);
        if (watch) await this.refresh();
    }

    async refresh(): Promise<void> {
        this.learn(await this.server.request<protocol.ContainersSnapshot>(protocol.CONTAINERS));
    }

    private learn(snapshot: protocol.ContainersSnapshot): void {
        if (snapshot.seq < (this.snapshot?.seq ?? 0)) return;
        this.snapshot = snapshot;
        const failed = snapshot.engines.find(({ error }) => error)?.error;
        this.view.message = failed && [failed.message, failed.help].filter(Boolean).join(': ');
        this.changed.fire(undefined);
    }

    getChildren(node?: Node): Node[] {
        const engines = this.snapshot?.engines ?? [];
        if (!node && engines.length > 1) return engines.map(engine => ({ kind: 'engine', engine }));
        if (!node) return engines.flatMap(below);
        switch (node.kind) {
            case 'engine':
                return below(node.engine);
            case 'group':
                return node.group.containers.map(container => ({
                    kind: 'container',
                    engine: node.engine.engine,
                    container,
                }));
            case 'images':
                return node.engine.images.map(image => ({
                    kind: 'image',
                    engine: node.engine.engine,
                    image,
                }));
            default:
                return [];
        }
    }

    getTreeItem(node: Node): vscode.TreeItem {
        const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
        switch (node.kind) {
            case 'engine': {
                const item = named(`engine/${node.engine.engine}`, node.engine.label, Expanded);
                item.iconPath = new vscode.ThemeIcon(node.engine.error ? 'warning' : 'server');
                item.tooltip = node.engine.error?.message ?? node.engine.engine;
                return item;
            }
            case 'group': {
                const { label, kind, containers } = node.group;
                const item = named(
                    `${node.engine.engine}/${kind}/${label}`,
                    label,
                    kind === 'other' ? Collapsed : Expanded,
                );
                item.iconPath = new vscode.ThemeIcon(GROUP_ICONS[kind]);
                item.description = String(containers.length);
                return item;
            }
            case 'images': {
                const item = named(`${node.engine.engine}/images`, 'Images', Collapsed);
                item.iconPath = new vscode.ThemeIcon('layers');
                item.description = String(node.engine.images.length);
                return item;
            }
            case 'container':
                return containerItem(node);
            case 'image':
                return imageItem(node);
        }
    }

    /** Starts, stops, restarts or removes a container. */
    async act(action: protocol.ContainerAction, node?: ContainerNode): Promise<void> {
        const it = node ?? (await this.pick());
        if (!it) return;
        const { id, name } = it.container;
        if (action === 'remove' && !(await confirm(`Remove the container ${name}?`, 'Its files are lost.'))) return;
        const params: protocol.ContainerActionParams = { engine: it.engine, id, action };
        await vscode.window.withProgress({ location: { viewId: 'testdock.containers' } }, () =>
            this.server.request(protocol.CONTAINER_ACTION, params),
        );
    }

    /** A terminal in a container. */
    async exec(node?: ContainerNode): Promise<void> {
        const it = node ?? (await this.pick());
        if (!it || !this.server.path) return;
        const { id, name } = it.container;
        const env = it.engine ? { DOCKER_HOST: it.engine } : undefined;
        const terminal = vscode.window.createTerminal({
            name,
            shellPath: this.server.path,
            shellArgs: ['containers', 'exec', id],
            iconPath: new vscode.ThemeIcon('terminal'),
            ...(env && { env }),
        });
        terminal.show();
    }

    async showLogs(node?: ContainerNode): Promise<void> {
        const it = node ?? (await this.pick());
        if (it) this.logs.follow(it.engine, it.container);
    }

    async searchLogs(node?: ContainerNode): Promise<void> {
        const it = node ?? (await this.pick());
        if (!it) return;
        const prompt = `Lines of ${it.container.name} that match (a regular expression)`;
        const search = await vscode.window.showInputBox({ title: 'Search Logs', prompt });
        if (search) this.logs.search(it.engine, it.container, search);
    }

    async inspect(node?: ContainerNode): Promise<void> {
        const it = node ?? (await this.pick());
        if (!it) return;
        const item: protocol.EngineItem = { engine: it.engine, id: it.container.id };
        const { text } = await this.server.request<protocol.Inspected>(protocol.INSPECT_CONTAINER, item);
        await this.pages.show(`${it.container.name}.json`, text);
    }

    async copyId(node?: ContainerNode | ImageNode): Promise<void> {
        const it = node ?? (await this.pick());
        if (it) await vscode.env.clipboard.writeText(it.kind === 'image' ? it.image.id : it.container.id);
    }

    async removeImage(node?: ImageNode): Promise<void> {
        if (!node) return;
        const name = node.image.names[0] ?? short(node.image.id);
        const detail = node.image.inUse ? 'Containers use it.' : 'The next run builds it again.';
        if (!(await confirm(`Remove the image ${name}?`, detail))) return;
        const item: protocol.EngineItem = { engine: node.engine, id: node.image.id };
        await this.server.request(protocol.REMOVE_IMAGE, item);
        await this.refresh();
    }

    private async pick(): Promise<ContainerNode | undefined> {
        if (!this.snapshot) await this.refresh();
        const all = (this.snapshot?.engines ?? []).flatMap(({ engine, groups }) =>
            groups.flatMap(group =>
                group.containers.map(container => ({
                    label: container.name,
                    description: container.status,
                    detail: container.image,
                    node: { kind: 'container' as const, engine, container },
                })),
            ),
        );
        if (!all.length) throw new Error('there is no container');
        return (
            await vscode.window.showQuickPick(all, {
                title: 'Testdock: Which Container?',
                matchOnDetail: true,
            })
        )?.node;
    }
}

const GROUP_ICONS: Record<protocol.GroupKind, string> = {
    interpreter: 'beaker',
    compose: 'layers',
    other: 'server-environment',
};

function below(engine: protocol.Engine): Node[] {
    const groups = engine.groups.map((group): Node => ({ kind: 'group', engine, group }));
    return engine.images.length ? [...groups, { kind: 'images', engine }] : groups;
}

function named(id: string, label: string, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
    const item = new vscode.TreeItem(label, state);
    item.id = id;
    return item;
}

function containerItem({ engine, container }: ContainerNode): vscode.TreeItem {
    const item = named(`${engine}/${container.id}`, container.name, vscode.TreeItemCollapsibleState.None);
    const isRunning = container.state === 'running' || container.state === 'paused';
    item.description = container.status;
    item.contextValue = isRunning ? 'container:running' : 'container:stopped';
    item.iconPath = containerIcon(container);
    const lines = [
        ['Image', container.image],
        ['State', container.health ? `${container.status}, ${container.health}` : container.status],
        ['Ports', container.ports],
        ['Interpreter', container.interpreter],
        ['Id', short(container.id)],
    ];
    const tooltip = new vscode.MarkdownString(`**${container.name}**\n\n`);
    for (const [key, value] of lines)
        if (value) tooltip.appendMarkdown(`${key}: `).appendText(value).appendMarkdown('\n\n');
    item.tooltip = tooltip;
    return item;
}

function containerIcon({ state, health }: protocol.Container): vscode.ThemeIcon {
    const color = (name: string) => new vscode.ThemeColor(name);
    if (health === 'unhealthy') return new vscode.ThemeIcon('warning', color('charts.red'));
    if (health === 'starting' || state === 'restarting') return new vscode.ThemeIcon('sync', color('charts.yellow'));
    if (state === 'running') return new vscode.ThemeIcon('circle-filled', color('charts.green'));
    if (state === 'paused') return new vscode.ThemeIcon('debug-pause', color('charts.yellow'));
    if (state === 'dead') return new vscode.ThemeIcon('error', color('charts.red'));
    return new vscode.ThemeIcon('circle-large-outline');
}

function imageItem({ engine, image }: ImageNode): vscode.TreeItem {
    const label = image.names[0] ?? short(image.id);
    const item = named(`${engine}/${image.id}`, label, vscode.TreeItemCollapsibleState.None);
    item.description = `${size(image.size)}, ${image.created}${image.inUse ? ', in use' : ''}`;
    item.contextValue = 'image';
    item.iconPath = new vscode.ThemeIcon('package');
    item.tooltip = [...image.names, short(image.id)].join('\n');
    return item;
}

function short(id: string): string {
    return id.replace(/^sha256:/, '').slice(0, 12);
}

function size(bytes: number): string {
    return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

async function confirm(question: string, detail: string): Promise<boolean> {
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Remove');
    return answer === 'Remove';
}
