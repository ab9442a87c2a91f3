import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../unit/project/source-tree.ts';

/** What a published schema says against a document; empty when it fits. Only the file is used, not what made it. */
export function schemaProblems(name: string, document: unknown): readonly string[] {
  const text = readFileSync(join(projectRoot, `schemas/${name}.schema.json`), 'utf8');
  const parsed = z.fromJSONSchema(JSON.parse(text)).safeParse(document);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
