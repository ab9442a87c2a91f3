import { constants } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { cpuVirtualisation, isListedInGroup, type KvmDevice, nameOfId } from '../../core/facts/kvm-access.ts';

/** Looks at the device as this user; opens it, but asks nothing of it. */
export async function lookAtKvm(device = '/dev/kvm'): Promise<KvmDevice> {
  try {
    await (await open(device, constants.O_RDWR)).close();
    return { state: 'open' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      return { state: 'missing', cpuVirtualisation: cpuVirtualisation(await readText('/proc/cpuinfo')) };
    }
    if (code === 'EACCES' || code === 'EPERM') return whoMay(device);
    return { state: 'failed', error: message };
  }
}

async function whoMay(device: string): Promise<KvmDevice> {
  const [found, users, groups] = await Promise.all([stat(device), readText('/etc/passwd'), readText('/etc/group')]);
  const userName = currentUser();
  const groupName = nameOfId(groups, found.gid);
  return {
    state: 'denied',
    userName,
    ownerName: nameOfId(users, found.uid),
    groupName,
    mode: found.mode & 0o777,
    listedInGroup: isListedInGroup(groups, groupName, userName),
  };
}

/** A container may run as an id without a name. */
function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
