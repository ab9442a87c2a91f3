#!/usr/bin/env node
/** How often is the gate right, at the number of boots that it asks for itself? */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { madeBoots, recordedBoots } from './lib/boot-samples.mjs';
import { bundleJudge } from './lib/bundle-judge.mjs';
import { gateRates } from './lib/gate-rates.mjs';
import { table } from './lib/report.mjs';
import { count, runBench } from './lib/run-bench.mjs';

const recorded = join(fileURLToPath(import.meta.url), '../../test/fixtures/measure/recorded-boots.json');
const about = `how often the gate is right

usage: node bench/gate-rates.mjs [--trials N] [--seed N] [--boots FILE] [--made]
  --trials  of each kind (default 100)
  --seed    default 1
  --boots   result set whose boots are drawn from (default: the recorded ones)
  --made    draw from made samples instead: lognormal, spread of 2, 5 and 8 %
targets: A against A passes in at least 99 of 100 trials; boots that are 10 % slower are found in at least 95,
at the number of boots a side that the gate asks for, which is at most 40`;

await runBench({
  about,
  options: {
    trials: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    boots: { type: 'string' },
    made: { type: 'boolean', default: false },
  },
  measure: async (_sandbox, values) => {
    const trials = count(values['trials'], 'trials');
    const seed = count(values['seed'], 'seed', 0);
    const judge = await bundleJudge();
    const rows = samples(values, judge.seededRandom(seed, 'made')).map(({ name, boots }) => ({
      name,
      ...gateRates(judge, boots, { trials, seed }),
    }));
    const head = ['boots', 'asked for, a side', 'A/A passed', 'A/A regressed', 'A/A open', '10 % slower found', 'open'];
    const share = (/** @type {number} */ number) => `${((number / trials) * 100).toFixed(1)} %`;
    const cells = rows.map(({ name, size, same, slower }) => [
      name,
      String(size),
      ...[same.passed, same.regressed, same.inconclusive, slower.regressed, slower.inconclusive].map(share),
    ]);
    console.log(`${table([head, ...cells])}\n`);
    const met = rows.every(
      ({ size, same, slower }) => size <= 40 && same.passed >= 0.99 * trials && slower.regressed >= 0.95 * trials,
    );
    console.log(`targets at least 99 %, at least 95 %, at most 40 boots a side: ${met ? 'met' : 'missed'}`);
    return met;
  },
});

/** @param {Record<string, string | boolean | undefined>} values @param {(bound: number) => number} random */
function samples(values, random) {
  const given = typeof values['boots'] === 'string' ? values['boots'] : undefined;
  if (values['made'] !== true && (given !== undefined || existsSync(recorded))) {
    const file = given ?? recorded;
    return [{ name: given ?? 'recorded', boots: recordedBoots(file) }];
  }
  if (values['made'] !== true) console.log(`no ${recorded}: made samples instead\n`);
  return [0.02, 0.05, 0.08].map((spread) => ({
    name: `made, lognormal, ${spread * 100} %`,
    boots: madeBoots(random, 40, spread),
  }));
}
