import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type OutputChunk } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { thirdPartyLicenses } from '../../../../scripts/third-party-licenses.mjs';
import { projectRoot } from '../../../unit/project/source-tree.ts';

const room = 'src/host/images/signatures';

describe('the OpenPGP package in the bundle', () => {
  it('is loaded by one import(), so that a command without signatures does not read it', () => {
    const imports = readdirSync(join(projectRoot, room)).flatMap((name) => {
      const text = readFileSync(join(projectRoot, room, name), 'utf8');
      return [...text.matchAll(/^.*['"]openpgp['"].*$/gm)].map(([line]) => line.trim());
    });
    expect(imports.filter((line) => !line.startsWith('import type '))).toEqual(["return import('openpgp');"]);
  });

  it('is a chunk of its own, unmixed with our code as its licence asks, and the licence is told', async () => {
    const { output } = await build({
      input: join(projectRoot, room, 'create-signature-checker.ts'),
      platform: 'node',
      write: false,
      logLevel: 'silent',
    });
    const chunks = output.filter((each): each is OutputChunk => each.type === 'chunk');
    const holding = chunks.filter(({ moduleIds }) => moduleIds.some((id) => id.includes('node_modules/openpgp/')));
    expect(holding).toHaveLength(1);
    expect(holding[0]?.isEntry).toBe(false);
    expect(holding[0]?.moduleIds.filter((id) => id.includes('/src/'))).toEqual([]);
    const licenses: string = thirdPartyLicenses(
      projectRoot,
      chunks.flatMap(({ moduleIds }) => moduleIds),
    );
    expect(licenses).toMatch(/^openpgp 6\.3\.2\nLicense: LGPL-3\.0\+$/m);
    expect(licenses).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  });
});
