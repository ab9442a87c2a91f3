import { failurePayload, type Identity, type Payload, toPayload } from '../../core/checker/payload.ts';
import { sequenceNumber, sequenceText } from '../../core/checker/sequence.ts';
import type { Sample } from '../../core/telemetry/reading.ts';
import type { Sampler } from '../sampler/sampler.ts';

/** What the service says to those who ask, from what the sampler has last seen. */
export interface Answers {
  status(): Answer;
  /**
   * What is new since a sequence. `page`: no more samples than fit into one message, `sequence` is that of the last one
   * in it, and the next question gets those after it.
   */
  results(lastSequence: string, extent: 'page' | 'all'): Results;
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

interface Results extends Answer {
  readonly sequence: string;
  readonly hasNewData: boolean;
}

export type AnswerSource = Pick<Sampler, 'latest' | 'since' | 'onSample' | 'failures'>;

/** Usage is the difference of two rounds: the first alone is not yet an answer. */
export const firstComplete = 2;
/** A message of gRPC holds 4 MiB unless both sides agree on more; samples get half of it. */
const pageBytes = 2 * 1024 * 1024;
/** Above what the JSON of one sample takes, and of one CPU in it. */
const jsonBytes = { sample: 64, cpu: 96 };

/** @param run names this run of the service; another one begins to count anew. */
export function createAnswers(sampler: AnswerSource, identity: Identity, run: string): Answers {
  const isServing = () => (sampler.latest()?.sequence ?? 0) >= firstComplete && !sampler.failures().has('cpu');

  function status(): Answer {
    const stopwatch = startStopwatch();
    const latest = servedLatest();
    if (latest === undefined) return failure(stopwatch);
    const sequence = sequenceText(run, latest.sequence);
    return success(toPayload({ identity, latest, sequence, samples: [], lost: 0 }), stopwatch);
  }

  /** Without an answer the sequence stays where it was, so that what is kept meanwhile comes with the next one. */
  function results(lastSequence: string, extent: 'page' | 'all'): Results {
    const stopwatch = startStopwatch();
    const latest = servedLatest();
    if (latest === undefined) return { ...failure(stopwatch), sequence: lastSequence, hasNewData: false };
    const last = sequenceNumber(lastSequence, run);
    const kept = sampler.since(last);
    const samples = extent === 'page' ? firstPage(kept.samples) : kept.samples;
    const sequence = sequenceText(run, samples.at(-1)?.sequence ?? latest.sequence);
    // Who asks for the first time has lost nothing.
    const lost = lastSequence === '' ? 0 : kept.lost;
    const answer = success(toPayload({ identity, latest, sequence, samples, lost }), stopwatch);
    return { ...answer, sequence, hasNewData: samples.length > 0 };
  }

  const servedLatest = () => (isServing() ? sampler.latest() : undefined);

  function failure(stopwatch: Stopwatch): Answer {
    const failed = [...sampler.failures()].map(([name, reason]) => `failed to collect ${name}: ${reason}`);
    const body = failurePayload(failed.length === 0 ? ['no sample is complete yet'] : failed, stopwatch());
    return { available: false, body: json(body), responseTimeNs: body.response_time };
  }

  return { status, results, isServing, onChange: (listener) => sampler.onSample(listener) };
}

function success(payload: Omit<Payload, 'available' | 'response_time'>, stopwatch: Stopwatch): Answer {
  const responseTimeNs = stopwatch();
  const body: Payload = { available: true, response_time: responseTimeNs, ...payload };
  return { available: true, body: json(body), responseTimeNs };
}

function firstPage(samples: readonly Sample[]): readonly Sample[] {
  const cpus = new Set(samples.at(-1)?.readings.map(({ attributes }) => attributes['cpu.logical_number']));
  return samples.slice(0, Math.max(1, Math.floor(pageBytes / (jsonBytes.sample + cpus.size * jsonBytes.cpu))));
}

type Stopwatch = () => number;

function startStopwatch(): Stopwatch {
  const began = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - began);
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
