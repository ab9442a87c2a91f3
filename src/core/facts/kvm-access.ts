/** What is known of /dev/kvm without a guest. */
export type KvmDevice =
  | { readonly state: 'missing'; readonly cpuVirtualisation: 'vmx' | 'svm' | 'none' | 'unknown' }
  | {
      readonly state: 'denied';
      readonly userName: string;
      readonly ownerName: string;
      readonly groupName: string;
      /** Permission bits, e.g. 0o660. */
      readonly mode: number;
      /** The group database lists the user, though this session does not have the group yet. */
      readonly listedInGroup: boolean;
    }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'open' };

/** Three different reasons with three different remedies; undefined when the device opens. */
export function explainKvmDevice(device: KvmDevice): { readonly reason: string; readonly remedy: string } | undefined {
  switch (device.state) {
    case 'open':
      return undefined;
    case 'missing':
      return explainMissing(device.cpuVirtualisation);
    case 'failed':
      return {
        reason: `/dev/kvm exists but cannot be opened: ${device.error}`,
        remedy: 'sudo dmesg | grep -i kvm   # the kernel says why it refuses',
      };
    case 'denied':
      return explainDenied(device);
  }
}

function explainMissing(cpu: 'vmx' | 'svm' | 'none' | 'unknown') {
  if (cpu === 'vmx' || cpu === 'svm') {
    const module = cpu === 'vmx' ? 'kvm_intel' : 'kvm_amd';
    return {
      reason: `/dev/kvm does not exist although the processor has ${cpu}: the kernel module ${module} is not loaded`,
      remedy: `sudo modprobe ${module}   # if it is refused, enable virtualisation in the firmware setup of the machine`,
    };
  }
  return {
    reason:
      cpu === 'none'
        ? '/dev/kvm does not exist and the processor shows no virtualisation (vmx or svm): it is off in the firmware setup, or this is a VM or container without nested virtualisation'
        : '/dev/kvm does not exist',
    remedy:
      'Enable virtualisation in the firmware setup, or nested virtualisation of the VM; a container needs --device /dev/kvm.',
  };
}

function explainDenied(device: Extract<KvmDevice, { state: 'denied' }>) {
  const { userName, groupName, ownerName } = device;
  const mode = device.mode.toString(8).padStart(4, '0');
  const reason = `/dev/kvm exists but user ${userName} may not open it (owner ${ownerName}, group ${groupName}, mode ${mode})`;
  const groupMayUse = (device.mode & 0o060) === 0o060;
  if (groupMayUse && device.listedInGroup) {
    return {
      reason: `${reason}; the user is in group ${groupName}, but this session began before that`,
      remedy: `Log out and in again, or run: newgrp ${groupName}`,
    };
  }
  if (groupMayUse && groupName !== 'root') {
    return { reason, remedy: `sudo usermod -aG ${groupName} ${userName}   # then log in again` };
  }
  return {
    reason: `${reason}: no group but root's has access`,
    remedy: `echo 'KERNEL=="kvm", GROUP="kvm", MODE="0660"' | sudo tee /etc/udev/rules.d/65-kvm.rules && sudo udevadm control --reload && sudo udevadm trigger /dev/kvm && sudo usermod -aG kvm ${userName}   # then log in again`,
  };
}

/** `vmx` (Intel) or `svm` (AMD) in the flags of /proc/cpuinfo; arm64 shows neither. */
export function cpuVirtualisation(cpuinfo: string): 'vmx' | 'svm' | 'none' | 'unknown' {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1];
  if (flags === undefined) return 'unknown';
  const words = new Set(flags.trim().split(/\s+/));
  return words.has('vmx') ? 'vmx' : words.has('svm') ? 'svm' : 'none';
}

/** Names by number and members of groups, from /etc/passwd and /etc/group. */
export function nameOfId(database: string, id: number): string {
  const line = database.split('\n').find((row) => row.split(':')[2] === String(id));
  return line?.split(':')[0] ?? String(id);
}

export function isListedInGroup(groupDatabase: string, groupName: string, userName: string): boolean {
  const line = groupDatabase.split('\n').find((row) => row.split(':')[0] === groupName);
  return (line?.split(':')[3] ?? '').split(',').includes(userName);
}
