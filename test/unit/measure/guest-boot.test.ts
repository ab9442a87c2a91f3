import { describe, expect, it } from 'vitest';
import { bootLanes } from '../../../src/core/measure/boot/boot-lanes.ts';
import { parseGuestBoot } from '../../../src/core/measure/boot/guest-boot.ts';
import { bootLanesText } from '../../../src/core/view/boot-lanes-text.ts';
import { bootMarks, bootStart } from '../../support/snapshots.ts';

/** As Debian 12 prints it. */
const answer = `== uptime 11.50
== manager
FirmwareTimestampMonotonic=0
LoaderTimestampMonotonic=0
InitRDTimestampMonotonic=0
UserspaceTimestampMonotonic=2500000
FinishTimestampMonotonic=9000000
== units
Id=sysinit.target
InactiveExitTimestampMonotonic=5000000
ActiveEnterTimestampMonotonic=5000000

Id=cloud-init.service
InactiveExitTimestampMonotonic=5100000
ActiveEnterTimestampMonotonic=7300000

Id=sshd.service
InactiveExitTimestampMonotonic=0
ActiveEnterTimestampMonotonic=0

Id=graphical.target
InactiveExitTimestampMonotonic=8900000
ActiveEnterTimestampMonotonic=0
== clock 1700000011.700000000
== clock-uptime 11.70
== cloud-init
{"v1": {"datasource": "DataSourceNoCloud", "init-local": {"errors": [], "finished": 1700000004.0, "start": 1700000003.0},
 "init": {"errors": [], "finished": 1700000007.25, "start": 1700000005.5}, "stage": null,
 "modules-config": {"finished": null, "start": 1700000008.0}}}
== uptime 11.80
`;

describe('what a guest tells of its boot', () => {
  const told = parseGuestBoot(answer, bootStart + 12_000, bootStart + 12_340);
  it('places the zero of its clock between the two readings, and says how surely', () => {
    // before − 11.50 s = +500, after − 11.80 s = +540
    expect(told).toMatchObject({ zeroAt: bootStart + 520, zeroErrorMs: 30 });
  });
  it('takes the moments of systemd in its own clock; what did not happen is absent, not 0 [E.2-11]', () => {
    expect(told?.systemd).toEqual({
      userspaceMs: 2500,
      finishMs: 9000,
      units: [
        { name: 'sysinit.target', startMs: 5000, endMs: 5000 },
        { name: 'cloud-init.service', startMs: 5100, endMs: 7300 },
        { name: 'graphical.target', startMs: 8900 },
      ],
    });
  });
  it('takes the stages of cloud-init over to that clock', () => {
    const stages = told?.cloudInit?.map(({ name, startMs, endMs }) => [
      name,
      Math.round(startMs),
      endMs === undefined ? undefined : Math.round(endMs),
    ]);
    expect(stages).toEqual([
      ['init-local', 3000, 4000],
      ['init', 5500, 7250],
      ['modules-config', 8000, undefined],
    ]);
  });
  it('leaves out stages that cannot be placed because the clock was set meanwhile', () => {
    const set = answer.replace('== clock 1700000011.7', '== clock 1700003611.7');
    const other = parseGuestBoot(set, bootStart + 12_000, bootStart + 12_340);
    expect(other?.systemd).toBeDefined();
    expect(other?.cloudInit).toBeUndefined();
  });
  it('a guest without systemd and cloud-init has a clock and nothing else; one that says nothing is unknown', () => {
    expect(parseGuestBoot('== uptime 3.00\n== uptime 3.01\n', 10_000, 10_020)).toEqual({
      zeroAt: 7005,
      zeroErrorMs: 15,
    });
    for (const text of ['', '== uptime\n', 'sh: not found\n', '== uptime 3.00\n', '== uptime x\n== uptime y\n'])
      expect(parseGuestBoot(text, 1, 2)).toBeUndefined();
  });
  it('garbage in the middle spoils only its own section', () => {
    const cut = parseGuestBoot(answer.replace('"datasource"', 'datasource'), bootStart, bootStart);
    expect(cut?.cloudInit).toBeUndefined();
    expect(cut?.systemd?.finishMs).toBe(9000);
  });
});

describe('lanes of a boot', () => {
  const guest = parseGuestBoot(answer, bootStart + 12_000, bootStart + 12_340);
  const lanes = bootLanes(bootMarks, guest);
  it('keeps the sources apart: a span begins and ends with moments of the same source', () => {
    expect(lanes.map(({ source }) => source)).toEqual(['host', 'console', 'systemd', 'cloud-init']);
    const [host, console] = lanes;
    expect(host?.spans).toEqual([
      { name: 'QEMU started', startMs: 0, endMs: 0 },
      { name: 'QEMU answers', startMs: 0, endMs: 150 },
      { name: 'SSH answers', startMs: 150, endMs: 9000 },
      { name: 'ready', startMs: 9000, endMs: 12_400 },
    ]);
    expect(console?.spans.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 900],
      [900, 4000],
      [4000, 6000],
    ]);
  });
  it("puts the guest's own account on the axis of the host, with its error, and leaves out what has no end", () => {
    const systemd = lanes.find(({ source }) => source === 'systemd');
    expect(systemd?.shiftErrorMs).toBe(30);
    expect(systemd?.spans).toEqual([
      { name: 'kernel', startMs: 520, endMs: 3020 },
      { name: 'userspace', startMs: 3020, endMs: 9520 },
      { name: 'sysinit.target', startMs: 5520, endMs: 5520 },
      { name: 'cloud-init.service', startMs: 5620, endMs: 7820 },
    ]);
  });
  it('is empty without marks', () => {
    expect(bootLanes([])).toEqual([]);
    expect(bootLanesText([])).toBe('');
  });
  it('is drawn with one scale for all', () => {
    expect(bootLanesText(lanes, 62).split('\n')).toMatchInlineSnapshot(`
      [
        "seen by the host",
        "  QEMU started       |#                   |      0ms  +0ms",
        "  QEMU answers       |#                   |    150ms  +150ms",
        "  SSH answers        |###############     |       9s  +8.8s",
        "  ready              |               #####|    12.4s  +3.4s",
        "on the console",
        "  firmware           |#                   |    900ms  +900ms",
        "  kernel             | #####              |       4s  +3.1s",
        "  init               |      ####          |       6s  +2s",
        "told by systemd (placed within 30ms)",
        "  kernel             | ####               |       3s  +2.5s",
        "  userspace          |     ##########     |     9.5s  +6.5s",
        "  sysinit.target     |         #          |     5.5s  +0ms",
        "  cloud-init.service |         ####       |     7.8s  +2.2s",
        "told by cloud-init (placed within 30ms)",
        "  init-local         |      #             |     4.5s  +1s",
        "  init               |          ###       |     7.8s  +1.8s",
        "",
      ]
    `);
  });
  it.each([80, 62, 50, 40, 35, 30])(
    'fits %d columns: shorter bars, then shorter names, then numbers alone',
    (columns) => {
      const lines = bootLanesText(lanes, columns)
        .split('\n')
        .filter((line) => line.startsWith('  '));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.max(columns, 31));
      expect(lines.every((line) => line.includes('#'))).toBe(columns >= 40);
      expect(lines.some((line) => line.includes('cloud-init.service'))).toBe(columns >= 50);
    },
  );
});
