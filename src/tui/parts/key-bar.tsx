import { Text } from 'ink';
import type { ReactElement } from 'react';
import { allUiCommands } from '../commands/all-ui-commands.ts';
import { isOffered } from '../commands/ui-command.ts';
import { barItems } from '../keys/bar-items.ts';
import { keyLabel } from '../keys/key-label.ts';
import { useDrawing } from './app-context.ts';

/** What can be done here, as many as there is room for; help is always among them. */
export function KeyBar(): ReactElement {
  const { state, theme } = useDrawing();
  const items = barItems(
    allUiCommands.filter((command) => isOffered(command, state)),
    state,
  );
  return (
    <Text wrap="truncate">
      {items.map((item, index) => (
        <Text key={item.id}>
          {index === 0 ? '' : '  '}
          <Text {...theme.accent}>{keyLabel(item.key)}</Text>
          <Text {...theme.quiet}>{` ${item.label}`}</Text>
        </Text>
      ))}
    </Text>
  );
}
