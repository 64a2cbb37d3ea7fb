// Which program is the server, and whether it is one that this extension understands.

import { access, constants, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/** The oldest server that this extension speaks to. */
export const MINIMUM = '0.1.0';

const NAME = process.platform === 'win32' ? 'testdock.exe' : 'testdock';

export interface Found {
    path: string;
    /** Where it was found, in words. */
    source: string;
}

/** The first program there is: as the setting says, else in the extension's own folder, else on the PATH. */
export async function find(
    setting: string | undefined,
    extension: string,
    path = process.env.PATH ?? '',
): Promise<Found | undefined> {
    // A setting that leads nowhere is a mistake to be told, not a reason to take another server.
    if (setting) return { path: expand(setting), source: 'testdock.server.path' };
    const bundled = join(extension, 'server', NAME);
    if (await runs(bundled)) return { path: bundled, source: 'bundled' };
    for (const folder of path.split(delimiter).filter(isAbsolute)) {
        if (await runs(join(folder, NAME))) return { path: join(folder, NAME), source: 'PATH' };
    }
    return undefined;
}

function expand(path: string): string {
    return path.replace(/^~(?=[/\\]|$)/, homedir());
}

async function runs(path: string): Promise<boolean> {
    try {
        await access(path, constants.X_OK);
        return (await stat(path)).isFile();
    } catch {
        return false;
    }
}

/** The version that `testdock --version` printed, or a complaint. */
export function versionIn(output: string): string {
    const version = /^testdock (\d+\.\d+\.\d+)/.exec(output)?.[1];
    return version ?? `it answers ${JSON.stringify(output.trim().slice(0, 80))}`;
}

/** Whether a version is this extension's minimum or later. */
export function worksWith(version: string): boolean {
    return /^\d/.test(version) && version.localeCompare(MINIMUM, 'en', { numeric: true }) >= 0;
}
