import type { App } from '../app.ts';
import type { AppState, ScreenName } from '../state/app-state.ts';

export const commandGroups = {
  move: 'Moving',
  vm: 'Virtual machines',
  view: 'This screen',
  app: 'Everywhere',
} as const;

/** One thing that can be done. Keys, key bar, palette and help are all made from these. */
export interface UiCommand {
  readonly id: string;
  /** As the palette and the help name it. */
  readonly title: string;
  /** One word for the key bar; without one it is not shown there. */
  readonly short?: string;
  readonly group: keyof typeof commandGroups;
  readonly keys: readonly string[];
  /** undefined: on every screen. */
  readonly screens?: readonly ScreenName[];
  /** Not in the palette: it makes no sense without its key. */
  readonly keyOnly?: true;
  /** Whether it makes sense now; the engine has the last word. */
  readonly when?: (state: AppState) => boolean;
  readonly run: (app: App) => void;
}

export const isOffered = (command: UiCommand, state: AppState): boolean =>
  (command.screens?.includes(state.screen) ?? true) && (command.when?.(state) ?? true);
