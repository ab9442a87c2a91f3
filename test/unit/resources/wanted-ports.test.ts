import { expect, it } from 'vitest';
import type { RestoreSource } from '../../../src/core/resources/ledger.ts';
import { wantedPorts } from '../../../src/core/resources/wanted-ports.ts';

const planned = [
  { guest: 22, strength: 'any', purpose: 'ssh' },
  { guest: 80, host: 8080, strength: 'fixed', purpose: 'user' },
] as const;
const own: RestoreSource = { kind: 'own', statePath: '/s', transport: 'exec' };

it('a VM that was suspended asks for the ports that it had, as strictly as its plan does [issue 4]', () => {
  const ports = [
    { guest: 22, host: 2223, purpose: 'ssh' },
    { guest: 80, host: 8080, purpose: 'user' },
    { guest: 443, host: 8443, purpose: 'user' },
  ] as const;
  expect(wantedPorts(planned, { restore: { ...own, ports }, addedPorts: [{ guest: 443, host: 8443 }] })).toEqual([
    { guest: 22, host: 2223, purpose: 'ssh', strength: 'preferred' },
    { guest: 80, host: 8080, purpose: 'user', strength: 'fixed' },
    { guest: 443, host: 8443, purpose: 'user', strength: 'preferred' },
  ]);
});

it('any other start asks for what is planned, and for what was added since with the same number if it is free', () => {
  expect(wantedPorts(planned, {})).toEqual(planned);
  expect(wantedPorts(planned, { restore: own })).toEqual(planned);
  const addedPorts = [
    { guest: 81, host: 8080 },
    { guest: 443, host: 8443 },
  ];
  expect(wantedPorts(planned, { addedPorts })).toEqual([
    ...planned,
    { guest: 443, host: 8443, purpose: 'user', strength: 'preferred' },
  ]);
});
