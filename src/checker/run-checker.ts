import type { CheckerConfig } from '../core/checker/config.ts';
import { checkerVersion } from './checker-version.ts';
import { createCollectors } from './collectors.ts';
import { createAnswers, firstComplete } from './export/answers.ts';
import { startExports } from './export/start-exports.ts';
import { readIdentity } from './host-identity.ts';
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
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await sampler.stop();
  await exports.close();
  log('stopped');
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
