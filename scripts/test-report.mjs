/** Numbers of a test run, and the one line that ends it. A thing that went wrong is never a smaller number of tests. */

import { stripVTControlCharacters } from 'node:util';

/**
 * From vitest's JSON report and exit code. A file that could not be loaded has no tests and counts as one failure, as
 * does a run that failed for a reason which is in no test (an unhandled error, a crash before the report).
 */
export function countTests(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const linesOfAFailure = 30;

/** What failed and why, as text for the end of a run, where a reader of a long log looks first. `root` is cut away. */
export function failures(report, root) {
  if (report === undefined) return ['there is no report: the test runner itself ended before its time'];
  return report.testResults.flatMap(({ name, message, status, assertionResults }) => {
    const file = name.replace(`${root}/`, '');
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [failureText(file, message)] : [];
    return failed.map(({ fullName, failureMessages }) =>
      failureText(`${file} > ${fullName}`, failureMessages.join('\n')),
    );
  });
}

function failureText(title, message) {
  const lines = stripVTControlCharacters(message).trimEnd().split('\n');
  const shown = lines.slice(0, linesOfAFailure);
  const left = lines.length - shown.length;
  return [title, ...shown, ...(left > 0 ? [`… ${left} more lines above`] : [])].join('\n    ');
}

export function sumCounts(counts) {
  const sum = (field) => counts.reduce((total, count) => total + count[field], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

export const summaryLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;

export const seconds = (ms) =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
