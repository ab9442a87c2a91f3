/** One line of events.jsonl. `type` is snake_case; `timestamp` epoch milliseconds. */
export interface VmEvent {
  readonly type: string;
  readonly timestamp: number;
  /** Grows by one with each event of this VM. */
  readonly generation: number;
  readonly vm: string;
  readonly vmId: string;
  /** One start of the VM; the same in every event and log line of that run. */
  readonly runId?: string;
  /** One command of a user. */
  readonly requestId: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
