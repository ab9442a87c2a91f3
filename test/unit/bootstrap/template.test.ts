import { describe, expect, it } from 'vitest';
import type { CreateTemplateRequest, TemplateOperations } from '../../../src/core/warm-operations.ts';
import { cli } from '../../support/run-cli.ts';

async function asked(...flags: readonly string[]) {
  const requests: CreateTemplateRequest[] = [];
  const create: TemplateOperations['create'] = async (request) => {
    requests.push(request);
    throw new Error('enough');
  };
  const result = await cli(['template', 'create', 'measured', ...flags], {
    engine: { templates: { create } as TemplateOperations },
  });
  return { ...result, requests };
}

describe('template create --after-bootstrap', () => {
  it('asks for the standard profile before the VM is frozen', async () => {
    const { requests } = await asked('--after-bootstrap');
    const bootstrap = { profile: 'standard', upgrade: true, only: [] };
    expect(requests).toMatchObject([{ name: 'measured', source: { kind: 'boot', bootstrap } }]);
  });

  it('is left out when it was not typed, and refused for a VM that runs', async () => {
    expect((await asked()).requests[0]?.source).not.toHaveProperty('bootstrap');
    const { requests, code, stderr } = await asked('--after-bootstrap', '--from', 'build');
    expect([requests, code]).toEqual([[], 2]);
    expect(stderr).toContain('sysmonvm vm-bootstrap build');
  });
});
