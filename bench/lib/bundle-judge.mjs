import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = join(fileURLToPath(import.meta.url), '../../..');
const measure = join(root, 'src/core/measure');

/**
 * The judge as users get it, bundled, because Node 20 reads no types.
 * @returns {Promise<import('./gate-rates.mjs').Judge>}
 */
export async function bundleJudge() {
  const dir = join(root, 'node_modules/.cache/sysmonvm/judge');
  await build({
    input: {
      compare: join(measure, 'judging/compare-results.ts'),
      needed: join(measure, 'statistics/repetitions-needed.ts'),
      random: join(measure, 'statistics/seeded-random.ts'),
    },
    platform: 'node',
    output: { dir, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-chunk.mjs' },
    logLevel: 'warn',
  });
  const parts = await Promise.all(['compare', 'needed', 'random'].map((name) => import(join(dir, `${name}.mjs`))));
  return Object.assign({}, ...parts);
}
