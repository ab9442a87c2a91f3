import type { z } from 'zod';
import { didYouMean } from '../ids/near-matches.ts';
import { type CloudConfigDocument, type CloudConfigFinding, type FieldPath, fieldName } from './cloud-config.ts';
import { fieldTypes } from './field-types.ts';
import { knownCloudConfigKeys } from './known-keys.ts';

/** Everything that is wrong with the keys and types of a cloud-config, in the order of the file. */
export function validateCloudConfig(document: CloudConfigDocument): CloudConfigFinding[] {
  const finding = (path: FieldPath, message: string): CloudConfigFinding => ({
    file: document.file,
    line: document.lineOf(path),
    field: fieldName(path),
    message,
  });
  const unknown = Object.keys(document.value)
    .filter((key) => !knownCloudConfigKeys.includes(key))
    .map((key) => finding([key], unknownKeyMessage(key)));
  const parsed = fieldTypes.safeParse(document.value);
  const wrong = parsed.success
    ? []
    : parsed.error.issues.flatMap(mostTelling).map(([path, message]) => finding(path, message));
  return [...unknown, ...wrong].sort((a, b) => a.line - b.line);
}

function unknownKeyMessage(key: string): string {
  if (key === 'network')
    return 'cloud-init reads no network settings from user-data; see `sysmonvm vm-create --network`.';
  return `cloud-init has no such key.${didYouMean(key, knownCloudConfigKeys)}`;
}

/**
 * A value that fits no member of a union gets the message of the union, except where one member is of the same
 * basic type and only a field inside it is wrong: then that field is named.
 */
function mostTelling(issue: z.core.$ZodIssue): [FieldPath, string][] {
  const path = issue.path as FieldPath;
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.find((issues) => issues.length > 0 && issues.every((each) => each.path.length > 0));
    if (inner !== undefined) {
      return inner.flatMap(mostTelling).map(([innerPath, message]) => [[...path, ...innerPath], message]);
    }
  }
  return [[path, issue.message]];
}
