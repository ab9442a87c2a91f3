import { Box, Text } from 'ink';
import type { ReactElement, ReactNode } from 'react';
import { useDrawing } from '../parts/app-context.ts';

/** Takes the place of the screen below the head; what is behind stays as it was. */
export function OverlayFrame({
  title,
  height,
  children,
}: {
  readonly title: string;
  readonly height: number;
  readonly children: ReactNode;
}): ReactElement {
  const { theme } = useDrawing();
  return (
    <Box flexDirection="column" height={height} paddingLeft={1}>
      <Text wrap="truncate" {...theme.title}>
        {title}
      </Text>
      <Text> </Text>
      {children}
    </Box>
  );
}
