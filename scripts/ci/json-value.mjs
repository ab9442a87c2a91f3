#!/usr/bin/env node
/**
 * Text of the first of the named fields that a JSON file has: `json-value.mjs FILE directory` or `… FILE path resultPath`.
 * Nothing, and exit code 1, where there is no such file, no JSON or no such field.
 */
import { readFileSync } from 'node:fs';

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const [path, ...fields] = process.argv.slice(2);
const values = read(path);
const field = fields.find((name) => ['string', 'number'].includes(typeof values?.[name]));
if (field === undefined) process.exitCode = 1;
else process.stdout.write(String(values[field]));
