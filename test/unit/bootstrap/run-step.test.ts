import { describe, expect, it } from 'vitest';
import { lineSink } from '../../../src/app/bootstrap/line-sink.ts';
import { runStep } from '../../../src/app/bootstrap/run-step.ts';
import { deadlineFailure, stepFailure } from '../../../src/app/bootstrap/step-failure.ts';
import { readBootstrapRecord } from '../../../src/core/bootstrap/record.ts';
import { scriptEnd } from '../../../src/core/bootstrap/script-end.ts';
import type { BootstrapStep } from '../../../src/core/bootstrap/steps.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';

const step: BootstrapStep = {
  name: 'it',
  title: 'do it',
  families: ['debian'],
  profile: 'minimal',
  minutes: 5,
  check: 'c',
  apply: 'a',
  verify: 'v',
};

async function ran(...codes: readonly number[]) {
  const parts: string[] = [];
  const end = await runStep(step, async (part, script) => {
    parts.push(`${part} ${script}`);
    const exitCode = codes[parts.length - 1] ?? -1;
    return scriptEnd({ exitCode }, `said ${exitCode}`, [`line of ${part}`]);
  });
  return { parts, end };
}

describe('a step', () => {
  it('that is so already is not applied', async () => {
    expect(await ran(0)).toEqual({ parts: ['check c'], end: { outcome: 'unchanged', detail: 'said 0' } });
  });

  it('is done when it was not so, was applied, and is so afterwards', async () => {
    const { parts, end } = await ran(10, 0, 0);
    expect(parts).toEqual(['check c', 'apply a', 'verify v']);
    expect(end).toEqual({ outcome: 'done', detail: 'said 0' });
  });

  it.each([[[77]], [[10, 77]], [[10, 0, 77]]])(
    'with exit codes %j is not applicable, with the reason',
    async (codes) => {
      expect((await ran(...codes)).end).toEqual({ outcome: 'not-applicable', detail: 'said 77' });
    },
  );

  it.each([
    [[1], 'check: exit code 1'],
    [[10, 100], 'apply: exit code 100'],
    // An apply script that says "not yet" did not do its work.
    [[10, 10], 'apply: exit code 10'],
    [[10, 0, 2], 'verify: exit code 2'],
    [[10, 0, 10], 'verify: afterwards it was still not so: said 10'],
  ])('with exit codes %j has failed: %s', async (codes, detail) => {
    const { end } = await ran(...codes);
    expect(end).toMatchObject({ outcome: 'failed', detail });
    const error = stepFailure('a b', step, end);
    expect(error.code).toBe('bootstrap.step-failed');
    expect(error.message).toContain(`step it (do it) failed in VM a b: ${detail}\n  line of `);
    expect(error.next).toContain("sysmonvm vm-bootstrap 'a b' --only it");
  });

  it('that was ended by a signal has failed, whatever its exit code', async () => {
    expect(scriptEnd({ exitCode: 0, signal: 'KILL' }, '', []).verdict).toBe('failed');
  });

  it('that took too long has failed; what else is thrown is no end of a step', () => {
    const end = deadlineFailure(new SysmonvmError('guest.command-deadline', 'late'), step);
    expect(stepFailure('vm', step, end).code).toBe('bootstrap.step-deadline');
    const lost = new SysmonvmError('ssh.connection-lost', 'gone');
    expect(() => deadlineFailure(lost, step)).toThrow(lost);
  });
});

describe('lines of a stream', () => {
  it('are put together from pieces, also within a character; of a line written over its end is kept', () => {
    const lines: string[] = [];
    const { stream, finish } = lineSink((line) => lines.push(line));
    const bytes = new TextEncoder().encode('one\r\ntwö\n10%\r100%\rall\nlast');
    for (const byte of bytes) stream.write(new Uint8Array([byte]));
    expect(lines).toEqual(['one', 'twö', 'all']);
    finish();
    expect(lines).toEqual(['one', 'twö', 'all', 'last']);
  });
});

describe('the record of a VM', () => {
  const record = {
    schemaVersion: 1,
    family: 'debian',
    system: 'Debian',
    profile: 'minimal',
    steps: { it: { outcome: 'done', detail: '', at: 1, durationMs: 2 } },
  };

  it('is read back; one of another version, or none, is as if there were none', () => {
    expect(readBootstrapRecord(JSON.stringify(record))).toEqual(record);
    expect(readBootstrapRecord(JSON.stringify({ ...record, schemaVersion: 2 }))).toBeUndefined();
    expect(readBootstrapRecord('{')).toBeUndefined();
  });
});
