// The containers and images of the engine, as a view beside the tests. It is live while it is looked at.

import * as vscode from 'vscode';
import type { Logs } from './logs';
import type { Pages } from './pages';
import * as protocol from './protocol';
import type { Server } from './server';

type ContainerNode = { kind: 'container'; engine: string; container: protocol.ContainerItem };
type ImageNode = { kind: 'image'; engine: string; image: protocol.ImageItem };
type GroupNode = { kind: 'group'; engine: string; group: protocol.GroupItem };
type Node =
    | { kind: 'engine'; engine: protocol.EngineItem }
    | { kind: 'images'; engine: protocol.EngineItem }
    | GroupNode
    | ContainerNode
    | ImageNode;

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
                this.learn(undefined);
                if (state === 'running') this.watch();
            }),
        );
    }

    dispose(): void {
        this.parts.dispose();
    }

    private watch(): void {
        if (!this.server.can('testdockContainers')) return;
        const params: protocol.WatchContainersParams = { watch: this.view.visible };
        this.server.notify(protocol.WATCH_CONTAINERS, params);
    }

    async refresh(): Promise<void> {
        this.learn(await this.server.request<protocol.ContainersSnapshot>(protocol.CONTAINERS));
    }

    private learn(snapshot: protocol.ContainersSnapshot | undefined): void {
        if (snapshot && snapshot.seq < (this.snapshot?.seq ?? 0)) return;
        this.snapshot = snapshot;
        const error = snapshot?.engines.find(it => it.error)?.error;
        this.view.message = error && [error.message, error.help].filter(Boolean).join(': ');
        this.changed.fire(undefined);
    }

    getChildren(node?: Node): Node[] {
        const engines = this.snapshot?.engines ?? [];
        if (!node && engines.length > 1) return engines.map(engine => ({ kind: 'engine', engine }));
        if (!node) return engines.flatMap(below);
        if (node.kind === 'engine') return below(node.engine);
        if (node.kind === 'group') {
            return node.group.containers.map(container => ({ kind: 'container', engine: node.engine, container }));
        }
        if (node.kind !== 'images') return [];
        return node.engine.images.map(image => ({ kind: 'image', engine: node.engine.engine, image }));
    }

    getTreeItem(node: Node): vscode.TreeItem {
        const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
        switch (node.kind) {
            case 'engine': {
                const { engine, label, error } = node.engine;
                return item(
                    `engine/${engine}`,
                    label,
                    error ? 'warning' : 'server',
                    { tooltip: error?.message },
                    Expanded,
                );
            }
            case 'group': {
                const { label, kind, containers } = node.group;
                // What belongs to no open folder is there for those who look for it.
                const state = containers.some(it => it.folderUri) ? Expanded : Collapsed;
                const more = { description: `${containers.length}`, contextValue: 'group' };
                return item(`${node.engine}/${kind}/${label}`, label, GROUP_ICONS[kind] ?? 'server', more, state);
            }
            case 'images': {
                const more = { description: `${node.engine.images.length}` };
                return item(`${node.engine.engine}/images`, 'Images', 'layers', more, Collapsed);
            }
            case 'container':
                return containerItem(node);
            case 'image': {
                const { id, names, detail, inUse } = node.image;
                const tooltip = [...names, short(id)].join('\n');
                const more = { description: detail, contextValue: inUse ? 'image used' : 'image', tooltip };
                return item(`${node.engine}/${id}`, names[0] ?? short(id), 'package', more);
            }
        }
    }

    /** Starts, stops, restarts or removes a container. */
    async act(action: protocol.ContainerAction, node?: ContainerNode): Promise<void> {
        const it = node ?? (await this.pick(({ actions }) => actions.includes(action)));
        if (!it) return;
        const { id, name } = it.container;
        if (action === 'remove' && !(await confirm(`Remove the container ${name}?`, 'What it wrote is lost.'))) return;
        const params: protocol.ContainerActionParams = { engine: it.engine, id, action };
        await vscode.window.withProgress({ location: { viewId: 'testdock.containers' } }, () =>
            this.server.request(protocol.CONTAINER_ACTION, params),
        );
    }

    /** A terminal in a container. */
    async exec(node?: ContainerNode): Promise<void> {
        const it = node ?? (await this.pick(isRunning));
        if (!it || !this.server.path) return;
        const engine = it.engine ? ['--engine', it.engine] : [];
        const terminal = vscode.window.createTerminal({
            name: titleOf(it.container),
            shellPath: this.server.path,
            shellArgs: ['containers', 'exec', ...engine, it.container.id],
        });
        terminal.show();
    }

    /** The log of a container, or of a group's containers together; of a search only the lines that match. */
    async showLogs(isSearch: boolean, node?: ContainerNode | GroupNode): Promise<void> {
        const it = node ?? (await this.pick());
        if (!it) return;
        const containers = it.kind === 'group' ? it.group.containers : [it.container];
        const name = it.kind === 'group' ? it.group.label : titleOf(it.container);
        const prompt = `Lines of ${name} that hold a regular expression`;
        const search = isSearch ? await vscode.window.showInputBox({ title: 'Search Logs', prompt }) : undefined;
        if (isSearch && !search) return;
        this.logs.open(name, { engine: it.engine, ids: containers.map(({ id }) => id), ...(search && { search }) });
    }

    async inspect(node?: ContainerNode): Promise<void> {
        const it = node ?? (await this.pick());
        if (!it) return;
        const params: protocol.ObjectParams = { engine: it.engine, id: it.container.id };
        const { text } = await this.server.request<protocol.Inspected>(protocol.INSPECT_CONTAINER, params);
        await this.pages.show(`${it.container.name}.json`, text);
    }

    async copyId(node: ContainerNode | ImageNode): Promise<void> {
        await vscode.env.clipboard.writeText(node.kind === 'image' ? node.image.id : node.container.id);
    }

    async removeImage(node: ImageNode): Promise<void> {
        const name = node.image.names[0] ?? short(node.image.id);
        if (!(await confirm(`Remove the image ${name}?`, 'The next run that needs it builds it again.'))) return;
        const params: protocol.ObjectParams = { engine: node.engine, id: node.image.id };
        await this.server.request(protocol.REMOVE_IMAGE, params);
    }

    private async pick(fits: (container: protocol.ContainerItem) => boolean = () => true) {
        if (!this.snapshot) await this.refresh();
        const nodes = (this.snapshot?.engines ?? []).flatMap(({ engine, groups }) =>
            groups
                .flatMap(group => group.containers)
                .map(container => ({ kind: 'container' as const, engine, container })),
        );
        const choices = nodes
            .filter(({ container }) => fits(container))
            .map(node => ({ label: node.container.name, description: node.container.status, node }));
        if (!choices.length) throw new Error('there is no such container');
        return (await vscode.window.showQuickPick(choices, { title: 'Testdock: Which Container?' }))?.node;
    }
}

const GROUP_ICONS: Record<string, string> = {
    interpreter: 'beaker',
    compose: 'layers',
    testcontainers: 'beaker',
    other: 'server-environment',
};

function below(engine: protocol.EngineItem): Node[] {
    const groups = engine.groups.map((group): Node => ({ kind: 'group', engine: engine.engine, group }));
    return engine.images.length ? [...groups, { kind: 'images', engine }] : groups;
}

function item(
    id: string,
    label: string,
    icon: string | vscode.ThemeIcon,
    more: Partial<vscode.TreeItem>,
    state = vscode.TreeItemCollapsibleState.None,
): vscode.TreeItem {
    const iconPath = typeof icon === 'string' ? new vscode.ThemeIcon(icon) : icon;
    return Object.assign(new vscode.TreeItem(label, state), { id, iconPath, ...more });
}

function containerItem({ engine, container }: ContainerNode): vscode.TreeItem {
    const { id, name, image, status, health, ports, actions } = container;
    const tooltip = new vscode.MarkdownString(`**${name}**`);
    const lines = { Image: image, Status: health ? `${status}, ${health}` : status, Ports: ports, Id: short(id) };
    for (const [key, value] of Object.entries(lines)) {
        if (value) tooltip.appendMarkdown(`\n\n${key}: `).appendText(value);
    }
    // The menus ask for what can be done.
    const contextValue = ['container', ...actions, ...(isRunning(container) ? ['exec'] : [])].join(' ');
    const description = health && health !== 'healthy' ? `${status}, ${health}` : status;
    return item(`${engine}/${id}`, titleOf(container), containerIcon(container), {
        description,
        contextValue,
        tooltip,
    });
}

/** What a container is to the project says more than the name that a tool gave it. */
function titleOf({ name, service, interpreter }: protocol.ContainerItem): string {
    return service ?? interpreter ?? name;
}

function containerIcon({ state, health }: protocol.ContainerItem): vscode.ThemeIcon {
    const icon = (name: string, color?: string) => new vscode.ThemeIcon(name, color && new vscode.ThemeColor(color));
    if (health === 'unhealthy') return icon('warning', 'charts.red');
    if (health === 'starting' || state === 'restarting') return icon('sync', 'charts.yellow');
    if (state === 'running') return icon('circle-filled', 'charts.green');
    if (state === 'paused') return icon('debug-pause', 'charts.yellow');
    if (state === 'dead') return icon('error', 'charts.red');
    return icon('circle-large-outline');
}

function isRunning({ state }: protocol.ContainerItem): boolean {
    return state === 'running';
}

function short(id: string): string {
    return id.replace(/^sha256:/, '').slice(0, 12);
}

async function confirm(question: string, detail: string): Promise<boolean> {
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Remove')) === 'Remove';
}
