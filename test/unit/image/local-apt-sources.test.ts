import { describe, expect, it } from 'vitest';
import { archiveSources, parseDeb822, parseOneLine, renderDeb822 } from '../../../src/host/images/local/apt-sources.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

describe('deb822 sources', () => {
  it('reads several stanzas, comments inside them and folded fields', () => {
    const text = [
      'Types: deb deb-src',
      '# a snapshot',
      'URIs: http://mirror.test/debian',
      'Suites: bookworm',
      ' bookworm-updates',
      'Components: main contrib',
      `Signed-By: ${keyring}`,
      '',
      'Types: deb',
      'Enabled: no',
      'URIs: http://off.test/',
      'Suites: bookworm',
      'Components: main',
    ].join('\n');
    expect(parseDeb822(text)).toEqual([
      {
        uris: ['http://mirror.test/debian'],
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main', 'contrib'],
        signedBy: keyring,
      },
    ]);
  });

  it('has nothing for a stanza of sources only, or an empty file', () => {
    expect(parseDeb822('Types: deb-src\nURIs: http://m.test/\nSuites: bookworm\nComponents: main\n')).toEqual([]);
    expect(parseDeb822('')).toEqual([]);
  });
});

describe('one-line sources', () => {
  it('reads options, and leaves comments and deb-src out', () => {
    const text = [
      '# deb http://comment.test bookworm main',
      'deb-src http://m.test/debian bookworm main',
      `deb [arch=amd64,arm64 signed-by=${keyring}] http://m.test/debian bookworm main contrib # ours`,
      'deb http://m.test/debian bookworm-updates main',
    ].join('\n');
    expect(parseOneLine(text)).toEqual([
      {
        uris: ['http://m.test/debian'],
        suites: ['bookworm'],
        components: ['main', 'contrib'],
        signedBy: keyring,
        architectures: ['amd64', 'arm64'],
      },
      { uris: ['http://m.test/debian'], suites: ['bookworm-updates'], components: ['main'] },
    ]);
  });
});

describe('the archive’s sources', () => {
  const one = (line: string) => archiveSources(parseOneLine(line), 'bookworm', keyring);

  it('keeps what the archive keyring signs', () => {
    expect(one(`deb [signed-by=${keyring}] http://m.test/debian bookworm main`)).toHaveLength(1);
    expect(
      one('deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://m.test bookworm main'),
    ).toHaveLength(1);
  });

  it('leaves third parties out, whatever suite they claim', () => {
    expect(one('deb [signed-by=/usr/share/keyrings/nodesource.gpg] https://n.test nodistro main')).toEqual([]);
    expect(one('deb [signed-by=/etc/apt/keyrings/docker.asc] https://d.test bookworm main')).toEqual([]);
    expect(one('deb https://g.test/apt cloud-sdk-bookworm main')).toEqual([]);
    expect(one('deb https://d.test/linux/debian bookworm stable')).toEqual([]);
  });

  it('holds a source without a key to the archive keyring', () => {
    expect(one('deb http://m.test/debian bookworm main')).toEqual([
      { uris: ['http://m.test/debian'], suites: ['bookworm'], components: ['main'], signedBy: keyring },
    ]);
  });

  it('takes one release: no backports, no other suite of the same stanza', () => {
    const kept = one('deb http://m.test/debian bookworm-backports main');
    const stanza = `Types: deb\nURIs: http://m.test\nSuites: bookworm trixie bookworm-security\nComponents: main\nSigned-By: ${keyring}\n`;
    expect(kept).toEqual([]);
    expect(archiveSources(parseDeb822(stanza), 'bookworm', keyring)[0]?.suites).toEqual([
      'bookworm',
      'bookworm-security',
    ]);
  });

  it('renders what it can read again', () => {
    const sources = one(`deb [signed-by=${keyring}] http://m.test/debian bookworm main`);
    expect(parseDeb822(renderDeb822(sources))).toEqual(sources);
  });
});
