import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { screenNames } from '../state/app-state.ts';
import { useDrawing } from './app-context.ts';

const titles = { fleet: 'VMs', images: 'images', templates: 'templates', doctor: 'doctor' } as const;

/** From here on there is room for how many are ready. */
const roomyColumns = 80;

/** Where one is, and how many of what there is. */
export function Header(): ReactElement {
  const { state, glyphs, theme } = useDrawing();
  const vms = state.world.vms.value ?? [];
  const ready = vms.filter((vm) => vm.state === 'ready').length;
  const failed = vms.filter((vm) => vm.state === 'failed').length;
  const narrow = state.size.columns < roomyColumns;
  const current = state.screen === 'vm' ? 'fleet' : state.screen;
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">
        <Text {...theme.title}>sysmonvm</Text>
        {screenNames.map((name, index) => (
          <Text key={name}>
            {'  '}
            <Text {...theme.quiet}>{index + 1}</Text>
            <Text
              {...(name === current ? { ...theme.accent, ...theme.title } : theme.quiet)}
            >{` ${titles[name]}`}</Text>
          </Text>
        ))}
        <Text
          {...theme.quiet}
        >{`  ${glyphs.separator} ${vms.length === 1 ? '1 VM' : `${vms.length} VMs`}${narrow ? '' : `, ${ready} ready`}`}</Text>
        {failed === 0 ? null : <Text {...theme.bad}>{`, ${failed} failed`}</Text>}
      </Text>
      <Text {...theme.quiet}>{glyphs.rule.repeat(state.size.columns)}</Text>
    </Box>
  );
}
