import { failurePayload, type Identity, toPayload } from '../../core/checker/payload.ts';
import { sequenceNumber, sequenceText } from '../../core/checker/sequence.ts';
import type { Sampler } from '../sampler/sampler.ts';

/** What the service says to those who ask, from what the sampler has last seen. */
export interface Answers {
  status(): Answer;
  results(lastSequence: string): Answer & { readonly sequence: string; readonly hasNewData: boolean };
  isServing(): boolean;
  /** Called after every sample; the answer ends it. */
  onChange(listener: () => void): () => void;
}

interface Answer {
  readonly available: boolean;
  /** JSON. */
  readonly body: Buffer;
  readonly responseTimeNs: number;
}

/** Usage is the difference of two rounds: the first alone is not yet an answer. */
const firstComplete = 2;

/** @param run names this run of the service; another one begins to count anew. */
export function createAnswers(sampler: Sampler, identity: Identity, run: string): Answers {
  const isServing = () => (sampler.latest()?.sequence ?? 0) >= firstComplete && !sampler.failures().has('cpu');

  function answer(from: number): Answer {
    const began = process.hrtime.bigint();
    const elapsed = () => Number(process.hrtime.bigint() - began);
    const latest = sampler.latest();
    if (latest === undefined || !isServing()) {
      const reasons = [...sampler.failures()].map(([name, reason]) => `failed to collect ${name}: ${reason}`);
      const body = failurePayload(reasons.length === 0 ? ['no sample has been taken yet'] : reasons, elapsed());
      return { available: false, body: Buffer.from(JSON.stringify(body)), responseTimeNs: body.response_time };
    }
    const { samples, lost } = sampler.since(from);
    const sequence = sequenceText(run, latest.sequence);
    const payload = toPayload({ identity, latest, sequence, samples, lost, responseTimeNs: elapsed() });
    return { available: true, body: Buffer.from(JSON.stringify(payload)), responseTimeNs: payload.response_time };
  }

  return {
    status: () => answer(sampler.latest()?.sequence ?? 0),
    results(lastSequence) {
      const last = sequenceNumber(lastSequence, run);
      const newest = sampler.latest()?.sequence ?? 0;
      return { ...answer(last), sequence: sequenceText(run, newest), hasNewData: newest > last };
    },
    isServing,
    onChange: (listener) => sampler.onSample(listener),
  };
}
