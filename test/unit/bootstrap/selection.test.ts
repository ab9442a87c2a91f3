import { describe, expect, it } from 'vitest';
import { type StepChoice, selectSteps } from '../../../src/core/bootstrap/select-steps.ts';
import { bootstrapSteps } from '../../../src/core/bootstrap/steps.ts';
import { failure } from '../../support/failure.ts';

const choice: StepChoice = { profile: 'standard', upgrade: true, only: [], inputs: [] };
const names = (change: Partial<StepChoice> = {}) => selectSteps({ ...choice, ...change }, 'el').map(({ name }) => name);

const minimal = ['clock', 'cpufreq', 'governor', 'perf-access', 'ssh', 'otlp'];
const standard = ['upgrade', 'tools', 'perf-tools', ...minimal];

describe('the steps of a bootstrap', () => {
  it('are chosen by the profile; each holds the one before it [R-48] [R-49] [R-51] [R-55] [R-56]', () => {
    expect(names({ profile: 'minimal' })).toEqual(minimal);
    expect(names()).toEqual(standard);
    expect(names({ profile: 'containers' })).toEqual([...standard, 'containers']);
  });

  it('the upgrade can be left out [R-48]', () => {
    expect(names({ upgrade: false })).toEqual(standard.slice(1));
  });

  it('proxy and authority come first, and only when they were given', () => {
    expect(names({ profile: 'minimal', inputs: ['ca', 'proxy'] })).toEqual(['proxy', 'ca', ...minimal]);
  });

  it('can be named one by one, whatever the profile has, and run in their own order', () => {
    expect(names({ profile: 'minimal', only: ['containers', 'tools'] })).toEqual(['tools', 'containers']);
  });

  it.each([
    [{ only: ['nothing'] }, /the steps are proxy, ca, upgrade/],
    [{ only: ['proxy'] }, /needs --proxy too/],
    [{ only: ['upgrade'], upgrade: false }, /contradicts --no-upgrade/],
  ])('%j is refused', (change, message) => {
    const error = failure(() => names(change));
    expect([error.code, error.message]).toEqual(['usage.invalid-argument', expect.stringMatching(message)]);
  });

  it('have names of their own, and both families have each of them', () => {
    expect(new Set(bootstrapSteps.map(({ name }) => name)).size).toBe(bootstrapSteps.length);
    for (const { families } of bootstrapSteps) expect([...families].sort()).toEqual(['debian', 'el']);
  });
});
