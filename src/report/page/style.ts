/**
 * The style of a page, for screens of all widths, light and dark, and for paper. A table scrolls in itself, and
 * shadows show on which sides it goes on; `--on` is what covers them, the background that the table is on. A stacked table has one line for each cell on a narrow screen. Text has a contrast of at least 4.5, lines and dots of at
 * least 3 against the background. The colors of subjects differ in lightness too, for those who cannot tell hues apart, and each has a symbol.
 */
export const STYLE = `
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --fg: #1b1f24; --dim: #57606a; --line: #d0d7de; --edge: #8c959f; --good: #0550ae; --bad: #9a3400;
  --c0: #0060a0; --c1: #c14a00; --c2: #00805c; --c3: #a03a80; --c4: #806000; --c5: #3d4650; }
@media (prefers-color-scheme: dark) { :root { --bg: #0e1116; --card: #171b22; --fg: #e6e9ee; --dim: #a3adb9; --line: #3a424d; --edge: #768390; --good: #79b8ff; --bad: #ffab70;
  --c0: #5ab4f0; --c1: #f0883e; --c2: #34c99a; --c3: #e58fc4; --c4: #e8d44d; --c5: #c3cad3; } }
@media print { :root { color-scheme: light; --bg: #fff; --card: #fff; --fg: #000; --dim: #333; --line: #999; --edge: transparent; --good: #0550ae; --bad: #9a3400;
  --c0: #0060a0; --c1: #c14a00; --c2: #00805c; --c3: #a03a80; --c4: #806000; --c5: #3d4650; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); --on: var(--bg); color: var(--fg); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 1240px; margin: 0 auto; padding: 16px; }
h1 { font-size: 1.05rem; margin: 0; color: var(--dim); font-weight: 600; }
h2 { font-size: 1.3rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1.1rem; margin: 1.6rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0 0 .4rem; }
small, .dim { color: var(--dim); font-size: .85rem; font-weight: 400; }
p { margin: .4rem 0; }
a { color: var(--good); }
.question { font-size: 1.15rem; margin: .2rem 0 .8rem; }
.answer { background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--c0); border-radius: 8px; padding: 14px 16px; }
.answer p:first-child { font-size: 1.4rem; line-height: 1.3; font-weight: 650; margin: 0 0 .3rem; }
.card { background: var(--card); --on: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; margin: 0; min-width: 0; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 350px), 1fr)); gap: 14px; align-items: start; }
.scroll { overflow-x: auto; background: linear-gradient(to right, var(--on) 30px, transparent) left / 60px 110% no-repeat local,
  linear-gradient(to left, var(--on) 30px, transparent) right / 60px 110% no-repeat local, linear-gradient(to right, var(--edge), transparent) left / 16px 100% no-repeat scroll,
  linear-gradient(to left, var(--edge), transparent) right / 16px 100% no-repeat scroll; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 3px solid var(--c0); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
.caption { color: var(--dim); font-size: .85rem; margin: .4rem 0 .2rem; }
th, td { text-align: left; vertical-align: top; padding: 4px 8px 4px 0; border-top: 1px solid var(--line); font-weight: 400; overflow-wrap: break-word; }
tbody th { min-width: 5.5rem; } tbody th[scope=row] { position: sticky; left: 0; background: var(--on); }
thead th { border-top: 0; color: var(--dim); font-size: .82rem; vertical-align: bottom; }
th[scope=rowgroup] { font-weight: 650; padding-top: .8rem; }
td.number, th.number { text-align: right; } td.number { white-space: nowrap; }
.glance td, .glance th { min-width: 6.5rem; }
.best { font-weight: 700; }
.better { color: var(--good); } .worse { color: var(--bad); }
.first th, .first td { font-weight: 650; }
.ranking { width: auto; } .ranking th, .ranking td { padding-right: 18px; vertical-align: middle; }
svg { display: block; width: 100%; max-width: 480px; height: auto; overflow: visible; }
svg text { white-space: pre; }
svg.inline { display: inline-block; width: 110px; height: 12px; vertical-align: middle; }
svg.swatch { display: inline-block; width: 26px; height: 12px; vertical-align: middle; margin-right: 6px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0; margin: .2rem 0 .4rem; font-size: .85rem; }
details { margin: .8rem 0; } summary { cursor: pointer; padding: 4px 0; color: var(--good); }
details > .grid { margin-top: .6rem; }
ul.plain { padding-left: 1.2rem; margin: .3rem 0; }
pre { white-space: pre-wrap; font-size: .8rem; margin: .4rem 0; }
code { font-size: .85em; }
@media (max-width: 480px) { main { padding: 10px; } .answer p:first-child { font-size: 1.2rem; } .card { padding: 10px; } }
@media screen and (max-width: 600px) {
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacked, .stacked tbody, .stacked tr, .stacked tbody th, .stacked td { display: block; width: auto; min-width: 0; }
  .stacked tr { border-top: 1px solid var(--line); padding: 6px 0; } .stacked th, .stacked td { border: 0; padding: 1px 0; white-space: normal; }
  .stacked tbody th[scope=row] { position: static; font-weight: 650; }
  .stacked td { display: flow-root; padding-left: 42%; text-align: left; }
  .stacked td[data-label]::before { content: attr(data-label); float: left; width: 69%; margin-left: -72.4%; color: var(--dim); font-weight: 400; }
}
@media print {
  @page { margin: 12mm; }
  body { font-size: 9.5pt; } main { max-width: none; padding: 0; } h2 { margin-top: 1.2rem; }
  .grid { grid-template-columns: 1fr 1fr; gap: 8px; } .grid > .card, tr { break-inside: avoid; } .card { padding: 6px 8px; } h2, h3, h4, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; } summary { color: var(--fg); list-style: none; }
  details.records { display: none; }
  .scroll { overflow: visible; } a { color: inherit; text-decoration: none; } table { font-size: .82rem; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
