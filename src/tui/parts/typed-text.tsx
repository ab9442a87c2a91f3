import { Text } from 'ink';
import type { ReactElement } from 'react';
import type { TextInput } from '../state/text-input.ts';
import { useDrawing } from './app-context.ts';

/** A line that is typed, with the place of the next character in inverse. */
export function TypedText({
  input,
  active = true,
}: {
  readonly input: TextInput;
  readonly active?: boolean;
}): ReactElement {
  const { theme } = useDrawing();
  const chars = [...input.text];
  if (!active) return <Text>{input.text}</Text>;
  return (
    <Text>
      {chars.slice(0, input.at).join('')}
      <Text {...theme.cursor}>{chars[input.at] ?? ' '}</Text>
      {chars.slice(input.at + 1).join('')}
    </Text>
  );
}
