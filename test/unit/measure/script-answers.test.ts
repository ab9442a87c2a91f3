import { describe, expect, it } from 'vitest';
import type { ConsoleScript } from '../../../src/core/measure/console-script.ts';
import { quietMs } from '../../../src/core/measure/marker-watch.ts';
import { createScriptAnswers } from '../../../src/core/measure/script-answers.ts';

const step = (name: string, expect_: string, send?: string) => ({
  name,
  expect: expect_,
  ...(send === undefined ? {} : { send }),
  enter: true,
  timeoutMs: 1000,
});
const script: ConsoleScript = {
  steps: [step('login', 'login: ?$', 'root'), step('shell', '^# ?$', 'setup'), step('wait', 'Done')],
};

describe('answers', () => {
  it('are typed one after the other, a prompt when it stands, an echo never twice', () => {
    const answers = createScriptAnswers(script);
    expect(answers.feed([], 'login: ', 10)).toBeUndefined();
    expect(answers.settle(20)).toBeUndefined();
    expect(answers.settle(10 + quietMs)).toBe('root\r');
    expect(answers.feed(['login: root'], '# ', 200)).toBeUndefined();
    expect(answers.settle(200 + quietMs)).toBe('setup\r');
    expect(answers.feed(['# setup', 'Done'], '# ', 300)).toBe('');
    expect(answers.waiting).toBeUndefined();
    expect(answers.answered).toEqual([
      { name: 'login', atMs: 10 },
      { name: 'shell', atMs: 200 },
      { name: 'wait', atMs: 300 },
    ]);
  });

  it('keep what came behind a question for the next one', () => {
    const answers = createScriptAnswers({ steps: [step('a', 'A\\?', '1'), step('b', 'B\\?', '2')] });
    expect(answers.feed(['A?', 'B?'], '', 10)).toBe('1\r');
    expect(answers.settle(10 + quietMs)).toBe('2\r');
  });

  it('name the step that waits too long, counted from the answer before', () => {
    const answers = createScriptAnswers(script);
    expect(answers.overdue(1000)).toBeUndefined();
    expect(answers.overdue(1001)?.name).toBe('login');
    answers.feed([], 'login: ', 900);
    answers.settle(990);
    expect(answers.overdue(1899)).toBeUndefined();
    expect(answers.overdue(1901)?.name).toBe('shell');
  });
});
