/** The licenses of every package whose code ends up in the bundle, from the list of its modules. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const gplText = fileURLToPath(new URL('./licenses/GPL-3.0.txt', import.meta.url));
const licenseFile = /^(licen[cs]e|copying|notice)([.-]|$)/i;

/** `a/node_modules/@x/y/lib/z.js` → `a/node_modules/@x/y` */
function packageFolder(input) {
  const match = /^(.*(?:^|[\\/])node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(input);
  return match?.[1];
}

/** Older packages have a list, or an object with a type. */
function licenseName({ license, licenses }) {
  const names = [license, licenses].flat().map((entry) => entry?.type ?? entry);
  return names.filter((name) => typeof name === 'string').join(' OR ') || undefined;
}

function bundledPackages(root, modules) {
  const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== undefined));
  return [...folders]
    .map((folder) => resolve(root, folder))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .sort((a, b) => `${a.name}@${a.version}`.localeCompare(`${b.name}@${b.version}`, 'en'));
}

export function thirdPartyLicenses(root, modules) {
  const sections = bundledPackages(root, modules).map(({ folder, name, version, ...fields }) => {
    const license = licenseName(fields);
    const texts = readdirSync(folder)
      .filter((file) => licenseFile.test(file))
      .sort()
      .map((file) => readFileSync(join(folder, file), 'utf8').trim());
    // The LGPL refers to the GPL, whose text packages leave out.
    if (/\bLGPL-3/.test(license ?? '')) texts.push(readFileSync(gplText, 'utf8').trim());
    if (texts.length === 0 && license === undefined)
      throw new Error(`${name}@${version} names no license: it cannot be bundled`);
    return [`${name} ${version}`, `License: ${license ?? 'see below'}`, '', ...texts].join('\n');
  });
  const line = `\n\n${'-'.repeat(80)}\n\n`;
  return `The files of this folder contain code of the following packages.${line}${sections.join(line)}\n`;
}
