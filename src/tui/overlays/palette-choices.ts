import { allUiCommands } from '../commands/all-ui-commands.ts';
import { isOffered, type UiCommand } from '../commands/ui-command.ts';
import type { AppState } from '../state/app-state.ts';

/** Commands whose name has all the typed words, those that begin with them first. */
export function paletteChoices(state: AppState, query: string): readonly UiCommand[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = allUiCommands.filter(
    (command) =>
      command.keyOnly !== true && isOffered(command, state) && words.every((word) => textOf(command).includes(word)),
  );
  const begins = (command: UiCommand): boolean => words[0] !== undefined && textOf(command).startsWith(words[0]);
  return [...found.filter(begins), ...found.filter((command) => !begins(command))];
}

const textOf = ({ title, id }: UiCommand): string => `${title} ${id}`.toLowerCase();
