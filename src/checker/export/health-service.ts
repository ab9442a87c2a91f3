import { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js';
import type { Answers } from './answers.ts';

type Serving = 'SERVING' | 'NOT_SERVING';
interface HealthRequest {
  readonly service: string;
}

/** `grpc.health.v1.Health`. */
export interface HealthService {
  readonly handlers: {
    Check(call: ServerUnaryCall<HealthRequest, unknown>, done: sendUnaryData<unknown>): void;
    Watch(call: ServerWritableStream<HealthRequest, unknown>): void;
  };
  /** Tells those who watch that it is over; their streams would keep the server open. */
  close(): void;
}

/** @param known names of services; the empty one is the whole server. */
export function healthService(answers: Answers, known: ReadonlySet<string>): HealthService {
  const serving = (): Serving => (answers.isServing() ? 'SERVING' : 'NOT_SERVING');
  const watches = new Set<(last?: Serving) => void>();

  function watch(call: ServerWritableStream<HealthRequest, unknown>): void {
    let told: Serving | undefined;
    const tell = (now: Serving) => {
      if (now !== told) call.write({ status: now });
      told = now;
    };
    const isKnown = known.has(call.request.service);
    if (isKnown) tell(serving());
    else call.write({ status: 'SERVICE_UNKNOWN' });
    const stopListening = isKnown ? answers.onChange(() => tell(serving())) : () => {};
    const end = (last?: Serving) => {
      stopListening();
      watches.delete(end);
      if (last !== undefined && isKnown) tell(last);
      call.end();
    };
    watches.add(end);
    call.on('cancelled', () => end());
  }

  return {
    handlers: {
      Check(call, done) {
        if (known.has(call.request.service)) done(null, { status: serving() });
        else done({ code: status.NOT_FOUND, details: `no service ${call.request.service}` });
      },
      Watch: watch,
    },
    close() {
      for (const end of [...watches]) end('NOT_SERVING');
    },
  };
}
