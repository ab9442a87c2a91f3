import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/core/engine.ts';
import type { GuestCommand, GuestStreams, SshTarget } from '../../../src/core/ports/guest-shell.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { cli } from '../../support/run-cli.ts';

const target: SshTarget = {
  host: '127.0.0.1',
  port: 2222,
  user: 'sysmon',
  privateKeyPath: '/w/vms/vm-0001/id_ed25519',
  hostPublicKey: 'ssh-ed25519 AAAA',
  knownHostsPath: '/w/vms/vm-0001/known_hosts',
};

function guest(exitCode: number, signal?: string) {
  const seen: { command?: GuestCommand; options?: unknown } = {};
  const sizes: string[] = [];
  const exec: Engine['exec'] = async (_name, command, streams, options) => {
    Object.assign(seen, { command, options });
    streams.onStarted?.({ signal: async () => {}, resize: (columns, rows) => sizes.push(`${columns}x${rows}`) });
    await new Promise((resolve) => setImmediate(resolve));
    streams.stdout.write('out\n');
    streams.stderr.write('err\n');
    await new Promise((resolve) => setImmediate(resolve));
    return { exitCode, ...(signal === undefined ? {} : { signal }) };
  };
  return { exec, seen, sizes };
}

describe('exec', () => {
  it('passes streams and the exit code through', async () => {
    const { exec, seen } = guest(37);
    const result = await cli(['exec', 'b', '--', 'sh', '-c', 'exit 37'], { engine: { exec } });
    expect(result).toMatchObject({ code: 37, stdout: 'out\n', stderr: 'err\n' });
    expect(seen.command).toEqual({ command: ['sh', '-c', 'exit 37'] });
  });
  it('hands over variables, folder, user and deadline', async () => {
    const { exec, seen } = guest(0);
    const argv = [
      'exec',
      'b',
      '--env',
      'A=b=c',
      '-e',
      'CI',
      '-w',
      '/src',
      '-u',
      'root',
      '--timeout',
      '1m',
      '--',
      'make',
    ];
    await cli(argv, { engine: { exec }, env: { CI: 'true' } });
    expect(seen).toEqual({
      command: { command: ['make'], env: { A: 'b=c', CI: 'true' }, workdir: '/src', asUser: 'root' },
      options: { timeoutMs: 60_000 },
    });
  });
  it('collects the output in one document with --json', async () => {
    const { exec } = guest(137, 'KILL');
    const result = await cli(['exec', 'b', '--json', '--', 'x'], { engine: { exec } });
    expect(result.code).toBe(137);
    expect(documentSchemas.exec.parse(result.json())).toEqual({
      schemaVersion: 1,
      exitCode: 137,
      signal: 'KILL',
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
    });
  });
  it('--tty takes a terminal: raw mode while it lasts, never without one', async () => {
    const { exec, seen, sizes } = guest(0);
    const result = await cli(['exec', 'b', '-t', '--', 'vi'], {
      engine: { exec },
      tty: true,
      env: { TERM: 'xterm', CI: '1' },
    });
    expect(seen.command?.pty).toEqual({ columns: 100, rows: 30, term: 'xterm' });
    expect(result.rawModes).toEqual([true, false]);
    expect(sizes).toEqual(['100x30']);
    const refused = await cli(['exec', 'b', '-t', '--', 'vi'], { engine: { exec } });
    expect(refused).toMatchObject({ code: 255, stderr: expect.stringContaining('usage.terminal-needed') });
  });
  it.each([['1X=2'], ['NOT_THERE']])('refuses --env %s', async (pair) => {
    const { exec } = guest(0);
    expect(await cli(['exec', 'b', '--env', pair, '--', 'x'], { engine: { exec } })).toMatchObject({
      code: 255,
      stdout: '',
    });
  });
});

describe('ssh [R-43]', () => {
  it('runs the ssh of the host with the pinned key, never with the check switched off', async () => {
    const ran: (readonly string[])[] = [];
    const composition = {
      runAttached: async (tool: string, args: readonly string[]) => {
        ran.push([tool, ...args]);
        return { exitCode: 3 };
      },
    };
    const result = await cli(['ssh', 'b'], { engine: { sshTarget: async () => target }, composition });
    expect(result.code).toBe(3);
    expect(ran[0]?.slice(-2)).toEqual(['--', '127.0.0.1']);
    expect(ran[0]).toContain('StrictHostKeyChecking=yes');
    expect(ran[0]?.join(' ')).not.toContain('StrictHostKeyChecking=no');
  });
  it('with a command is exec', async () => {
    const { exec, seen } = guest(4);
    expect((await cli(['ssh', 'b', '--', 'true'], { engine: { exec } })).code).toBe(4);
    expect(seen.command).toEqual({ command: ['true'] });
  });
  it('with --json shows the arguments, and ssh-config a section', async () => {
    const engine = { sshTarget: async () => target };
    documentSchemas.exec.parse((await cli(['ssh', 'b', '--json'], { engine })).json());
    documentSchemas['ssh-config'].parse((await cli(['ssh-config', 'b', '--json'], { engine })).json());
    expect((await cli(['ssh-config', 'b'], { engine })).stdout).toMatch(/^Host b\n {2}HostName 127\.0\.0\.1\n/);
  });
});

describe('copy [R-125]', () => {
  it('knows both directions', async () => {
    const calls: unknown[] = [];
    const engine: Partial<Engine> = {
      upload: async (...args) => void calls.push(['up', ...args.slice(0, 3)]),
      download: async (...args) => void calls.push(['down', ...args.slice(0, 3)]),
    };
    const there = await cli(['copy', '/etc/hosts', 'b:/tmp/deep/hosts', '--json'], { engine });
    documentSchemas.copy.parse(there.json());
    await cli(['cp', 'b:/var/log', '/tmp/logs'], { engine });
    await cli(['vm-copy', '/odd/na:me', ':x'], { engine, env: { SYSMONVM_NAME: 'mine' } });
    expect(calls).toEqual([
      ['up', 'b', '/etc/hosts', '/tmp/deep/hosts'],
      ['down', 'b', '/var/log', '/tmp/logs'],
      ['up', 'mine', '/odd/na:me', 'x'],
    ]);
  });
});

describe('run', () => {
  it('makes a VM of its own name, syncs in and out, ends with the guest’s code', async () => {
    const requests: Parameters<Engine['run']>[0][] = [];
    const engine: Partial<Engine> = {
      run: async (request) => {
        requests.push(request);
        return { exitCode: 9 };
      },
    };
    const argv = [
      'run',
      '--rm',
      '--image',
      'tiny',
      '--sync',
      '/a:b:/src',
      '--out',
      '/src/dist:/o',
      '--',
      'make',
      '--out',
      'x',
    ];
    const result = await cli(argv, { engine });
    expect(result.code).toBe(9);
    expect(requests[0]).toMatchObject({
      command: { command: ['make', '--out', 'x'] },
      sync: [{ local: '/a:b', remote: '/src' }],
      out: [{ remote: '/src/dist', local: '/o' }],
      config: { image: { value: 'tiny' } },
    });
    expect(requests[0]?.config.name.value).toMatch(/^run-[0-9a-z]{8}$/);
    expect((await cli(['run', '--sync', 'nothing', '--', 'x'], { engine })).code).toBe(255);
  });
});

describe('vm-console [R-45]', () => {
  const engine = { consoleSocket: async () => '/run/console.sock' };
  /** The socket end that the guest holds. */
  function serial() {
    const toGuest: string[] = [];
    const socket = new PassThrough();
    const fromGuest = socket.push.bind(socket);
    socket.write = ((bytes: Buffer) => {
      toGuest.push(bytes.toString());
      return true;
    }) as typeof socket.write;
    return { socket, toGuest, fromGuest };
  }
  it('needs a terminal', async () => {
    expect(await cli(['vm-console', 'b'], { engine })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('vm-logs b --source console --follow'),
    });
    expect((await cli(['vm-console', 'b', '--json'], { engine, tty: true })).code).toBe(2);
  });
  it('passes keys through, Ctrl-C too, and leaves on Ctrl-] with the terminal given back', async () => {
    const { socket, toGuest, fromGuest } = serial();
    fromGuest('login: ');
    const composition = { openSocket: async () => socket };
    const result = await cli(['vm-console', 'b'], {
      engine,
      composition,
      tty: true,
      input: 'root\n\u0003\u001dlost',
      env: { CI: '1' },
    });
    expect(result.code).toBe(0);
    expect(toGuest.join('')).toBe('root\n\u0003');
    expect(result.stdout).toBe('login: ');
    expect(result.stderr).toContain('Leave with Ctrl-]');
    expect(result.rawModes).toEqual([true, false]);
    expect(socket.destroyed).toBe(true);
  });
  it('gives the terminal back when the guest goes away or the socket breaks', async () => {
    for (const [end, code] of [
      [undefined, 0],
      [new Error('broken'), 70],
    ] as const) {
      const { socket } = serial();
      setTimeout(() => socket.destroy(end), 20);
      const result = await cli(['vm-console', 'b'], {
        engine,
        composition: { openSocket: async () => socket },
        tty: true,
        env: { CI: '1' },
      });
      expect([result.code, result.rawModes]).toEqual([code, [true, false]]);
    }
  });
});

describe('output of the guest', () => {
  it('waits for a reader that is slow', async () => {
    const lines = 2000;
    const exec: Engine['exec'] = async (_name, _command, streams: GuestStreams) => {
      for (let i = 0; i < lines; i += 1) {
        if (!streams.stdout.write(`${'x'.repeat(99)}\n`))
          await new Promise((resolve) => streams.stdout.once('drain', resolve));
      }
      await new Promise((resolve) => streams.stdout.end(resolve as () => void));
      return { exitCode: 0 };
    };
    const { stdout } = await cli(['exec', 'b', '--', 'yes'], { engine: { exec } });
    expect(stdout.length).toBe(lines * 100);
  });
});

describe('vm-install', () => {
  const asked = async (...argv: readonly string[]) => {
    const calls: unknown[] = [];
    const install = async (...args: readonly unknown[]) => {
      calls.push(args[1]);
      return { vm: 'b', action: 'installed', installed: true };
    };
    const engine = { checker: { install } } as unknown as Engine;
    return { ...(await cli(['vm-install', 'b', ...argv], { engine })), calls };
  };

  it('hands over how the checker is reached and what it is told [R-129] [R-71]', async () => {
    expect((await asked()).calls).toEqual([{ security: 'mtls', skipService: false }]);
    expect((await asked('--security', 'none')).calls).toEqual([{ security: 'none', skipService: false }]);
    const { calls } = await asked('--security', 'none', '--insecure', '--config', '/x/checker.json', '--timeout', '5m');
    expect(calls).toEqual([
      { security: 'insecure', skipService: false, config: '/x/checker.json', timeoutMs: 300_000 },
    ]);
  });
  it('refuses what does not go together, before anything is done', async () => {
    const { code, stderr, calls } = await asked('--insecure');
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toContain('--insecure goes with --security none');
    expect((await asked('--status', '--config', 'x')).stderr).toContain('--status goes with nothing else');
  });
});
