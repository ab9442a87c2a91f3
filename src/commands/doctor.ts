import { resolve } from 'node:path';
import type { CommandSpec } from '../cli/command-spec.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { doctorText, findingsText, hasProblem } from '../core/view/doctor-text.ts';

export const doctor: CommandSpec = {
  name: 'doctor',
  group: 'host',
  summary: 'Find out why VMs do not run here, or run slowly',
  description:
    'Acceleration is probed by running a few bytes of guest code under it; the verdict is kept until QEMU, kernel, CPU or boot change. With --bundle, plan, events, console and versions are packed for a bug report, without secrets.',
  options: [
    { flags: '--refresh', description: 'probe acceleration again instead of using the kept verdict' },
    { flags: '--only <finding>', description: 'look for this finding alone, such as acceleration or tool.ssh' },
    { flags: '--require-accel', description: 'fail when hardware acceleration does not work' },
    { flags: '--bundle <file>', description: 'write a .tar.gz for a bug report', complete: 'file' },
    { flags: '--vm <name>', description: 'put this VM into the bundle (default: all)', complete: 'vm' },
  ],
  examples: [
    { command: 'sysmonvm doctor', what: 'one line and one remedy for each finding' },
    { command: 'sysmonvm doctor --only acceleration --refresh', what: 'after something was changed: try that again' },
    { command: 'sysmonvm doctor --require-accel', what: 'in CI: stop early when there is no acceleration' },
    { command: 'sysmonvm doctor --bundle report.tar.gz --vm build', what: 'pack what a bug report needs' },
  ],
  exitCodes: { 1: 'a problem was found' },
  document: 'doctor',
  run: async (context) => {
    const { flags, output } = context;
    const engine = await context.engine();
    const only = flags.text('only');
    if (only !== undefined && flags.on('requireAccel'))
      fail('usage.invalid-argument', '--require-accel looks at the acceleration; leave out --only.');
    const report = await engine.doctor(
      { refresh: flags.on('refresh'), ...(only === undefined ? {} : { only }) },
      context.call,
    );
    if (only !== undefined && report.findings.length === 0) refuseUnknown(only);
    const file = flags.text('bundle');
    const bundle = file && (await engine.doctorBundle(resolve(file), flags.text('vm'), context.call));
    await context.endProgress();
    const { accelerator } = report;
    if (flags.on('requireAccel') && accelerator?.usable !== true) {
      fail('host.accelerator-unavailable', accelerator?.reason ?? 'This host has no accelerator that we can use.', {
        details: { ...(accelerator === undefined ? {} : { accelerator }) },
        next: accelerator?.remedy === undefined ? ['sysmonvm doctor'] : [accelerator.remedy],
      });
    }
    output.document({ ...report, ...(bundle ? { bundle } : {}) }, () => {
      const packed = bundle ? `Wrote ${bundle.path} (${bundle.files.length} files).\n` : '';
      return `${only === undefined ? doctorText(report) : findingsText(report)}${packed}`;
    });
    return hasProblem(report) ? 1 : 0;
  },
};

function refuseUnknown(finding: string): never {
  fail('usage.invalid-argument', `There is no finding "${finding}" now.`, { next: ['sysmonvm doctor'] });
}
