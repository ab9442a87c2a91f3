import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { settingDocs } from '../../../src/core/config/config-docs.ts';
import { fieldEntries } from '../../../src/core/config/fields.ts';
import { configJsonSchema } from '../../../src/core/config/json-schema.ts';
import { optionDeclarations } from '../../../src/core/config/option-declarations.ts';
import { resolveConfig } from '../../../src/core/config/resolve-config.ts';
import { seedConfigText } from '../../../src/core/config/seed-config.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { parseConfigText, readConfigFile } from '../../../src/host/store/config-file.ts';

const valuesOf = (config: object) =>
  Object.fromEntries(Object.entries(config).map(([key, sourced]) => [key, (sourced as { value: unknown }).value]));
const directory = mkdtempSync(join(tmpdir(), 'sysmonvm-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function codeOf(promise: Promise<unknown>): Promise<SysmonvmError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SysmonvmError) return error;
  throw new Error(`expected an error, got ${String(error)}`);
}

describe('the seeded config.yaml [R-20]', () => {
  const text = seedConfigText();
  it('begins with the schema line for editors and changes no default', () => {
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./config.schema.json');
    const seeded = resolveConfig({ env: {}, flags: {}, file: parseConfigText(text, 'config.yaml') });
    expect(valuesOf(seeded)).toEqual(valuesOf(resolveConfig({ env: {}, flags: {} })));
  });
  it('shows an example of every key, and every example is valid', () => {
    const uncommented = text.replace(/^( *)# ([a-z_]+: )/gm, '$1$2');
    const config = resolveConfig({ env: {}, flags: {}, file: parseConfigText(uncommented, 'config.yaml') });
    for (const [key, { origin }] of Object.entries(config)) expect([key, origin.from]).toEqual([key, 'file']);
  });
});

describe('options made from the table', () => {
  it('are understood by commander and lead to the same config', () => {
    const command = new Command('vm-create').argument('[name]').exitOverride();
    for (const { flags, description, repeatable } of optionDeclarations('create')) {
      if (repeatable) command.option(flags, description, (value: string, before: string[] = []) => [...before, value]);
      else command.option(flags, description);
    }
    command.parse(
      ['--port', '8080:80', '--port', '1:2', 'myvm', '--no-sudo', '--memory', '2G', '--ready-timeout', '3m'],
      { from: 'user' },
    );
    const config = resolveConfig({ env: {}, flags: command.opts(), name: command.args[0] });
    expect(valuesOf(config)).toMatchObject({
      name: 'myvm',
      memoryMib: 2048,
      sudo: false,
      requireAccel: false,
      readyTimeoutMs: 180_000,
      ports: [{ host: 8080 }, { host: 1 }],
    });
    expect(config.requireAccel.origin.from).toBe('default');
  });
  it('give vm-set what can be changed and vm-start the acceleration demand', () => {
    expect(optionDeclarations('set').map(({ flags }) => flags)).toEqual([
      '--cpus <n>',
      '--memory <size>',
      '--disk <size>',
    ]);
    expect(optionDeclarations('start').map(({ key }) => key)).toEqual(['requireAccel', 'requireAccel']);
  });
  it('name no flag, variable or key twice', () => {
    for (const pick of ['flag', 'env', 'yaml'] as const) {
      const names = fieldEntries.map(([, field]) => field[pick]).filter((name) => name !== undefined);
      expect(new Set(names).size).toBe(names.length);
    }
  });
  it('have a documentation row for every setting', () => {
    expect(settingDocs().map(({ key }) => key)).toEqual(fieldEntries.map(([key]) => key));
    for (const row of settingDocs()) expect(row.description.length).toBeGreaterThan(10);
  });
});

describe('the JSON Schema for editors', () => {
  it('knows every key, refuses others and stays as it is', () => {
    const schema = configJsonSchema() as { properties: Record<string, unknown>; additionalProperties: boolean };
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['vm_name', 'image', 'hardware', 'networking', 'cloud_init', 'lifetime', 'notes']),
    );
    for (const [, { yaml }] of fieldEntries) expect(JSON.stringify(schema)).toContain(`"${yaml.split('.').at(-1)}":`);
    expect(JSON.stringify(schema)).toContain('"enum":["auto","hvf","kvm","tcg"]');
  });
});

describe('readConfigFile', () => {
  it('gives undefined for a file that is not there', async () => {
    expect(await readConfigFile(join(directory, 'none.yaml'))).toBeUndefined();
    expect(await readConfigFile(join(directory, 'none', 'config.yaml'))).toBeUndefined();
  });
  it.each([
    ['a: [1, 2', ':1:'],
    ['a: 1\na: 2\n', ':2:1: Map keys must be unique'],
    ['a: !secret b\n', ':1:4: Unresolved tag'],
    ['a: *none\n', 'none'],
    ['a: 1\n---\nb: 2\n', ':2:'],
  ])('names line and column of what is not YAML: %j', async (text, expected) => {
    const path = join(directory, 'broken.yaml');
    writeFileSync(path, text);
    const error = await codeOf(readConfigFile(path));
    expect(error.code).toBe('config.unreadable');
    expect(error.message).toContain(path);
    expect(error.message).toContain(expected);
  });
  it('says when the path is a directory', async () => {
    expect((await codeOf(readConfigFile(directory))).message).toContain('it is a directory');
  });
  it('takes no key of a prototype for a setting', () => {
    const file = parseConfigText('__proto__: {vm_name: evil}\n', 'c.yaml');
    expect(() => resolveConfig({ env: {}, flags: {}, file })).toThrow('__proto__');
  });
});
