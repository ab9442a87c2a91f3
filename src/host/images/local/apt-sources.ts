/**
 * The APT source stanzas of a host, in both formats:
 *
 *   one-line  deb [arch=amd64 signed-by=/k.gpg] URI suite component…
 *   deb822    Types: deb / URIs: … / Suites: … / Components: … / Signed-By: …
 *
 * Only stanzas whose key is the distribution's own archive keyring are kept: a host may hold third-party
 * lists, and some of those do not even resolve. A mirror is never named by us.
 */
export interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Absolute path of a keyring; absent means the keys APT trusts for every source. */
  readonly signedBy?: string;
  readonly architectures?: readonly string[];
}

const ARCHIVE_KEYRING =
  /^\/(usr\/share|etc\/apt)\/(keyrings|trusted\.gpg\.d)\/(debian|ubuntu)-archive-[a-z0-9-]*\.(gpg|asc|pgp)$/;

const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter((word) => word !== '');

export const parseDeb822 = (text: string): AptSource[] =>
  text
    .split(/\n[ \t]*\n/)
    .map(fieldsOf)
    .flatMap((fields): AptSource[] => {
      const enabled = (fields.get('enabled') ?? 'yes').toLowerCase();
      if (!words(fields.get('types')).includes('deb') || ['no', 'false', '0', 'off'].includes(enabled)) return [];
      const signedBy = fields.get('signed-by');
      const architectures = words(fields.get('architectures'));
      return [
        {
          uris: words(fields.get('uris')),
          suites: words(fields.get('suites')),
          components: words(fields.get('components')),
          ...(signedBy === undefined ? {} : { signedBy }),
          ...(architectures.length === 0 ? {} : { architectures }),
        },
      ];
    });

const fieldsOf = (stanza: string): Map<string, string> => {
  const fields = new Map<string, string>();
  let name: string | undefined;
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const field = /^([A-Za-z0-9-]+):[ \t]*(.*)$/.exec(line);
    if (field?.[1] !== undefined) {
      name = field[1].toLowerCase();
      fields.set(name, (field[2] ?? '').trim());
    } else if (name !== undefined && /^[ \t]/.test(line)) {
      fields.set(name, `${fields.get(name) ?? ''}\n${line.trim()}`.trim());
    }
  }
  return fields;
};

export const parseOneLine = (text: string): AptSource[] =>
  text.split('\n').flatMap((line): AptSource[] => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match?.[2] === undefined || match[3] === undefined) return [];
    const options = new Map(
      words(match[1]).map((option) => [option.split('=')[0] ?? '', option.slice(option.indexOf('=') + 1)]),
    );
    const signedBy = options.get('signed-by');
    const architectures = options.get('arch')?.split(',');
    return [
      {
        uris: [match[2]],
        suites: [match[3]],
        components: words(match[4]),
        ...(signedBy === undefined ? {} : { signedBy }),
        ...(architectures === undefined ? {} : { architectures }),
      },
    ];
  });

const ARCHIVE_COMPONENTS = ['main', 'contrib', 'non-free', 'non-free-firmware', 'universe', 'restricted', 'multiverse'];

/**
 * The stanzas signed by the archive keyring that serve one release (`bookworm`, its updates and its security
 * pocket). A stanza without Signed-By must look like the archive's (its pockets and components), and is then
 * held to the archive keyring explicitly, so that APT refuses it when it is not.
 */
export const archiveSources = (sources: readonly AptSource[], release: string, keyring: string): AptSource[] =>
  sources.flatMap((source): AptSource[] => {
    const suites = source.suites.filter((suite) =>
      [release, `${release}-updates`, `${release}-security`].includes(suite),
    );
    if (suites.length === 0) return [];
    if (source.signedBy === undefined) {
      const archiveLike = source.components.every((component) => ARCHIVE_COMPONENTS.includes(component));
      return archiveLike ? [{ ...source, suites, signedBy: keyring }] : [];
    }
    return ARCHIVE_KEYRING.test(source.signedBy) ? [{ ...source, suites }] : [];
  });

/** The stanzas for one guest architecture, without an architecture restriction that was meant for the host. */
export const renderDeb822 = (sources: readonly AptSource[]): string =>
  sources
    .map((source) =>
      [
        'Types: deb',
        `URIs: ${source.uris.join(' ')}`,
        `Suites: ${source.suites.join(' ')}`,
        `Components: ${source.components.join(' ')}`,
        ...(source.signedBy === undefined ? [] : [`Signed-By: ${source.signedBy}`]),
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
