import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { holdNoise } from '../../../src/host/process/hold-noise.ts';

function noisyProcess() {
  const said: string[] = [];
  const stderr = {
    write: ((text: string) => {
      said.push(text);
      return true;
    }) as NodeJS.WriteStream['write'],
  };
  const target = Object.assign(new EventEmitter(), { stderr });
  target.on('warning', (warning: Error) => said.push(`node says ${warning.message}`));
  return { target, said };
}

describe('noise', () => {
  it('is held while the screen is drawn on, and told afterwards', async () => {
    const { target, said } = noisyProcess();
    const letOut = holdNoise(target);
    target.stderr.write('one\n');
    await new Promise<void>((resolve) => target.stderr.write(Buffer.from('two\n'), () => resolve()));
    target.emit('warning', Object.assign(new Error('eleven listeners'), { name: 'Leak' }));
    expect(said).toEqual([]);
    letOut();
    expect(said).toEqual(['one\ntwo\nLeak: eleven listeners\n']);
    target.emit('warning', new Error('later'));
    target.stderr.write('as ever');
    expect(said.slice(1)).toEqual(['node says later', 'as ever']);
  });

  it('is held to a bound, the newest part', () => {
    const { target, said } = noisyProcess();
    const letOut = holdNoise(target);
    for (let line = 0; line < 20_000; line += 1) target.stderr.write(`line ${line}\n`);
    letOut();
    expect(said.join('').length).toBeLessThanOrEqual(64 * 1024);
    expect(said.join('')).toContain('line 19999\n');
  });

  it('that did not come leaves nothing', () => {
    const { target, said } = noisyProcess();
    holdNoise(target)();
    expect(said).toEqual([]);
  });
});
