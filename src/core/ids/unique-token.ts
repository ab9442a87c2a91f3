/**
 * A name that nobody else takes: lower-case letters and digits, sortable by time. Not a secret; secrets come from
 * `node:crypto`, which takes a process several milliseconds to load.
 */
export function uniqueToken(): string {
  const random = Math.floor(Math.random() * 36 ** 8).toString(36);
  return `${Date.now().toString(36)}${random.padStart(8, '0')}`;
}
