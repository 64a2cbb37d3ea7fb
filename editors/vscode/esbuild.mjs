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
    await build({
        ...common,
        entryPoints: ['src/extension.ts'],
        outfile: 'out/extension.js',
        minify: true,
        sourcemap: process.argv.includes('debug') ? 'inline' : false,
    });
}
