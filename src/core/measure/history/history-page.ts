import type { PageAssets } from '../../ports/page-assets.ts';
import { markup, trusted } from '../report/markup.ts';
import { pageStyle } from '../report/report-style.ts';
import type { History } from './history.ts';
import { historyStyle } from './history-style.ts';

/** data.json of an export, and what the page has inside. */
export interface HistorySite extends History {
  readonly schemaVersion: 1;
  readonly exportedAt: string;
  /** With `{commit}` in it. */
  readonly commitUrl?: string;
}

/** Without `<` nothing in it can end the element that it stands in. */
export const siteJson = (site: HistorySite): string => JSON.stringify(site).replaceAll('<', '\\u003c');

/** `sha256:<hex>` as a policy writes it. */
function policyHash(digest: string): string {
  const bytes = digest.replace('sha256:', '').match(/../g) ?? [];
  return `'sha256-${btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))))}'`;
}

/** One file that works from a disk: script, style and data are in it, and only these two may take effect. */
export function historyPage(site: HistorySite, assets: PageAssets, digestOf: (text: string) => string): string {
  const style = `${pageStyle}\n${historyStyle}\n${assets.style}`;
  const policy = [
    "default-src 'none'",
    `script-src ${policyHash(digestOf(assets.script))}`,
    `style-src ${policyHash(digestOf(style))}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Measurements</title>
<style>${trusted(style)}</style>
</head>
<body>
<header><h1>Measurements</h1><p class="soft">Exported ${site.exportedAt}</p></header>
<main>
<noscript><p>The charts need JavaScript; the numbers are in data.json beside this page.</p></noscript>
<form id="filters" aria-label="Filters"></form>
<p id="shown" role="status"></p>
<section aria-labelledby="labels-title"><h2 id="labels-title">Current against release</h2><div id="labels"></div></section>
<section aria-labelledby="series-title"><h2 id="series-title">Over time</h2><p class="soft">Upright lines: 95 % interval of the median. Circle: regressed or improved against its baseline. Cross: nothing was measured. Dashed: other hardware from here on.</p><div id="series"></div></section>
<section aria-labelledby="hardware-title"><h2 id="hardware-title">Hardware</h2><div id="hardware"></div></section>
</main>
<footer><p class="soft">Made by sysmonvm. Medians and their 95 % intervals; lines of different hardware are never compared.</p></footer>
<script type="application/json" id="data">${trusted(siteJson(site))}</script>
<script>${trusted(assets.script)}</script>
</body>
</html>
`.markup;
}
