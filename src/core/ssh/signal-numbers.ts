/** Numbers of signals in a Linux guest (not of the host: they differ on macOS). */
const linuxSignals: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
};

/** `SIGTERM`, `sigterm` and `TERM` are the same. */
export function bareSignalName(name: string): string {
  return name.toUpperCase().replace(/^SIG/, '');
}

/**
 * 128+N as a shell reports it. The SSH protocol names only thirteen signals; servers send others under names of
 * their own (OpenSSH: `SIG@openssh.com`), and then the number is not known: 128 alone.
 */
export function exitCodeOfSignal(name: string): number {
  return 128 + (linuxSignals[bareSignalName(name)] ?? 0);
}

/** undefined for a number that has no name of its own (a realtime signal). */
export function signalNameOf(number: number): string | undefined {
  return Object.keys(linuxSignals).find((name) => linuxSignals[name] === number);
}

export function isSignalName(name: string): boolean {
  return linuxSignals[bareSignalName(name)] !== undefined;
}
