import { chartStyle } from './sample-charts.ts';
import { waterfallStyle } from './waterfall-svg.ts';

/** Colours of text keep a contrast of at least 4.5 to their background in both schemes. */
export const pageStyle = `:root{color-scheme:light dark;--back:#fff;--text:#1f2328;--soft:#59636e;--line:#d1d9e0;--panel:#f6f8fa;
--bad:#b42318;--doubt:#8a5a00;--good:#1a7f37;--baseline:#57606a;--current:#c2410c;--link:#0b57d0}
@media (prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--soft:#9198a1;--line:#3d444d;--panel:#161b22;
--bad:#ff8a80;--doubt:#e3b341;--good:#56d364;--baseline:#a8b3c0;--current:#ff9e64;--link:#79b0ff}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main,header,footer{max-width:76rem;margin:0 auto;padding:0 1rem}h1{font-size:1.6rem;margin:1.5rem 0 .25rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:0 0 .25rem}p{margin:.25rem 0}ul{margin:.5rem 0;padding-left:1.25rem}code{font:.92em ui-monospace,"SF Mono",Menlo,monospace;overflow-wrap:anywhere}
a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px}.soft{color:var(--soft)}
.verdict{display:inline-block;padding:.15rem .7rem;border:2px solid currentColor;border-radius:.4rem;font-weight:700}
.regressed{color:var(--bad)}.inconclusive{color:var(--doubt)}.improved,.passed{color:var(--good)}
.scroll{overflow-x:auto;margin:.5rem 0}table{border-collapse:collapse;width:100%;font-size:.9rem}caption{text-align:left;color:var(--soft);padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}thead th{border-bottom:2px solid var(--line);vertical-align:bottom}
tbody th{font-weight:500;min-width:11rem;overflow-wrap:anywhere}td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
caption.unseen{position:absolute;width:1px;height:1px;padding:0;overflow:hidden;clip-path:inset(50%)}.scroll{position:relative}.remark span{position:sticky;left:.6rem;display:inline-block;max-width:min(74rem,calc(100vw - 4rem))}
td.remark{border-bottom:1px solid var(--line);color:var(--soft);padding-top:0}tr.with-remark>*{border-bottom:0}td.word,td.number{white-space:nowrap}
figure{margin:1rem 0;padding:1rem;border:1px solid var(--line);border-radius:.5rem;break-inside:avoid}figcaption{color:var(--soft);font-size:.85rem;margin-top:.5rem}
figure svg{display:block;width:100%;min-width:34rem;height:auto}`;

export const reportStyle = `${pageStyle}
${chartStyle}
${waterfallStyle}
@media print{:root{--back:#fff;--text:#000;--soft:#444;--line:#bbb;--panel:#fff;--bad:#b42318;--doubt:#8a5a00;--good:#1a7f37;--baseline:#57606a;--current:#c2410c}
body{font-size:11px}main,header,footer{max-width:none;padding:0}.scroll{overflow:visible}figure svg{min-width:0}thead{display:table-header-group}tr{break-inside:avoid}
.wf-text{fill:#000;stroke:#fff}.wf-soft{fill:#444}.wf-in{fill:#fff;stroke:none}.wf-bar{fill:#2563c9}.wf-grid{stroke:#bbb}}`;
