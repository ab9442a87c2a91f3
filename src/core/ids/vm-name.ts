/** What a person types. It is passed to QEMU and shown in tables; the directory is named by the VM's id. */
export const vmNamePattern = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
export const vmNameRule = 'up to 63 letters, digits, ".", "_" or "-", beginning with a letter or a digit';

/** One DNS label (RFC 1123), or several separated by dots. */
export const hostnamePattern =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** The hostname that a guest gets when none is asked for. */
export function hostnameFor(vmName: string): string {
  const label = vmName
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return label === '' ? 'sysmonvm' : label;
}
