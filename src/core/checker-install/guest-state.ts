/** What `checkerFactsScript` found: `name=value` lines. */
export interface GuestState {
  readonly systemd: boolean;
  /** Digests of the files that are there, by the name that the script gives them. */
  readonly digests: Readonly<Record<string, string>>;
  /** As systemctl says: active, activating, failed, inactive. */
  readonly service: string;
  readonly restarts: number;
  readonly enabled: boolean;
  /** An installation that was not finished: what was there before still waits beside it. */
  readonly unfinished: boolean;
}

export function readGuestState(text: string): GuestState {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
  });
  const known = new Map(pairs);
  const digests = pairs.flatMap(([name, value]) =>
    name.startsWith('digest.') && value !== '' ? [[name.slice('digest.'.length), `sha256:${value}`] as const] : [],
  );
  return {
    systemd: known.get('systemd') === 'yes',
    digests: Object.fromEntries(digests),
    service: known.get('ActiveState') || 'unknown',
    restarts: Number(known.get('NRestarts') ?? 0),
    enabled: known.get('UnitFileState') === 'enabled',
    unfinished: known.get('unfinished') === 'yes',
  };
}

export const isInstalled = ({ digests }: GuestState): boolean => digests['binary'] !== undefined;

/** Whether the guest has exactly these files and nothing of an installation is left to be finished. */
export function hasExactly(state: GuestState, wanted: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(wanted), ...Object.keys(state.digests)]);
  return !state.unfinished && [...names].every((name) => wanted[name] === state.digests[name]);
}
