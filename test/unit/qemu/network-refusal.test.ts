import { describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { explainNetworkFailure } from '../../../src/core/qemu/network.ts';
import { hostFacts, planFor } from '../../support/plan-fixtures.ts';

const helperFailed = 'qemu-system-x86_64: -netdev bridge,id=net1,br=br7: bridge helper failed';
const bridged = planFor({ network: 'bridged', bridge: 'br7' }, hostFacts('linux', 'x86_64'));
const died = (...qemuTail: string[]) => new SysmonvmError('host.qemu-failed', 'QEMU ended', { details: { qemuTail } });

describe("QEMU's words about a bridge become an explanation [R-37]", () => {
  // Collected from QEMU 7.2 on Debian 12.
  it.each([
    ['access denied by acl file', /no line "allow br7"/, /allow br7/],
    ["failed to parse default acl file `/etc/qemu/bridge.conf'", /no line "allow br7"/, /bridge\.conf/],
    ["failed to get mtu of bridge `br7': No such device", /no bridge named br7/, /ip link show type bridge/],
    ['failed to open /dev/net/tun: Permission denied', /lacks the privilege/, /setuid/],
    ['failed to create tun device: Operation not permitted', /lacks the privilege/, /setuid/],
    ['', /could not be run/, /qemu-bridge-helper/],
  ])('%s', (words, why, next) => {
    const error = explainNetworkFailure(bridged, died(words, helperFailed)) as SysmonvmError;
    expect(error.code).toBe('host.network-privilege');
    expect(error.kind).toBe('host');
    expect(error.message).toMatch(why);
    expect(error.next[0]).toMatch(next);
    expect(error.details).toMatchObject({ bridge: 'br7', qemuTail: [words, helperFailed] });
  });

  it('macOS', () => {
    const plan = planFor({ network: 'bridged' }, hostFacts('darwin', 'aarch64'));
    const words = 'cannot create vmnet interface: general failure (possibly not enough privileges)';
    expect(explainNetworkFailure(plan, died(words))).toMatchObject({ code: 'host.network-privilege' });
  });

  it('every other failure passes unchanged', () => {
    const other = died('qemu-system-x86_64: Could not set up host forwarding rule');
    expect(explainNetworkFailure(bridged, other)).toBe(other);
    const plain = new Error('bridge helper failed');
    expect(explainNetworkFailure(bridged, plain)).toBe(plain);
    const user = planFor({}, hostFacts('linux', 'x86_64'));
    const unrelated = died('access denied by acl file', helperFailed);
    expect(explainNetworkFailure(user, unrelated)).toBe(unrelated);
  });
});
