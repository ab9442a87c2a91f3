import { describe, expect, it } from 'vitest';
import { blocksOf, difference } from '../../support/documented-blocks.ts';

const fence = '```';

describe('the blocks of a page', () => {
  it('are commands, sessions with their output, or have a reason', () => {
    const page = [
      `${fence}sh`,
      'a  # comment',
      '# only a comment',
      'b && c',
      fence,
      '',
      'Text.',
      '',
      `${fence}console`,
      '$ d',
      'printed',
      '$ e',
      fence,
      '',
      'Not run by the tests: needs a Mac.',
      '',
      `${fence}yaml`,
      'x: 1',
      fence,
      'x',
    ].join('\n');
    expect(blocksOf(page)).toEqual([
      {
        line: 1,
        language: 'sh',
        commands: [
          { line: 2, command: 'a  # comment' },
          { line: 4, command: 'b && c' },
        ],
      },
      {
        line: 9,
        language: 'console',
        commands: [
          { line: 10, command: '$ d'.slice(2), output: ['printed'] },
          { line: 12, command: 'e', output: [] },
        ],
      },
      { line: 17, language: 'yaml', commands: [], reason: 'needs a Mac.' },
    ]);
  });

  it('must end, and a session begins with a command', () => {
    expect(() => blocksOf(`${fence}sh\na`)).toThrow('line 1');
    expect(() => blocksOf(`${fence}console\nprinted\n${fence}`)).toThrow('line 2');
  });
});

describe('shown and printed', () => {
  it.each([
    [['ready after 6.4s'], 'ready after 950ms\n'],
    [['ready after 6.4s'], 'ready after 1m 4s\n'],
    [['43.6 MiB on the disk'], '1 GiB on the disk\n'],
    [['A     B'], 'A B\n'],
    [['port 127.0.0.1:2222 is taken'], 'port 127.0.0.1:41000 is taken\n'],
    [['127.0.0.1:2222 to guest port 22'], '127.0.0.1:41000 to guest port 22\n'],
    [['a@127.0.0.1 port 2222'], 'a@127.0.0.1 port 2231\n'],
    [['port 2222, x86_64, tcg'], 'port 41000, aarch64, kvm\n'],
    [['first', '…', 'last'], 'first\nlast\n'],
    [['first', '…', 'last'], 'first\n2\n3\nlast\n'],
    [['directory …/vms'], 'directory /a/b/vms\n'],
    [[], '\n'],
  ])('%j may be %j', (shown, printed) => expect(difference(shown, printed)).toBeUndefined());

  it.each([
    [['4 vCPU, 256 MiB'], '4 vCPU, 512 MiB\n'],
    [['ready after 6.4s'], 'ready\n'],
    [['first', '…', 'last'], 'first\nlast\nmore\n'],
    [['one'], 'one\ntwo\n'],
    [['one', 'two'], 'one\n'],
    [['a.b'], 'axb\n'],
    [[], 'something\n'],
  ])('%j is not %j', (shown, printed) => expect(difference(shown, printed)).toContain('printed'));
});
