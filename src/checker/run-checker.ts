import { randomBytes } from 'node:crypto';
import type { CheckerConfig } from '../core/checker/config.ts';
import { createCollectors } from './collectors.ts';
import { createAnswers } from './export/answers.ts';
import { serveGrpc } from './export/grpc-service.ts';
import { readIdentity } from './host-identity.ts';
import { createSampler, type Sampler } from './sampler/sampler.ts';
import { textSource } from './sources/text-source.ts';

/** Runs until the signal is aborted. @param log one line of text for the journal. */
export async function runChecker(
  config: CheckerConfig,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  const texts = textSource();
  const sampler = samplerOf(config);
  const answers = createAnswers(sampler, readIdentity(texts, config.agent_id), randomBytes(4).toString('hex'));
  const service = await serveGrpc(config, answers);
  log(`listening on ${config.listen_addr.host}:${service.port}, security ${config.security.mode}`);
  await sampler.start();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await sampler.stop();
  await service.close();
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
      if (sequence >= 2) resolve();
    });
  });
  await sampler.start();
  await complete;
  await sampler.stop();
  return answers.status().body.toString();
}
