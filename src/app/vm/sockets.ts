import type { RunningResources } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';

/** Socket paths stay short: macOS allows 104 bytes. */
export function rootOfSockets(deps: Pick<Dependencies, 'directories'>, id: string): string {
  return `${deps.directories.runtime}/${id}`;
}

export function socketsOf(socketDirectory: string): RunningResources['sockets'] {
  return {
    qmp: `${socketDirectory}/qmp`,
    console: `${socketDirectory}/console`,
    agent: `${socketDirectory}/agent`,
    renewal: `${socketDirectory}/renewal`,
  };
}
