import { describe, expect, it } from 'vitest';
import { bootOrder } from '../../../src/core/measure/boot/boot-order.ts';
import { scalingTable } from '../../../src/core/measure/boot/scaling-table.ts';

describe('the order of boots', () => {
  it('goes round all configurations, every other round backwards, warm-ups first [M-13]', () => {
    expect(bootOrder(3, 1, 2).map(({ configuration, warmup }) => `${configuration}${warmup ? 'w' : ''}`)).toEqual(
      '0w 1w 2w 2 1 0 0 1 2'.split(' '),
    );
    expect(bootOrder(1, 0, 2)).toHaveLength(2);
  });
});

describe('scaling over processors', () => {
  const series = (cpus: number, value: number, model = 'max') => ({
    workload: 'boot',
    metric: 'boot_total',
    unit: 'ms',
    parameters: { start: 'cold', cpus, 'cpu-model': model },
    values: [value],
  });
  const only = (values: readonly number[]) => values[0];
  it('has speed-up and efficiency against the fewest processors of the same kind [M-59]', () => {
    const rows = scalingTable([series(4, 400), series(1, 1000), series(2, 500), series(1, 2000, 'qemu64')], only);
    expect(
      rows.map(({ group, cpus, speedUp, efficiencyPercent }) => [group, cpus, speedUp, efficiencyPercent]),
    ).toEqual([
      ['cpu-model=max start=cold', 1, 1, 100],
      ['cpu-model=max start=cold', 2, 2, 100],
      ['cpu-model=max start=cold', 4, 2.5, 62.5],
      ['cpu-model=qemu64 start=cold', 1, 1, 100],
    ]);
  });
  it('says nothing where processors were not varied or nothing was measured', () => {
    expect(scalingTable([series(1, 1000), series(1, 900, 'qemu64')], only)).toEqual([]);
    expect(scalingTable([{ ...series(1, 1), values: [] }, series(2, 1)], only)).toEqual([]);
  });
});
