// Runs the scenarios, one after the other, and says how each step went.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { Bed } from './bed.mjs';

const patience = { LONG: 300_000 };
const words = process.argv.slice(2);
const smoke = words.includes('--smoke');
const only = words.find(word => !word.startsWith('--'));

const artefacts = process.env.TESTDOCK_E2E_ARTEFACTS;
rmSync(artefacts, { recursive: true, force: true });
mkdirSync(artefacts, { recursive: true });

const folder = new URL('./scenarios/', import.meta.url);
const scenarios = [];
for (const file of readdirSync(folder).sort()) {
    const { default: all } = await import(new URL(file, folder));
    scenarios.push(...all.map(scenario => ({ ...scenario, file: file.replace('.mjs', '') })));
}
const chosen = scenarios.filter(
    scenario => (!smoke || scenario.smoke) && (!only || `${scenario.file}: ${scenario.name}`.includes(only)),
);

let passed = 0;
let failed = 0;
const bed = await Bed.make(artefacts);
process.once('SIGINT', () => bed.end().then(() => process.exit(130)));
for (const scenario of chosen) {
    const prefix = `${scenario.file}: ${scenario.name}`;
    bed.begin(prefix);
    const step = async (title, perform) => {
        const began = performance.now();
        await perform();
        passed += 1;
        console.log(`ok      ${prefix}: ${title} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    };
    let timer;
    try {
        const late = new Promise((_, reject) => {
            timer = setTimeout(() => reject(new Error('the scenario takes too long')), patience.LONG);
        });
        await Promise.race([scenario.run(bed, step), late]);
    } catch (error) {
        failed += 1;
        console.log(`FAILED  ${prefix}: ${error.stack ?? error}`);
        await bed.shootAll(`failed-${prefix}`);
    } finally {
        clearTimeout(timer);
        await bed.clear();
    }
}
await bed.end();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
