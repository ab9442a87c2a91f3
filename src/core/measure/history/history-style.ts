/** Six lines that can be told apart; the script also gives each another dash. */
export const historyStyle = `:root{--line-0:#c2410c;--line-1:#0b57d0;--line-2:#1a7f37;--line-3:#8250df;--line-4:#8a5a00;--line-5:#57606a}
@media (prefers-color-scheme:dark){:root{--line-0:#ff9e64;--line-1:#79b0ff;--line-2:#56d364;--line-3:#d2a8ff;--line-4:#e3b341;--line-5:#a8b3c0}}
form{display:flex;flex-wrap:wrap;gap:.75rem;padding:1rem;background:var(--panel);border:1px solid var(--line);border-radius:.5rem}
label{display:flex;flex-direction:column;font-size:.85rem;gap:.15rem;min-width:8rem;max-width:100%;flex:1 1 8rem}
select,input,button{font:inherit;color:var(--text);background:var(--back);border:1px solid var(--soft);border-radius:.3rem;padding:.3rem .5rem;max-width:100%;min-height:2.2rem}
button{align-self:end;cursor:pointer}.pair{display:flex;flex-wrap:wrap;gap:.75rem;margin:.5rem 0}.pair label{flex:0 1 14rem}
.chart{margin:.5rem 0;min-height:240px;border-radius:.3rem}.uplot{max-width:100%}.readout{min-height:3em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
details{margin-top:.5rem}summary{cursor:pointer;padding:.25rem 0}td.run{overflow-wrap:anywhere;min-width:9rem}
.key{display:inline-block;width:1.6rem;border-top:3px solid var(--line-5);vertical-align:middle;margin-right:.4rem}
${[0, 1, 2, 3, 4, 5].map((index) => `.key-${index}{border-top-color:var(--line-${index})}`).join('')}
.key-1{border-top-style:dashed}.key-2{border-top-style:dotted}
@media (max-width:30rem){figure{padding:.6rem}body{font-size:15px}}`;
