import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../../src/core/measure/comparison.ts';
import { comparisonSchema } from '../../../../src/core/measure/comparison-schema.ts';
import { githubAnnotations } from '../../../../src/core/measure/report/github-annotations.ts';
import { htmlReport } from '../../../../src/core/measure/report/html-report.ts';
import { junitReport } from '../../../../src/core/measure/report/junit-report.ts';
import { markdownReport } from '../../../../src/core/measure/report/markdown-report.ts';
import { headline, nextStep } from '../../../../src/core/measure/report/report-words.ts';
import { bootLanes, bootSeries, compared, comparison, wave } from '../../../support/comparisons.ts';
import { elements, parseXml } from '../../../support/strict-xml.ts';

/** What a name could do if it were not escaped: end an element, an attribute, a row, a command, a comment. */
const hostile = `<script>alert(1)</script>"'&|\`\n::error::]]>--><!-- %0A \u0000\u001b[31m\ud800 @octocat`;

const withHostileNames = (): Comparison =>
  comparison({
    series: [
      compared(hostile, 'regressed', wave(100, 9), wave(150, 9), {
        workload: hostile,
        parameters: { [hostile]: hostile },
        reason: hostile,
      }),
    ],
    missing: [{ workload: hostile, metric: hostile, parameters: {}, missingIn: 'current' }],
    notes: [hostile],
    reasons: [hostile],
    incomparable: [hostile],
  });

const lines = (text: string) => text.split('\n');

describe('markdown', () => {
  it('has a row a metric with baseline, current, delta, limit and verdict [H-42]', () => {
    const row = lines(markdownReport(comparison())).find((line) => line.startsWith('| `boot: total` | ✗ regressed'));
    expect(row).toContain('| +14.2 % | +12.7 % to +15.7 % | 5 % and 200 ms |');
    expect(row).toContain('| 13256 ms (n=20) | 15132 ms (n=20) | +1877 ms |');
  });

  it('counts failures and timeouts apart from values [H-26]', () => {
    expect(markdownReport(comparison())).toMatch(/\| current \| `pr-41-\S+` \|.*\| 20 \| 1 \| 2 \|/);
  });

  it('keeps names from becoming markup, mentions or cells', () => {
    const text = markdownReport(withHostileNames());
    const rows = lines(text).filter((line) => line.startsWith('| ') && line.includes('✗ regressed'));
    expect(rows).toHaveLength(1);
    const cells = rows[0]?.replaceAll('\\|', '').match(/\|/g) ?? [];
    expect(cells).toHaveLength(10);
    for (const sentence of lines(text).filter((line) => line.startsWith('- **Not')))
      expect(sentence).toMatch(/\\<script\\>.*@<!-- -->octocat/);
    for (const control of ['\u0000', '\u001b']) expect(text).not.toContain(control);
  });

  it('fits what GitHub takes and says how much is left out', () => {
    const series = Array.from({ length: 400 }, (_, index) =>
      compared(`metric-${index}`, index === 7 ? 'regressed' : 'unchanged', wave(100, 9), wave(101, 9)),
    );
    const text = markdownReport(comparison({ series }), 20_000);
    expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(20_000);
    const shown = lines(text).filter((line) => line.startsWith('| `boot: metric-')).length;
    expect(text).toContain(`… ${400 - shown} of 400 rows are left out`);
    expect(shown).toBeGreaterThan(50);
    expect(text).toContain('| `boot: metric-7` | ✗ regressed');
    expect(markdownReport(comparison({ series }))).not.toContain('left out');
  });
});

describe('a side that is one number', () => {
  it('has no hardware, no run and no interval to show, and says so everywhere [M-48]', () => {
    const one = compared('total', 'regressed', [65_000], [90_000]);
    const { deltaPercentLow: _l, deltaPercentHigh: _h, pValue: _p, effectSize: _e, ...single } = one;
    const side = { schemaVersion: 1 as const, runId: '--baseline-ms', source: '--baseline-ms 65000' };
    const document = comparison({ baseline: side, current: { ...side, source: 'boot_time.json' }, series: [single] });
    const read = comparisonSchema.parse(JSON.parse(JSON.stringify(document)));
    expect(read).toEqual(document);
    const text = markdownReport(read);
    expect(text).toContain(', boot_time.json\n\nCurrent ');
    expect(text).toContain('The tolerance alone decides.');
    expect(text).not.toContain('### Hardware');
    expect(elements(parseXml(junitReport(read)), 'testsuite')[0]?.getAttribute('timestamp')).toBeNull();
    expect(parseXml(htmlReport(read))).toBeDefined();
  });
});

describe('annotations', () => {
  it('are one line each: errors for what regressed, warnings for what is open, notices for what improved [H-41]', () => {
    const told = lines(githubAnnotations(comparison())).filter((line) => line !== '');
    expect(told.map((line) => line.slice(0, line.indexOf(' ')))).toEqual([
      ...['::error', '::error', '::warning', '::notice', '::warning'],
    ]);
  });

  it('escapes what would end a property or a line, and gives it back unescaped', () => {
    const told = lines(githubAnnotations(withHostileNames())).filter((line) => line !== '');
    expect(told.every((line) => /^::(error|warning|notice) title=[^:,]*::/.test(line))).toBe(true);
    const title = /title=([^:]*)::/.exec(told.find((line) => line.startsWith('::error title=<')) ?? '')?.[1];
    const plain = title?.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%0A', '\n').replaceAll('%25', '%');
    expect(plain).toContain(`"'&|\`\n::error::]]>--><!-- %0A `);
  });
});

describe('junit', () => {
  it('fails what regressed and skips what is open, and its counts are those of its cases', () => {
    const document = parseXml(junitReport(comparison()));
    const [all] = elements(document, 'testsuites');
    const number = (name: string) => Number(all?.getAttribute(name));
    expect([number('tests'), number('failures'), number('skipped'), number('errors')]).toEqual([7, 2, 2, 0]);
    expect(elements(document, 'testcase')).toHaveLength(7);
    expect(elements(document, 'failure').map((one) => one.getAttribute('message'))).toEqual([
      expect.stringContaining('regressed: '),
      'criterion not met: 15120 ms',
    ]);
    expect(elements(document, 'skipped')).toHaveLength(2);
  });

  it('is well-formed whatever the names are, and a parser reads the same names', () => {
    const document = parseXml(junitReport(withHostileNames()));
    const suites = elements(document, 'testsuite').map((one) => one.getAttribute('name'));
    expect(suites).toContain(
      hostile.replace('\u0000', '\u2400').replace('\u001b', '\u241b').replace('\ud800', '\ufffd'),
    );
  });
});

describe('the first line and the next step [H-42]', () => {
  it('names what decided, how far it moved and how surely', () => {
    expect(headline(comparison())).toMatch(
      /^✗ Regressed: boot: total \+14\.2 % \(95 % interval .*\), debian-12 on x86_64$/,
    );
    const unmet = comparison({ series: [] });
    expect(headline(unmet)).toContain('misses its criterion');
    expect(headline(comparison({ verdict: 'passed', series: [] }))).toBe('✓ Passed: debian-12 on x86_64');
  });

  it.each([
    [{}, 'sysmonvm bench history --workload boot --metric total'],
    [{ verdict: 'inconclusive' }, '--iterations 64'],
    [{ verdict: 'inconclusive', series: [] }, 'which results are missing'],
    [{ verdict: 'inconclusive', incomparable: ['another host'] }, 'measure the baseline on the machine'],
  ] as const)('%j: %s', (changes, words) => {
    expect(nextStep(comparison(changes))).toContain(words);
    expect(nextStep(comparison({ ...changes, verdict: 'passed' }))).toBeUndefined();
  });
});

describe('html', () => {
  const set = (middle: number) => [bootSeries(wave(middle, 20))];
  const full = htmlReport(comparison(), {
    baseline: set(13_245),
    current: set(15_120),
    boots: [{ title: 'One boot', lanes: bootLanes }],
  });

  it('is well-formed, loads nothing and runs nothing [H-45]', () => {
    const document = parseXml(full);
    expect(elements(document, 'script')).toEqual([]);
    expect(full).not.toMatch(/\b(src|href|srcset|on\w+)=|url\(|@import/);
    const policy = elements(document, 'meta').find((one) => one.getAttribute('http-equiv'));
    expect(policy?.getAttribute('content')).toMatch(/^default-src 'none'/);
  });

  it('has captions, scopes and described drawings', () => {
    const document = parseXml(full);
    expect(elements(document, 'caption')).toHaveLength(elements(document, 'table').length);
    expect(elements(document, 'th').every((one) => one.getAttribute('scope') !== null)).toBe(true);
    const ids = [...full.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = elements(document, 'svg').flatMap((one) => (one.getAttribute('aria-labelledby') ?? '').split(' '));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('draws every value where the sets are given, and the range where they are not', () => {
    const dots = (text: string) =>
      (/class="ch-dots ch-current" stroke-width="5" d="([^"]*)"/.exec(text)?.[1] ?? '').match(/M/g);
    expect(dots(full)).toHaveLength(20);
    expect(htmlReport(comparison())).toContain('class="ch-range ch-current"');
    expect(dots(htmlReport(comparison()))).toBeNull();
  });

  it('shows names as text, whatever they are', () => {
    const text = htmlReport(withHostileNames(), {
      boots: [{ title: hostile, lanes: [{ title: hostile, source: hostile, spans: [] }] }],
    });
    const document = parseXml(text);
    expect(elements(document, 'script')).toEqual([]);
    expect(elements(document, 'h3')[0]?.textContent).toContain('<script>alert(1)</script>');
  });

  it('says of a baseline of 0 that there is no percentage, also after a way through JSON', () => {
    const zero = compared('errors', 'inconclusive', [0, 0, 0], [1, 1, 1]);
    const read = comparisonSchema.parse(JSON.parse(JSON.stringify(comparison({ series: [zero] }))));
    expect(markdownReport(read)).toMatch(/inconclusive \| - \| - \|.*\| \+1 ms \|/);
    expect(htmlReport(read)).not.toContain('NaN');
  });
});
