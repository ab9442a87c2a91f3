import { setTimeout } from 'node:timers/promises';
import type { CheckerConfig } from '../core/checker/config.ts';
import { checkerVersion } from './checker-version.ts';
import { createCollectors } from './collectors.ts';
import { createAnswers, firstComplete } from './export/answers.ts';
import { startExports } from './export/start-exports.ts';
import { machineId, readIdentity } from './host-identity.ts';
import { createSampler, type Sampler } from './sampler/sampler.ts';
import { textSource } from './sources/text-source.ts';

/** Runs until the signal is aborted. @param log one line of text for the journal. */
export async function runChecker(
  config: CheckerConfig,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  const sampler = samplerOf(config);
  const identity = readIdentity(textSource(), config.agent_id);
  const exports = await startExports({ config, sampler, identity, version: checkerVersion, log });
  await sampler.start();
  const why = await Promise.race([stopped(signal), anotherMachine(identity.hostId, config.slow_interval, signal)]);
  await sampler.stop();
  await exports.close();
  log(why);
}

const stopped = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    else signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });

/**
 * A machine that was forked in its sleep gets another machine-id. Samples, counters and the name it reports under are
 * those of the machine it came from: the service ends, and whoever keeps it running starts it as what it is now.
 */
async function anotherMachine(hostId: string, everyMs: number, signal: AbortSignal): Promise<string> {
  const texts = textSource();
  while (!signal.aborted) {
    await setTimeout(everyMs, undefined, { ref: false, signal }).catch(() => undefined);
    const now = machineId(texts) ?? hostId;
    if (now !== hostId) return `this machine was ${hostId} and is ${now} now: to be started anew`;
  }
  return 'stopped';
}

function samplerOf(config: CheckerConfig): Sampler {
  return createSampler(createCollectors(config, textSource()), {
    fastMs: config.sample_interval,
    slowMs: config.slow_interval,
    historyMs: config.history,
  });
}

/** Two rounds, so that what is a difference is known; the JSON that GetStatus would answer. */
export async function sampleOnce(config: CheckerConfig): Promise<string> {
  const sampler = samplerOf(config);
  const answers = createAnswers(sampler, readIdentity(textSource(), config.agent_id), 'once');
  const complete = new Promise<void>((resolve) => {
    sampler.onSample(({ sequence }) => {
      if (sequence >= firstComplete) resolve();
    });
  });
  await sampler.start();
  await complete;
  await sampler.stop();
  return answers.status().body.toString();
}
