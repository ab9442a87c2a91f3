import { median } from './pairs.mjs';
import { seconds, target, targetAtLeast, times } from './report.mjs';

/**
 * @typedef {Awaited<ReturnType<typeof import('./warm-runs.mjs').timedRun>>} Run
 * @typedef {Awaited<ReturnType<typeof import('./warm-runs.mjs').timedFork>>} Fork
 * @typedef {Awaited<ReturnType<typeof import('./restored-by-hand.mjs').restoreByHand>>} ByHand
 * @typedef {{ nothing: number[], fork: Fork[], ssh: Run[], agent: Run[], poolSsh: Run[], poolAgent: Run[], handSsh: ByHand[], handAgent: ByHand[] }} WarmRuns
 * @typedef {Awaited<ReturnType<typeof import('./warm-cold.mjs').coldStarts>>} Cold
 */

const nothing = '-';

/** @param {readonly number[]} values */
function spread(values) {
  if (values.length === 0 || values.some(Number.isNaN)) return nothing;
  const range = values.length < 2 ? '' : ` (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
  return `${median(values).toFixed(2)}${range} s`;
}

/** Since QEMU's spawn. @param {Run} run */
const answer = ({ answered, spawned }) => (answered - spawned) / 1000;
/** Since the command was there: its start-up is that of a command which does nothing. @param {WarmRuns} runs @param {readonly Run[]} claims */
const claimed = ({ nothing: idle }, claims) =>
  claims.map(({ answered, asked }, at) => (answered - asked) / 1000 - idle[at]);
/** @param {Fork} fork */
const banner = ({ marks, spawned }) => ((marks['ssh-banner'] ?? Number.NaN) - spawned) / 1000;
/** @param {{ asked: number, answered: number }} run */
const whole = ({ asked, answered }) => (answered - asked) / 1000;

/** @param {WarmRuns} runs @param {Cold} cold @returns {string[][]} */
export function rowsOf(runs, cold) {
  const { fork, ssh, agent, poolSsh, poolAgent, handSsh, handAgent } = runs;
  const startUp = spread(runs.nothing);
  const warm = [
    ['fork', startUp, spread(fork.map(banner)), nothing, spread(fork.map(whole))],
    ['fork, first SSH command', startUp, nothing, spread(ssh.map(answer)), spread(ssh.map(whole))],
    ['fork, first command by agent', startUp, nothing, spread(agent.map(answer)), spread(agent.map(whole))],
    [
      'pool, SSH command (from the request)',
      startUp,
      nothing,
      spread(claimed(runs, poolSsh)),
      spread(poolSsh.map(whole)),
    ],
    [
      'pool, by agent (from the request)',
      startUp,
      nothing,
      spread(claimed(runs, poolAgent)),
      spread(poolAgent.map(whole)),
    ],
    [
      'bare QEMU restored by hand, SSH',
      nothing,
      spread(handSsh.map(({ banner: at }) => at ?? Number.NaN)),
      spread(handSsh.map(({ command }) => command)),
      nothing,
    ],
    ['bare QEMU restored by hand, agent', nothing, nothing, spread(handAgent.map(({ command }) => command)), nothing],
  ];
  const starts = Object.values(cold)
    .filter(({ runs: made }) => made.length > 0)
    .map(({ what, runs: made }) => [
      what,
      spread(made.map(({ startUp: before }) => before ?? Number.NaN)),
      spread(made.map(({ banner: at }) => at ?? Number.NaN)),
      spread(made.map(({ command }) => command)),
      nothing,
    ]);
  return [['', "command's start-up", 'SSH banner', 'command answered', 'whole command'], ...warm, ...starts];
}

/** @param {Cold} cold */
export function missingOf(cold) {
  return Object.values(cold)
    .filter(({ runs }) => runs.length === 0)
    .map(({ what, why }) => `${what}: ${why === undefined ? 'not asked for' : `not measured: ${why}`}`);
}

/** @param {WarmRuns} runs @returns {string[][]} */
export function stagesOf({ fork, ssh, agent, handSsh, handAgent }) {
  const mark = (
    /** @type {readonly { marks: Record<string, number>, spawned: number }[]} */ of,
    /** @type {string} */ name,
  ) => spread(of.map(({ marks, spawned }) => ((marks[name] ?? Number.NaN) - spawned) / 1000));
  const by = (/** @type {readonly ByHand[]} */ of, /** @type {'greeting' | 'running' | 'again'} */ name) =>
    spread(of.map((run) => run[name]));
  return [
    ['', 'QEMU answers', 'state loaded', 'identity renewed', 'SSH banner', 'command', 'the same command again'],
    ...[
      ['fork', fork],
      ['fork, SSH', ssh],
      ['fork, agent', agent],
    ].map(([what, of]) => {
      const all = /** @type {Run[]} */ (of);
      const marks = ['qmp-greeting', 'state-loaded', 'identity-renewed', 'ssh-banner'].map((name) => mark(all, name));
      return [String(what), ...marks, what === 'fork' ? nothing : spread(all.map(answer)), nothing];
    }),
    ...[
      ['by hand, SSH', handSsh],
      ['by hand, agent', handAgent],
    ].map(([what, of]) => {
      const all = /** @type {ByHand[]} */ (of);
      const banners = spread(all.map(({ banner: at }) => at ?? Number.NaN));
      const commands = spread(all.map(({ command }) => command));
      return [String(what), by(all, 'greeting'), by(all, 'running'), nothing, banners, commands, by(all, 'again')];
    }),
  ];
}

/**
 * @param {{ runs: WarmRuns, cold: Cold, share: readonly { all: number }[], row: { slowdown: number, forks: readonly number[] }, memory: { count: number, together: number, resident: number } }} measured
 */
export function judge({ runs, cold, share, row, memory }) {
  const [bySsh, byAgent] = [runs.ssh, runs.agent].map((of) => median(of.map(answer)));
  const verdicts = [
    target('fork to SSH banner', median(runs.fork.map(banner)), 0.5, seconds),
    target('fork to first SSH command', bySsh, 1.2, seconds),
    target('fork to first command by agent', byAgent, 0.6, seconds),
    ...(runs.poolAgent.length === 0
      ? []
      : [
          target('pool, command by agent', median(claimed(runs, runs.poolAgent)), 0.1, seconds),
          target('pool, SSH command', median(claimed(runs, runs.poolSsh)), 0.5, seconds),
        ]),
    target('our own share', median(share.map(({ all }) => all)), 0.25, seconds),
    target('forks in a row, last third against first', row.slowdown, 1.2, times),
    target(
      `memory of ${memory.count} idle forks against ${memory.count} x one`,
      memory.together / (memory.count * memory.resident),
      0.5,
      times,
    ),
  ];
  const against = (
    /** @type {import('./warm-cold.mjs').ColdStarts} */ starts,
    /** @type {string} */ what,
    /** @type {number} */ ours,
    /** @type {number} */ least,
  ) => {
    if (starts.runs.length === 0) return console.log(`target ${what}: not measured`);
    verdicts.push(targetAtLeast(what, median(starts.runs.map(({ command }) => command)) / ours, least, times));
  };
  against(cold.trimmed, 'own trimmed cold start against a fork by agent', byAgent, 15);
  against(cold.trimmed, 'own trimmed cold start against a fork by SSH', bySsh, 10);
  against(cold.untrimmed, 'untrimmed recipe against a fork by SSH', bySsh, 20);
  const [hand, handAgent] = [runs.handSsh, runs.handAgent].map((of) => median(of.map(({ command }) => command)));
  console.log(
    `\nBound by QEMU and the guest: restored by hand, the first SSH command takes ${seconds(hand)} (${Math.round((100 * hand) / bySsh)} % of ours), the first by agent ${seconds(handAgent)} (${Math.round((100 * handAgent) / byAgent)} %).`,
  );
  return verdicts.every(Boolean);
}
