import type { AppState } from './state/app-state.ts';
import type { Store } from './state/store.ts';
import type { Tasks } from './state/tasks.ts';
import type { VmDetail } from './state/vm-detail.ts';
import type { Glyphs } from './terminal/glyphs.ts';
import type { Theme } from './terminal/theme.ts';
import type { TuiHost } from './tui-host.ts';

/** What everything in the UI reaches: one object for one session. */
export interface App {
  readonly host: TuiHost;
  readonly store: Store<AppState>;
  readonly tasks: Tasks;
  readonly feeds: Feeds;
  readonly glyphs: Glyphs;
  readonly theme: Theme;
  /** Ends the session; keys that came with this one mean nothing any more. */
  readonly quit: () => void;
  readonly isEnding: () => boolean;
  /** Takes the screens off while a program has the terminal, and puts them back as they were. */
  readonly withTerminal: (title: string, work: () => Promise<string>) => Promise<void>;
  /** Ctrl-Z. */
  readonly suspend: () => void;
}

/** What fetches from the engine into the store. */
interface Feeds {
  /** Looks at all VMs again, at once. */
  readonly refreshFleet: () => void;
  /** A key was pressed. */
  readonly attend: () => void;
  readonly refresh: (what: 'images' | 'templates' | 'doctor') => void;
  /** Follows console, logs, plan, snapshots and metrics of this VM; undefined: of none. */
  readonly follow: (vmId: string | undefined) => void;
  /** Asks the guest's checker again. */
  readonly refreshMetrics: () => void;
  readonly refreshSnapshots: () => void;
  /** Which log the part `logs` shows. */
  readonly showLog: (source: VmDetail['logSource']) => void;
}
