import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { Task } from '../state/tasks.ts';
import { useDrawing } from './app-context.ts';

/** Code, message and what to do next. */
export function FailureLines({ failure }: { readonly failure: NonNullable<Task['failure']> }): ReactElement {
  const { theme } = useDrawing();
  return (
    <Box flexDirection="column">
      <Text {...theme.bad}>{`[${failure.code}] ${failure.message}`}</Text>
      {failure.next.map((step) => (
        <Text key={step}>{`  next: ${step}`}</Text>
      ))}
    </Box>
  );
}
