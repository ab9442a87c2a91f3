import type { Deadline } from '../deadline.ts';

export interface CheckerAddress {
  /** As gRPC writes it: `127.0.0.1:50110`, `unix:/path`. */
  readonly target: string;
  /** PEM texts; without them the connection is plain. */
  readonly tls?: { readonly ca: string; readonly certificate: string; readonly key: string };
}

export interface CheckerClient {
  /** `SERVING`, `NOT_SERVING`, … as the health service says it. @throws checker.unreachable */
  health(deadline: Deadline): Promise<string>;
  /** The JSON in the answer of GetStatus. @throws checker.unreachable */
  status(deadline: Deadline): Promise<unknown>;
  close(): void;
}

export type OpenCheckerClient = (address: CheckerAddress) => CheckerClient;
