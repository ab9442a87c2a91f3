/** Loads node:crypto when it is first used: a command that only looks at VMs does without it. */
export function sha256(bytes: Uint8Array | string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex');
}
