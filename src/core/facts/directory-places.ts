export interface DirectoryPlaces {
  readonly data: string;
  readonly cache: string;
  readonly state: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where a platform keeps an application's files. macOS looks at no environment variable, so launchd, which passes
 * none, leads to the same places; on Linux the XDG variables count when they are absolute, as their standard asks.
 */
export function directoryPlaces(
  env: Env,
  platform: 'linux' | 'darwin',
  home: string,
  name = 'sysmonvm',
): DirectoryPlaces {
  if (platform === 'darwin') {
    const support = `${home}/Library/Application Support/${name}`;
    return { data: support, cache: `${home}/Library/Caches/${name}`, state: `${support}/state` };
  }
  const xdg = (variable: string, fallback: string): string => {
    const value = env[variable];
    return `${value?.startsWith('/') ? value.replace(/\/+$/, '') : `${home}/${fallback}`}/${name}`;
  };
  return {
    data: xdg('XDG_DATA_HOME', '.local/share'),
    cache: xdg('XDG_CACHE_HOME', '.cache'),
    state: xdg('XDG_STATE_HOME', '.local/state'),
  };
}

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, each with the closing zero. */
export const socketPathLimit = { linux: 107, darwin: 103 } as const;
/** What a VM's sockets add to the runtime directory: `/<vm id>/<socket name>`. */
const socketSuffixBytes = 40;

export function longestSocketPath(runtimeDirectory: string): number {
  return new TextEncoder().encode(runtimeDirectory).length + socketSuffixBytes;
}

/** In the order of preference; the first that is short enough and safe is used. */
export function runtimeCandidates(env: Env, platform: 'linux' | 'darwin', userId: number): readonly string[] {
  const own = env['XDG_RUNTIME_DIR'];
  const fallback = `/tmp/sysmonvm-${userId}`;
  if (platform === 'darwin' || !own?.startsWith('/')) return [fallback];
  const preferred = `${own.replace(/\/+$/, '')}/sysmonvm`;
  return longestSocketPath(preferred) > socketPathLimit.linux ? [fallback] : [preferred, fallback];
}
