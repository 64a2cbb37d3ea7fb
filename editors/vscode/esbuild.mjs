// Bundles the extension, or with `test` its unit tests, each into one file.
import { build } from 'esbuild';

const common = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
};

if (process.argv.includes('test')) {
    const { readdirSync } = await import('node:fs');
    const entryPoints = readdirSync('test').map(file => `test/${file}`);
    await build({ ...common, entryPoints, outdir: 'out/test', sourcemap: 'inline' });
} else {
    const extension = { ...common, minify: true, sourcemap: process.argv.includes('debug') ? 'inline' : false };
    // The language client is a file of its own, read once there is a server: the editor need not wait for it.
    await build({
        ...extension,
        entryPoints: ['src/extension.ts'],
        outfile: 'out/extension.js',
        external: ['vscode', './client'],
        supported: { 'dynamic-import': false },
    });
    await build({ ...extension, entryPoints: ['src/client.ts'], outfile: 'out/client.js' });
}
