import { readFile } from 'node:fs/promises';
import { isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { CloudConfigDocument, FieldPath } from '../../core/cloud-init/cloud-config.ts';
import { isMapping } from '../../core/cloud-init/cloud-config.ts';
import { failOnFindings } from '../../core/cloud-init/findings.ts';
import { validateCloudConfig } from '../../core/cloud-init/validate.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';

/** Reads and checks a user's cloud-config. @throws config.cloud-init-invalid naming file, line and field. */
export async function readCloudConfig(path: string): Promise<CloudConfigDocument> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'this user may not read it' : String(cause);
    fail('config.cloud-init-invalid', `${path}: the cloud-config cannot be read: ${why}.`, {
      details: { file: path, errno: code },
      next: [`ls -l ${path}`],
      cause,
    });
  }
  return checkedCloudConfig(text, path);
}

export function checkedCloudConfig(text: string, file: string): CloudConfigDocument {
  const firstLine = (text.split('\n', 1)[0] ?? '').trimEnd();
  if (firstLine !== '#cloud-config') {
    const message = `the first line must be exactly "#cloud-config", and is ${JSON.stringify(firstLine.slice(0, 60))}`;
    failOnFindings([{ file, line: 1, field: '', message }]);
  }
  const document = parseCloudConfig(text, file);
  failOnFindings(validateCloudConfig(document));
  return document;
}

/**
 * Reads as cloud-init does: PyYAML is YAML 1.1, where `no` is false and `0644` is a number. Dates stay text, since
 * cloud-init wants them as text.
 */
export function parseCloudConfig(text: string, file: string): CloudConfigDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    lineCounter: counter,
    prettyErrors: false,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
  });
  failOnFindings(
    [...document.errors, ...document.warnings].map((error) => ({
      file,
      line: counter.linePos(error.pos[0]).line,
      field: '',
      message: error.message.split('\n')[0] ?? error.message,
    })),
  );
  const value: unknown = document.contents === null ? {} : document.toJS({ maxAliasCount: 100 });
  if (!isMapping(value)) {
    failOnFindings([{ file, line: 1, field: '', message: 'the document must be a mapping (`key: value` lines)' }]);
    return fail('config.cloud-init-invalid', file);
  }
  return { file, text, value, lineOf: (path) => lineOf(path) };

  function lineOf(path: FieldPath): number {
    for (let length = path.length; length > 0; length -= 1) {
      const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
      const step = path[length - 1];
      const items: readonly unknown[] = isNode(parent) && 'items' in parent ? parent.items : [];
      const found = items.find((item, index) => (isPair(item) ? keyOf(item.key) === String(step) : index === step));
      const node = isPair(found) ? found.key : found;
      if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
    }
    return 1;
  }
}

function keyOf(key: unknown): string {
  return isNode(key) && 'value' in key ? String(key.value) : String(key);
}
