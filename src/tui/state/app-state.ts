import type { ShownSample } from '../../core/checker-install/shown-sample.ts';
import type { DoctorReport } from '../../core/engine.ts';
import type { ImageFacts } from '../../core/image-operations.ts';
import type { VmEvent } from '../../core/vm/vm-events.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { PoolFacts, TemplateFacts } from '../../core/warm-operations.ts';
import type { Overlay } from '../overlays/overlay.ts';
import { type ListState, listState } from './list-state.ts';
import { type Loaded, notAsked } from './loaded.ts';
import type { Task } from './tasks.ts';
import type { UsageHistory } from './usage-history.ts';
import type { VmDetail } from './vm-detail.ts';

export const screenNames = ['fleet', 'images', 'templates', 'doctor'] as const;
/** `vm` is reached from the fleet, for one VM. */
export type ScreenName = (typeof screenNames)[number] | 'vm';

/** How many screens there are, one VM among them. */
export const screenCount = screenNames.length + 1;

export const vmTabs = ['boot', 'resources', 'events', 'console', 'logs', 'metrics', 'plan', 'failure'] as const;
export type VmTab = (typeof vmTabs)[number];

export type ListName = 'fleet' | 'images' | 'templates' | 'doctor';

/** What the engine told; nothing here is decided by the screens. */
export interface World {
  readonly vms: Loaded<readonly VmSnapshot[]>;
  /** By the id of the VM. */
  readonly usage: ReadonlyMap<string, UsageHistory>;
  readonly events: ReadonlyMap<string, readonly VmEvent[]>;
  /** What the checkers in the guests told last, by the id of the VM; only of those that can be asked. */
  readonly guests: ReadonlyMap<string, ShownSample>;
  readonly tasks: readonly Task[];
  readonly images: Loaded<readonly ImageFacts[]>;
  readonly templates: Loaded<readonly TemplateFacts[]>;
  readonly pools: Loaded<readonly PoolFacts[]>;
  readonly doctor: Loaded<DoctorReport>;
  /** Of the VM that is shown. */
  readonly detail?: VmDetail;
}

export interface AppState {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly screen: ScreenName;
  /** Id of the VM that the screen `vm` shows. */
  readonly vm?: string;
  readonly tab: VmTab;
  /** First line of the part of a VM that is shown; console and logs have windows of their own. */
  readonly top: number;
  readonly lists: Readonly<Record<ListName, ListState>>;
  /** The filter of the shown list is being typed. */
  readonly filtering: boolean;
  readonly overlay?: Overlay;
  /** One line above the keys, until the next key. */
  readonly notice?: { readonly text: string; readonly meaning: 'good' | 'bad' | 'quiet' };
  /** Moves what turns while work is under way. */
  readonly beat: number;
  readonly now: number;
  readonly world: World;
}

export function firstState(size: AppState['size'], now: number): AppState {
  return {
    size,
    screen: 'fleet',
    tab: 'boot',
    top: 0,
    lists: {
      fleet: listState('name'),
      images: listState('id'),
      templates: listState('name'),
      doctor: listState('order'),
    },
    filtering: false,
    beat: 0,
    now,
    world: {
      vms: { loading: true },
      usage: new Map(),
      guests: new Map(),
      events: new Map(),
      tasks: [],
      images: notAsked,
      templates: notAsked,
      pools: notAsked,
      doctor: notAsked,
    },
  };
}

export const withWorld = (state: AppState, change: Partial<World>): AppState => ({
  ...state,
  world: { ...state.world, ...change },
});

/** The list on the screen; the screen of one VM has none. */
export const shownList = ({ screen }: AppState): ListName | undefined => (screen === 'vm' ? undefined : screen);

export const vmOf = (state: AppState, id = state.vm): VmSnapshot | undefined =>
  state.world.vms.value?.find((vm) => vm.id === id);
