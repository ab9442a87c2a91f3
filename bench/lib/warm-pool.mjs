import { timedRun } from './warm-runs.mjs';

const size = 1;
const patienceMs = 120_000;

/**
 * A pool of one. Before each claim it is waited for until it is full, so that no refill runs beside what is measured.
 * @param {import('./sandbox.mjs').Sandbox} sandbox @param {string} template
 */
export async function makePool(sandbox, template) {
  sandbox.run(['pool', 'create', template, '--size', String(size)]);
  const full = async () => {
    for (const end = Date.now() + patienceMs; Date.now() < end; ) {
      /** @type {{ template: string, members: readonly { state: string }[] }[]} */
      const pools = sandbox.json(['pool', 'list']).pools;
      const ready = pools.find((pool) => pool.template === template)?.members.filter(({ state }) => state === 'ready');
      if (ready && ready.length >= size) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`the pool was not full after ${patienceMs / 1000} s`);
  };
  return {
    /** @param {string} name @param {string} via */
    async timedRun(name, via) {
      await full();
      const run = await timedRun(sandbox, name, ['--pool', template, '--via', via]);
      await full();
      return run;
    },
    destroy: async () => sandbox.run(['pool', 'destroy', template, '--yes']),
  };
}
