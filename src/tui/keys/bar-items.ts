import type { UiCommand } from '../commands/ui-command.ts';
import type { Overlay } from '../overlays/overlay.ts';
import type { AppState } from '../state/app-state.ts';
import { keyLabel } from './key-label.ts';

export interface BarItem {
  readonly id: string;
  readonly key: string;
  readonly label: string;
}

/** Beside a list or a VM the overlays have keys of their own. */
const ofOverlay: Readonly<Record<Overlay['kind'], readonly BarItem[]>> = {
  help: [
    { id: 'scroll', key: 'down', label: 'scroll' },
    { id: 'close', key: 'esc', label: 'close' },
  ],
  palette: [
    { id: 'choose', key: 'enter', label: 'do it' },
    { id: 'move', key: 'down', label: 'next' },
    { id: 'close', key: 'esc', label: 'close' },
  ],
  tasks: [
    { id: 'move', key: 'down', label: 'next' },
    { id: 'cancel', key: 'x', label: 'cancel it' },
    { id: 'close', key: 'esc', label: 'close' },
  ],
  confirm: [
    { id: 'yes', key: 'y', label: 'yes' },
    { id: 'no', key: 'n', label: 'no' },
  ],
  prompt: [
    { id: 'enter', key: 'enter', label: 'go' },
    { id: 'close', key: 'esc', label: 'never mind' },
  ],
  choice: [
    { id: 'move', key: 'down', label: 'next' },
    { id: 'enter', key: 'enter', label: 'take it' },
    { id: 'close', key: 'esc', label: 'never mind' },
  ],
  create: [
    { id: 'enter', key: 'enter', label: 'create' },
    { id: 'field', key: 'tab', label: 'next field' },
    { id: 'choice', key: 'right', label: 'next choice' },
    { id: 'close', key: 'esc', label: 'never mind' },
  ],
};

const filterItems: readonly BarItem[] = [
  { id: 'keep', key: 'enter', label: 'keep the filter' },
  { id: 'drop', key: 'esc', label: 'show all again' },
];

/** Whole items only, so that no word is cut; the last of all (help, quit) keep their place. */
export function barItems(offered: readonly UiCommand[], { overlay, filtering, size }: AppState): readonly BarItem[] {
  if (overlay !== undefined) return ofOverlay[overlay.kind];
  if (filtering) return filterItems;
  const items = offered.flatMap(({ id, keys: [key], short }) =>
    key === undefined || short === undefined ? [] : [{ id, key, label: short }],
  );
  const kept = items.filter(({ id }) => id === 'help' || id === 'quit');
  const width = (item: BarItem): number => keyLabel(item.key).length + item.label.length + 3;
  let left = size.columns - kept.reduce((sum, item) => sum + width(item), 0);
  const shown = items
    .filter((item) => !kept.includes(item))
    .filter((item) => {
      left -= width(item);
      return left >= 0;
    });
  return [...shown, ...kept];
}
