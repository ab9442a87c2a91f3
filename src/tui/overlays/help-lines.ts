import { allUiCommands } from '../commands/all-ui-commands.ts';
import { commandGroups } from '../commands/ui-command.ts';
import { keyLabel } from '../keys/key-label.ts';
import type { StyledLine } from '../parts/styled-line.ts';
import { screenCount } from '../state/app-state.ts';

const keyWidth = 20;

/** Made from the same table that the keys are looked up in. */
export function helpLines(): readonly StyledLine[] {
  return Object.entries(commandGroups).flatMap(([group, title]) => [
    [{ text: title, meaning: 'title' as const }],
    ...merged(group).map(
      ({ keys, text, where }): StyledLine => [
        { text: `  ${keys.padEnd(keyWidth)}`, meaning: 'accent' },
        { text },
        { text: where, meaning: 'quiet' },
      ],
    ),
    [{ text: '' }],
  ]);
}

function merged(group: string) {
  return allUiCommands
    .filter((command) => command.group === group)
    .map(({ keys, title, screens }) => ({
      keys: keys.map(keyLabel).join(', '),
      text: title,
      where: screens === undefined || screens.length >= screenCount ? '' : `  (${places(screens)})`,
    }));
}

const places = (screens: readonly string[]): string =>
  screens.length === screenCount - 1 && !screens.includes('vm') ? 'lists' : screens.map(place).join(', ');

const place = (screen: string): string => ({ fleet: 'all VMs', vm: 'one VM' })[screen] ?? screen;
