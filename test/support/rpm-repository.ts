import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

/** `command` of package `name`: a script that prints the package's version. */
export interface RpmPackage {
  readonly name: string;
  readonly command: string;
}

const spec = ({ name, command }: RpmPackage, version: string) => `
Name: ${name}
Version: ${version}
Release: 1
Summary: ${name} of a test
License: Apache-2.0
BuildArch: noarch
AutoReqProv: no
%description
${name} of a test
%install
mkdir -p %{buildroot}/usr/bin
printf '#!/bin/sh\\necho ${command} ${version}\\n' >%{buildroot}/usr/bin/${command}
chmod 755 %{buildroot}/usr/bin/${command}
%files
/usr/bin/${command}
`;

/** Made by the real rpmbuild and createrepo_c, served on 127.0.0.1, where it is its own proxy too. */
export async function rpmRepository(folder: string) {
  const packages = join(folder, 'repository');
  await mkdir(packages, { recursive: true });
  let asProxy = 0;
  const server = createServer((request, answer) => {
    const asked = request.url ?? '';
    if (asked.startsWith('http://')) asProxy += 1;
    const file = createReadStream(join(packages, normalize(new URL(asked, 'http://localhost').pathname)));
    file.once('error', () => answer.writeHead(404).end());
    file.pipe(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async add(version: string, added: readonly RpmPackage[]): Promise<void> {
      for (const one of added) {
        const path = join(folder, `${one.name}.spec`);
        await writeFile(path, spec(one, version));
        const defines = [`_topdir ${folder}/build`, `_rpmdir ${packages}`, `_dbpath ${folder}/db`];
        const words = defines.flatMap((define) => ['--define', define]);
        execFileSync('rpmbuild', ['-bb', '--quiet', ...words, path], { stdio: ['ignore', 'ignore', 'inherit'] });
      }
      execFileSync('createrepo_c', ['--quiet', packages]);
    },
    /** How many requests came as those to a proxy do. */
    proxied: () => asProxy,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
