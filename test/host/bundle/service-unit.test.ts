import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guestPlaces } from '../../../src/core/checker-install/guest-places.ts';
import { renderTemplate } from '../../../src/host/render/render-template.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const unit = (places: { readonly user: string; readonly binary: string; readonly config: string }) =>
  renderTemplate('systemd/serviceradar-sysmon-vm.service.mustache', places);

describe('systemd unit of the checker', () => {
  it('has nothing that systemd-analyze verify minds [R-59]', async () => {
    const folder = await temporaryDirectory();
    const binary = join(folder, 'checker');
    writeFileSync(binary, '#!/bin/sh\n');
    chmodSync(binary, 0o755);
    const path = join(folder, 'serviceradar-sysmon-vm.service');
    writeFileSync(path, unit({ ...guestPlaces, binary }));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    writeFileSync(path, unit({ ...guestPlaces, binary: '/nowhere/checker' }));
    expect(spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' }).stderr).toContain('/nowhere/checker');
  });

  it('is less exposed than 3 of 10 as systemd-analyze security counts', async () => {
    const path = join(await temporaryDirectory(), 'serviceradar-sysmon-vm.service');
    writeFileSync(path, unit(guestPlaces));
    const args = ['security', '--offline=true', '--threshold=30', '--no-pager', path];
    expect(execFileSync('systemd-analyze', args, { encoding: 'utf8' })).toContain('Overall exposure level');
  });

  it('restarts always and names the places of the requirements [R-58] [R-59]', () => {
    const text = unit(guestPlaces);
    expect(text).toContain(
      'ExecStart=/usr/local/bin/serviceradar-sysmon-vm --config /etc/serviceradar/checkers/sysmon-vm.json\n',
    );
    for (const line of [
      'Restart=always',
      'RestartSec=5',
      'User=sysmon-vm',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text.match(/^(?:Ambient|CapabilityBounding).*$/gm)).toEqual([
      'CapabilityBoundingSet=CAP_PERFMON',
      'AmbientCapabilities=CAP_PERFMON',
    ]);
  });
});
