import { fail } from '../errors/sysmonvm-error.ts';
import type { Family } from './family.ts';
import { type BootstrapStep, bootstrapSteps, type Profile, profiles, type StepInput } from './steps.ts';

export interface StepChoice {
  readonly profile: Profile;
  readonly upgrade: boolean;
  /** These alone, whatever the profile has. */
  readonly only: readonly string[];
  readonly inputs: readonly StepInput[];
}

/** @throws usage.invalid-argument for a step that does not exist, or whose input was not given */
export function selectSteps(choice: StepChoice, family?: Family): readonly BootstrapStep[] {
  for (const name of choice.only) requirePossible(name, choice);
  const wanted = ({ name, profile, input }: BootstrapStep): boolean => {
    if (choice.only.length > 0) return choice.only.includes(name);
    if (name === 'upgrade' && !choice.upgrade) return false;
    if (input !== undefined) return choice.inputs.includes(input);
    return profiles.indexOf(profile) <= profiles.indexOf(choice.profile);
  };
  return bootstrapSteps.filter((step) => (family === undefined || step.families.includes(family)) && wanted(step));
}

function requirePossible(name: string, { upgrade, inputs }: StepChoice): void {
  const step = bootstrapSteps.find((known) => known.name === name);
  if (!step) {
    const names = bootstrapSteps.map((known) => known.name).join(', ');
    fail('usage.invalid-argument', `--only is "${name}"; the steps are ${names}.`, {
      next: ['sysmonvm vm-bootstrap --list'],
    });
  }
  if (step.input !== undefined && !inputs.includes(step.input))
    fail('usage.invalid-argument', `--only ${name} needs --${step.input} too.`);
  if (name === 'upgrade' && !upgrade) fail('usage.invalid-argument', '--only upgrade contradicts --no-upgrade.');
}
