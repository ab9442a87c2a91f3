import { describe, expect, it } from 'vitest';
import { consoleScript } from '../../../src/core/measure/console-script.ts';
import { customTable } from '../../../src/core/measure/markers/custom-table.ts';
import { isAnchored, patternProblem } from '../../../src/core/measure/markers/safe-pattern.ts';
import { parseConfigText } from '../../../src/host/store/config-file.ts';
import { failure } from '../../support/failure.ts';

const table = (text: string) => customTable(parseConfigText(text, 'm.yaml'));
const script = (text: string) => consoleScript(parseConfigText(text, 's.yaml'));

describe('a marker table in a file [M-44]', () => {
  it('is read from YAML and JSON', () => {
    const expected = {
      name: 'own',
      title: 'm.yaml',
      markers: [{ name: 'a', pattern: '^A', flags: 'i' }],
      end: ['a'],
      failure: [],
    };
    expect(table('name: own\nmarkers:\n  - { name: a, pattern: ^A, flags: i }\nend: a\n')).toEqual(expected);
    expect(table(JSON.stringify({ ...expected, title: undefined }))).toEqual(expected);
  });

  it.each([
    [
      'markers:\n  - { name: a, pattern: A }\nend: a\n',
      'm.yaml:2:16: markers.0.pattern: says nothing about the beginning',
    ],
    [
      'markers:\n  - { name: a, pattern: "^(" }\nend: a\n',
      'm.yaml:2:16: markers.0.pattern: Invalid regular expression',
    ],
    ['markers:\n  - { name: a, pattern: ^(a+)+$ }\nend: a\n', 'repeats a group'],
    ['markers:\n  - { name: a, pattern: ^a }\nend: b\n', 'm.yaml:3:1: end: there is no marker b'],
    [
      'markers:\n  - { name: a, pattern: ^a }\n  - { name: a, pattern: ^b }\nend: a\n',
      'm.yaml:3:7: markers.1.name: there is',
    ],
    ['markers: []\nend: a\n', 'm.yaml:1:1: markers: '],
    ['marker: []\n', 'm.yaml:1:1: '],
    ['[]', 'm.yaml:1:1: '],
  ])('%j is refused with file, line and field', (text, message) => {
    const refused = failure(() => table(text));
    expect(refused).toMatchObject({ code: 'measure.markers-invalid', kind: 'config' });
    expect(refused.message).toContain(message);
  });
});

describe('patterns', () => {
  it.each(['^(a|a)*$', '^(a*)*', '^((ab)+c)*', '^(.*,){12}x', '^(\\w+\\s?)+$', '^(a)\\1'])(
    '%s may take for ever',
    (pattern) => expect(patternProblem(pattern)).toBeDefined(),
  );
  it.each([
    '^(?:ab)+$',
    '^[+*(|]+x',
    '^a.*b\\)+',
    '^(a|b) c',
    '^\\d{1,3}(?:\\.\\d{1,3}){3}$'.replace('{1,3}){3}', '){3}'),
  ])('%s may not', (pattern) => expect(patternProblem(pattern)).toBeUndefined());
  it('are anchored in each alternative', () => {
    expect(['^a|^b', '(?:^a|x)', '^(a|b)', '^a[|]b'].map(isAnchored)).toEqual([true, true, true, true]);
    expect(['a', '^a|b', '(a|^b)'].map(isAnchored)).toEqual([false, false, false]);
  });
});

describe('answers in a file [M-58]', () => {
  it('have five minutes each and press enter unless told otherwise', () => {
    expect(
      script(
        'steps:\n  - { expect: "login:", send: root }\n  - { name: menu, expect: Choose, send: "2", enter: false, timeout: 10s }\n',
      ),
    ).toEqual({
      steps: [
        { name: 'step 1', expect: 'login:', send: 'root', enter: true, timeoutMs: 300_000 },
        { name: 'menu', expect: 'Choose', send: '2', enter: false, timeoutMs: 10_000 },
      ],
    });
  });

  it.each([
    ['steps:\n  - { expect: "[", send: a }\n', 's.yaml:2:7: steps.0.expect: Invalid regular expression'],
    ['steps:\n  - { expect: a, timeout: soon }\n', 's.yaml:2:18: steps.0.timeout: a duration'],
    ['steps:\n  - { send: a }\n', 's.yaml:2:5: steps.0.expect'],
    ['steps:\n  - { expect: a, sent: b }\n', 'steps.0'],
  ])('%j is refused with file, line and field', (text, message) => {
    const refused = failure(() => script(text));
    expect(refused).toMatchObject({ code: 'measure.script-invalid' });
    expect(refused.message).toContain(message);
  });
});
