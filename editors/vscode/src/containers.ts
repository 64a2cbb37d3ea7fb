// The containers and images of the engine, as a view beside the tests. It is live while it is looked at.

import * as vscode from 'vscode';
import type { Logs } from './logs';
import type { Pages } from './pages';
import * as protocol from './protocol';
import type { Server } from './server';

/** What stands in the view, and what its commands are about. */
interface Node {
    item: vscode.TreeItem;
    engine: string;
    children: Node[];
    container?: protocol.ContainerItem;
    image?: protocol.ImageItem;
}

type OfContainer = Node & { container: protocol.ContainerItem };
type OfImage = Node & { image: protocol.ImageItem };

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

export class Containers implements vscode.TreeDataProvider<Node>, vscode.Disposable {
    private seq = 0;
    private nodes: Node[] = [];
    private readonly changed = new vscode.EventEmitter<Node[] | undefined>();
    readonly onDidChangeTreeData = this.changed.event;
    private readonly view = vscode.window.createTreeView('testdock.containers', { treeDataProvider: this });
    private readonly parts: vscode.Disposable;

    constructor(
        private readonly server: Server,
        private readonly logs: Logs,
        private readonly pages: Pages,
    ) {
        server.on<protocol.ContainersSnapshot>(protocol.CONTAINERS_CHANGED, snapshot => this.learn(snapshot));
        this.parts = vscode.Disposable.from(
            this.view,
            this.changed,
            this.view.onDidChangeVisibility(() => this.watch()),
            server.onState(state => {
                this.seq = 0;
                this.learn({ seq: 0, engines: [] });
                if (state === 'running') this.watch();
            }),
        );
    }

    dispose(): void {
        this.parts.dispose();
    }

    private watch(): void {
        const params: protocol.WatchContainersParams = { watch: this.view.visible };
        this.server.notify(protocol.WATCH_CONTAINERS, params);
    }

    async refresh(): Promise<void> {
        this.learn(await this.server.request<protocol.ContainersSnapshot>(protocol.CONTAINERS));
    }

    private learn({ seq, engines }: protocol.ContainersSnapshot): void {
        if (seq < this.seq) return;
        this.seq = seq;
        const all = engines.map(engineNode);
        const changed: Node[] = [];
        const nodes = graft(this.nodes, all.length > 1 ? all : all.flatMap(node => node.children), changed);
        const isSame = areSame(nodes, this.nodes);
        this.nodes = nodes;
        this.view.message = engines.find(it => it.detail)?.detail;
        if (changed.length || !isSame) this.changed.fire(isSame ? changed : undefined);
    }

    getChildren(node?: Node): Node[] {
        return node ? node.children : this.nodes;
    }

    getTreeItem(node: Node): vscode.TreeItem {
        return node.item;
    }

    /** Starts, stops, restarts or removes a container. */
    async act(action: protocol.ContainerAction, node?: OfContainer): Promise<void> {
        const it = node ?? (await this.pick(action));
        if (!it) return;
        const { id, name } = it.container;
        if (action === 'remove' && !(await confirm(`Remove the container ${name}?`, 'What it wrote is lost.'))) return;
        const params: protocol.ContainerActionParams = { engine: it.engine, id, action };
        await vscode.window.withProgress({ location: { viewId: 'testdock.containers' } }, () =>
            this.server.request(protocol.CONTAINER_ACTION, params),
        );
    }

    /** A terminal in a container. */
    async exec(node?: OfContainer): Promise<void> {
        const it = node ?? (await this.pick('exec'));
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
    async showLogs(isSearch: boolean, node?: Node): Promise<void> {
        const it = node ?? (await this.pick());
        if (!it) return;
        const name = it.container ? titleOf(it.container) : String(it.item.label);
        const prompt = `Lines of ${name} that hold a regular expression`;
        const search = isSearch ? await vscode.window.showInputBox({ title: 'Search Logs', prompt }) : undefined;
        if (isSearch && !search) return;
        const ids = flat(it).flatMap(({ container }) => container?.id ?? []);
        this.logs.open(name, { engine: it.engine, ids, ...(search && { search }) });
    }

    async inspect(node?: OfContainer): Promise<void> {
        const it = node ?? (await this.pick());
        if (!it) return;
        const params: protocol.ObjectParams = { engine: it.engine, id: it.container.id };
        const { text } = await this.server.request<protocol.Inspected>(protocol.INSPECT_CONTAINER, params);
        await this.pages.show(`${it.container.name}.json`, text);
    }

    async copyId({ container, image }: Node): Promise<void> {
        await vscode.env.clipboard.writeText((container ?? image)?.id ?? '');
    }

    async removeImage({ engine, image }: OfImage): Promise<void> {
        const name = image.names[0] ?? short(image.id);
        if (!(await confirm(`Remove the image ${name}?`, 'The next run that needs it builds it again.'))) return;
        const params: protocol.ObjectParams = { engine, id: image.id };
        await this.server.request(protocol.REMOVE_IMAGE, params);
    }

    /** Asks for a container; for an action, among those that it is for. */
    private async pick(action = 'container'): Promise<OfContainer | undefined> {
        if (!this.nodes.length) await this.refresh();
        const choices = this.nodes
            .flatMap(flat)
            .filter((node): node is OfContainer => node.container !== undefined)
            .filter(({ item }) => item.contextValue?.split(' ').includes(action))
            .map(node => ({ label: node.container.name, description: node.container.status, node }));
        if (!choices.length) throw new Error('there is no such container');
        return (await vscode.window.showQuickPick(choices, { title: 'Testdock: Which Container?' }))?.node;
    }
}

/** What there is now, in the nodes of before where those are still there: an open menu stays about its node. */
function graft(before: Node[], after: Node[], changed: Node[]): Node[] {
    const known = new Map(before.map(node => [node.item.id, node]));
    return after.map(node => {
        const old = known.get(node.item.id);
        if (!old) return node;
        const children = graft(old.children, node.children, changed);
        const isSame = areSame(children, old.children) && JSON.stringify(old.item) === JSON.stringify(node.item);
        if (!isSame) changed.push(old);
        return Object.assign(old, node, { children });
    });
}

function areSame(some: Node[], others: Node[]): boolean {
    return some.length === others.length && some.every((node, at) => node === others[at]);
}

function engineNode({ engine, label, error, groups, images }: protocol.EngineItem): Node {
    const children = groups.map(group => groupNode(engine, group));
    if (images.length) {
        const item = entry('Images', 'layers', Collapsed, { description: `${images.length}`, id: `${engine}/images` });
        children.push({ item, engine, children: images.map(image => imageNode(engine, image)) });
    }
    const more = { id: `engine/${engine}`, tooltip: error?.message };
    return { item: entry(label, error ? 'warning' : 'server', Expanded, more), engine, children };
}

function groupNode(engine: string, { label, kind, containers }: protocol.GroupItem): Node {
    // What belongs to no open folder is there for those who look for it.
    const state = containers.some(it => it.folderUri) ? Expanded : Collapsed;
    const more = { id: `${engine}/${kind}/${label}`, description: `${containers.length}`, contextValue: 'group' };
    const item = entry(label, GROUP_ICONS[kind] ?? 'server', state, more);
    return { item, engine, children: containers.map(container => containerNode(engine, container)) };
}

function containerNode(engine: string, container: protocol.ContainerItem): Node {
    const { id, name, image, state, status, health, ports, actions } = container;
    const tooltip = new vscode.MarkdownString(`**${name}**`);
    const lines = { Image: image, Status: health ? `${status}, ${health}` : status, Ports: ports, Id: short(id) };
    for (const [key, value] of Object.entries(lines)) {
        if (value) tooltip.appendMarkdown(`\n\n${key}: `).appendText(value);
    }
    const item = entry(titleOf(container), containerIcon(container), None, {
        id: `${engine}/${id}`,
        description: health && health !== 'healthy' ? `${status}, ${health}` : status,
        // The menus ask for what can be done.
        contextValue: ['container', ...actions, ...(state === 'running' ? ['exec'] : [])].join(' '),
        tooltip,
    });
    return { item, engine, children: [], container };
}

function imageNode(engine: string, image: protocol.ImageItem): Node {
    const item = entry(image.names[0] ?? short(image.id), 'package', None, {
        id: `${engine}/${image.id}`,
        description: image.detail,
        contextValue: image.inUse ? 'image used' : 'image',
        tooltip: [...image.names, short(image.id)].join('\n'),
    });
    return { item, engine, children: [], image };
}

function entry(
    label: string,
    icon: string | vscode.ThemeIcon,
    state: vscode.TreeItemCollapsibleState,
    more: Partial<vscode.TreeItem>,
): vscode.TreeItem {
    const iconPath = typeof icon === 'string' ? new vscode.ThemeIcon(icon) : icon;
    return Object.assign(new vscode.TreeItem(label, state), { iconPath, ...more });
}

const GROUP_ICONS: Record<string, string> = {
    interpreter: 'beaker',
    compose: 'layers',
    testcontainers: 'beaker',
    other: 'server-environment',
};

/** How a container stands, by the health check's word or else the engine's; the first that fits. */
const STATE_ICONS: [string | undefined, string, string?][] = [
    ['unhealthy', 'warning', 'charts.red'],
    ['starting', 'sync', 'charts.yellow'],
    ['restarting', 'sync', 'charts.yellow'],
    ['running', 'circle-filled', 'charts.green'],
    ['paused', 'debug-pause', 'charts.yellow'],
    ['dead', 'error', 'charts.red'],
];

function containerIcon({ state, health }: protocol.ContainerItem): vscode.ThemeIcon {
    const [, icon, color] = STATE_ICONS.find(([word]) => word === health || word === state) ?? [];
    return new vscode.ThemeIcon(icon ?? 'circle-large-outline', color ? new vscode.ThemeColor(color) : undefined);
}

/** What a container is to the project says more than the name that a tool gave it. */
function titleOf({ name, service, interpreter }: protocol.ContainerItem): string {
    return service ?? interpreter ?? name;
}

function flat(node: Node): Node[] {
    return [node, ...node.children.flatMap(flat)];
}

function short(id: string): string {
    return id.replace(/^sha256:/, '').slice(0, 12);
}

async function confirm(question: string, detail: string): Promise<boolean> {
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Remove')) === 'Remove';
}
