import { describe, expect, it } from 'vitest';
import { memoryOfPs, memoryOfSmaps, memoryOfStatus } from '../../../src/core/facts/process-memory-text.ts';

const smaps = `55d0c0a00000-7ffd5c3f2000 ---p 00000000 00:00 0                          [rollup]
Rss:              102400 kB
Pss:               30000 kB
Shared_Clean:      90112 kB
Private_Clean:      4096 kB
Private_Dirty:      8192 kB
`;

describe('what a process holds in memory', () => {
  it('is resident and private on Linux', () => {
    expect(memoryOfSmaps(smaps)).toEqual({ residentBytes: 100 * 1024 ** 2, privateBytes: 12 * 1024 ** 2 });
  });
  it('what is not told is absent, not 0', () => {
    expect(memoryOfSmaps('Rss: 4 kB\nPrivate_Clean: 4 kB\n')).toEqual({ residentBytes: 4096 });
    expect(memoryOfStatus('Name:\tqemu\nVmRSS:\t   8 kB\n')).toEqual({ residentBytes: 8192 });
    expect(memoryOfPs('  12345\n')).toEqual({ residentBytes: 12345 * 1024 });
    expect([memoryOfSmaps(''), memoryOfStatus('Name:\tkthreadd\n'), memoryOfPs(''), memoryOfPs('?')]).toEqual(
      Array(4).fill(undefined),
    );
  });
});
