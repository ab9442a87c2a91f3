import type { Deadline } from '../deadline.ts';
import type { Renewal, RenewalAnswer } from '../template/renewal.ts';

/** The host's side of a guest's renewal port. Opened before the guest runs, so that it finds the line when it wakes. */
export interface RenewalChannel {
  send(renewal: Renewal): Promise<void>;
  /** @throws guest.renewal-failed when nothing (or no JSON) comes before the deadline */
  answer(id: string, deadline: Deadline): Promise<RenewalAnswer>;
  close(): void;
}

/** A port that the guest finds connected, whatever is said over it. */
interface HeldPort {
  write(line: string): void;
  close(): void;
}

export interface RenewalChannels {
  hold(socketPath: string, deadline: Deadline): Promise<HeldPort>;
  open(socketPath: string, deadline: Deadline): Promise<RenewalChannel>;
}
