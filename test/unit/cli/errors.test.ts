import { describe, expect, it } from 'vitest';
import { errorKinds } from '../../../src/core/errors/kinds.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { cli } from '../../support/run-cli.ts';

const failing = (error: unknown) => ({
  start: async () => {
    throw error;
  },
  exec: async () => {
    throw error;
  },
});
const bootFailure = new SysmonvmError('guest.boot-deadline', 'build was not ready after 10m.', {
  details: {
    stage: 'kernel',
    lastAnswer: 'ssh banner: connection reset',
    consoleTail: ['[ 3.1] Kernel \u001b[31mpanic\u001b[0m'],
    qemuTail: ['qemu: warning'],
  },
  next: ['sysmonvm vm-logs build', 'sysmonvm vm-start build --timeout 20m'],
});

describe('an error in words', () => {
  it('shows code, stage, last answer, console, QEMU and pasteable next steps [issue 2]', async () => {
    const { stderr, stdout, code } = await cli(['vm-start', 'build'], { engine: failing(bootFailure) });
    expect(code).toBe(7);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      [
        'error[guest.boot-deadline] build was not ready after 10m.',
        '  stage reached: kernel',
        '  last answer: ssh banner: connection reset',
        '  end of the console:',
        '    [ 3.1] Kernel panic',
        '  words of QEMU:',
        '    qemu: warning',
        '  next:',
        '    sysmonvm vm-logs build',
        '    sysmonvm vm-start build --timeout 20m',
        '',
      ].join('\n'),
    );
  });
  it('names file, line and field', async () => {
    const error = new SysmonvmError('config.invalid', 'not a number', {
      details: { file: '/w/config.yaml', line: 4, field: 'hardware.cpu_count' },
    });
    const { stderr } = await cli(['vm-start', 'build'], { engine: failing(error) });
    expect(stderr).toContain('  at /w/config.yaml:4, hardware.cpu_count\n');
  });
  it('is a bug with its stack and exit 70 when it is not one of ours', async () => {
    const { stderr, code } = await cli(['vm-start', 'build'], { engine: failing(new TypeError('x is undefined')) });
    expect(code).toBe(70);
    expect(stderr).toMatch(/^bug in sysmonvm.*\nTypeError: x is undefined\n {4}at /);
  });
});

describe('an error in JSON', () => {
  it('is one line on standard error with schema version, code, kind, details and next', async () => {
    const { stderr, stdout, code } = await cli(['vm-start', 'build', '--json'], { engine: failing(bootFailure) });
    expect([code, stdout]).toEqual([7, '']);
    const document = documentSchemas.error.parse(JSON.parse(stderr));
    expect(document.error).toMatchObject({ code: 'guest.boot-deadline', kind: 'deadline', next: bootFailure.next });
  });
  it('is a bug with kind bug otherwise', async () => {
    const { stderr } = await cli(['vm-start', 'build', '--json'], { engine: failing(new Error('no')) });
    expect(documentSchemas.error.parse(JSON.parse(stderr)).error.kind).toBe('bug');
  });
});

describe('exit codes', () => {
  const oneOfEachKind = [
    ['usage.invalid-argument', 2],
    ['config.invalid', 3],
    ['host.tool-missing', 4],
    ['image.unknown', 5],
    ['guest.panic', 6],
    ['guest.boot-deadline', 7],
    ['vm.not-found', 9],
    ['vm.interrupted', 130],
  ] as const;
  it.each(oneOfEachKind)('%s ends with %i', async (code, exitCode) => {
    expect(errorKinds[new SysmonvmError(code, '').kind].exitCode).toBe(exitCode);
    expect((await cli(['vm-start', 'b'], { engine: failing(new SysmonvmError(code, 'm')) })).code).toBe(exitCode);
  });
  it.each([['guest.command-deadline'], ['vm.not-found'], ['host.tool-missing']] as const)(
    'exec ends with 255 for %s, a time-out included',
    async (code) => {
      const result = await cli(['exec', 'b', '--json', '--', 'true'], {
        engine: failing(new SysmonvmError(code, 'm')),
      });
      expect(result.code).toBe(255);
      expect(JSON.parse(result.stderr).error.code).toBe(code);
    },
  );
  it('exec ends with 255 for a bug of ours too', async () => {
    expect((await cli(['exec', 'b', '--', 'true'], { engine: failing(new Error('no')) })).code).toBe(255);
  });
  it.each([[130], [143]])('a signal ends with %i, whatever failed because of it', async (exitCode) => {
    const controller = new AbortController();
    const engine = {
      start: async () => {
        controller.abort();
        throw new SysmonvmError('vm.interrupted', 'interrupted');
      },
    };
    const result = await cli(['vm-start', 'b'], {
      engine,
      signals: { controller, code: () => (controller.signal.aborted ? exitCode : undefined) },
    });
    expect(result.code).toBe(exitCode);
    expect(result.stderr).toBe('interrupted (SIGINT)\n');
  });
});

describe('colour', () => {
  const run = (env: Record<string, string>, argv: string[] = []) =>
    cli(['vm-start', 'b', ...argv], { engine: failing(bootFailure), tty: true, env: { TERM: 'xterm', ...env } });
  it('is used on a terminal', async () => {
    expect((await run({})).stderr).toContain('\u001b[31merror[guest.boot-deadline]');
  });
  it.each([
    [{ NO_COLOR: '1' }, []],
    [{ TERM: 'dumb' }, []],
    [{}, ['--no-color']],
  ] as const)('is not used with %j %j', async (env, argv) => {
    expect((await run(env, [...argv])).stderr).not.toContain('\u001b');
  });
});
