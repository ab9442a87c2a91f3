import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { useDrawing } from './app-context.ts';
import type { StyledLine } from './styled-line.ts';

/** Lines as they are, each cut at the edge. */
export function StyledLines({ lines }: { readonly lines: readonly StyledLine[] }): ReactElement {
  const { theme } = useDrawing();
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <Text key={index} wrap="truncate">
          {line.length === 0 || line.every(({ text }) => text === '')
            ? ' '
            : line.map(({ text, meaning }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <Text key={at} {...(meaning === undefined ? {} : theme[meaning])}>
                  {text}
                </Text>
              ))}
        </Text>
      ))}
    </Box>
  );
}
