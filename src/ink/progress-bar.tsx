import { Text } from 'ink';
import type { ReactElement } from 'react';
import { formatBytes } from '../core/units/size.ts';
import { paceText, type Transfer, transferRate } from '../core/view/progress-state.ts';
import { shade } from './shade.ts';

export interface TransferBarProps {
  readonly transfer: Transfer;
  readonly now: number;
  readonly columns: number;
  readonly color: boolean;
}

/** A transfer; without a known total there is no bar, only the amount. */
export function TransferBar({ transfer, now, columns, color }: TransferBarProps): ReactElement {
  const speed = paceText(transferRate(transfer, now), transfer.secondsLeft);
  if (transfer.total === undefined || transfer.total === 0) {
    return <Text wrap="truncate">{`${transfer.what} ${formatBytes(transfer.done)}${speed}`}</Text>;
  }
  const share = Math.min(1, transfer.done / transfer.total);
  const filled = Math.round(share * columns);
  return (
    <Text wrap="truncate">
      {`${transfer.what} `}
      <Text {...shade(color, { color: 'cyan' })}>{'█'.repeat(filled)}</Text>
      <Text {...shade(color, { dimColor: true })}>{'░'.repeat(columns - filled)}</Text>
      {` ${Math.floor(share * 100)} % of ${formatBytes(transfer.total)}${speed}`}
    </Text>
  );
}
