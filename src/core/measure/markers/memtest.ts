import type { MarkerTable } from './marker-table.ts';

/** Memtest86+ (version 6) with `console=ttyS0,115200`: it draws one screen and updates fields of it. */
export const memtestMarkers: MarkerTable = {
  name: 'memtest',
  title: 'Memtest86+ on a serial console',
  markers: [
    { name: 'firmware', pattern: '^SeaBIOS \\(version ' },
    { name: 'screen', pattern: '^\\s*Memtest86\\+ v\\d' },
    { name: 'status_line', pattern: '^CPU: \\d+ Cores' },
    { name: 'first_test', pattern: '^ ?#\\d+ +\\[' },
    { name: 'pattern_written', pattern: '^(?:Pattern|ern): 0x[0-9a-f]{8}' },
  ],
  end: ['first_test'],
  failure: [],
};
