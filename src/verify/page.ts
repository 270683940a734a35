import { type Html, html } from '../report/html';
import { documentOf } from '../report/page/document';
import { colorOf } from '../report/page/draw';
import { card, grid, table } from '../report/page/parts';
import { CURVE_COLOR, seriesChart } from './chart';
import { chartsLeftOut, PAGE } from './messages';
import { alertRows, answerOf, eventRows, isUnused, notesOf, timesOf, verdictRows } from './rows';
import type { CheckedSignal, CheckedVm, Verification } from './verification';

/** Charts of a page; signals that are not good are drawn first. */
const MOST_CHARTS = 60;
/** Rows of the table and of the list of events; the JSON output has all. */
const MOST_ROWS = 1000;

/** The verification as one HTML file without scripts. */
export function pageOf(verification: Verification): string {
  const { namespace, run, source } = verification;
  return documentOf(
    PAGE.title(namespace),
    html`<header>
<h1>${PAGE.title(namespace)}${run !== undefined && html`, run ${run}`}</h1>
<div class="answer"><p>${answerOf(verification)}</p>${notesOf(verification).map((note) => html`<p>${note}</p>`)}</div>
<p class="dim">${timesOf(verification)}. ${PAGE.source(source.place, source.clock_offset)}</p>
</header>
${verdicts(verification)}
${charts(verification)}
${alerts(verification)}
${events(verification)}
`,
  );
}

function verdicts(verification: Verification): Html {
  const rows = verdictRows(verification).slice(0, MOST_ROWS);
  const columns = [
    { name: 'VM' },
    { name: 'signal' },
    { name: 'verdict' },
    { name: 'guest', isNumber: true },
    { name: 'outside', isNumber: true },
    { name: 'reason' },
  ];
  return html`<section id="verdicts"><h2>Verdicts</h2>${table(
    PAGE.caption,
    columns,
    rows.map(({ vm, signal, verdict, guest, outside, why, good }) => ({
      class: good ? 'good' : 'bad',
      cells: [vm, signal, html`<span class="${good ? 'better' : 'worse'}">${good ? '' : '✗ '}${verdict}</span>`, guest, outside, why],
    })),
    'stacked',
  )}</section>
`;
}

function charts({ vms }: Verification): Html {
  const all = vms.flatMap((vm) => vm.signals.map((signal) => ({ vm, signal }))).filter(({ signal }) => signal.verdict !== 'not checked');
  const used = all.filter(({ vm, signal }) => !isUnused(vm, signal));
  const shown = [...used.filter(({ signal }) => !signal.good), ...used.filter(({ signal }) => signal.good)].slice(0, MOST_CHARTS);
  const names = [...new Set(shown.map(({ signal }) => signal.name))];
  return html`<section id="charts"><h2>Guest and outside</h2>${legend(shown.some(({ vm }) => vm.curve !== undefined))}${names.map(
    (name) => {
      const own = shown.filter(({ signal }) => signal.name === name);
      return html`<h3>${name} <small>${own[0]?.signal.desc}</small></h3>${grid(own.map(({ vm, signal }) => chartCard(vm, signal)))}`;
    },
  )}${all.length > shown.length && html`<p class="dim">${chartsLeftOut(all.length - shown.length)}</p>`}</section>
`;
}

function chartCard(vm: CheckedVm, signal: CheckedSignal): Html {
  return card(
    vm.name,
    signal.why ? `${signal.verdict}: ${signal.why}` : signal.verdict,
    seriesChart(vm, signal) ?? html`<p class="dim">${PAGE.empty}</p>`,
  );
}

function legend(hasCurve: boolean): Html {
  return html`<ul class="legend">${PAGE.legend.map(
    (label, index) =>
      html`<li><svg class="swatch" viewBox="0 0 26 12" aria-hidden="true"><path d="M0,6H26" stroke="${colorOf(index)}" stroke-width="2"${
        index === 1 && html` stroke-dasharray="6 3"`
      }/></svg>${label}</li>`,
  )}${
    hasCurve &&
    html`<li><svg class="swatch" viewBox="0 0 26 12" aria-hidden="true"><path d="M0,6H26" stroke="${colorOf(CURVE_COLOR)}" stroke-width="5" stroke-opacity="0.4"/></svg>${PAGE.curve}</li>`
  }<li>${PAGE.events}</li></ul>`;
}

function alerts(verification: Verification): Html {
  const rows = alertRows(verification).slice(0, MOST_ROWS);
  if (rows.length === 0) return html``;
  return html`<section id="alerts"><h2>Alerts</h2>${table(
    PAGE.alertsCaption,
    [{ name: 'alert' }, { name: 'severity' }, { name: 'verdict' }, { name: 'workload' }, { name: 'VMs' }, { name: 'reason' }],
    rows.map(({ alert, severity, verdict, workload, vms, why, good }) => ({
      class: good ? 'good' : 'bad',
      cells: [alert, severity, html`<span class="${good ? 'better' : 'worse'}">${good ? '' : '✗ '}${verdict}</span>`, workload, vms, why],
    })),
    'stacked',
  )}</section>
`;
}

function events(verification: Verification): Html {
  const rows = eventRows(verification).slice(0, MOST_ROWS);
  if (rows.length === 0) return html``;
  return html`<section id="events"><h2>Events</h2>${table(
    PAGE.eventsCaption,
    [{ name: 'time (UTC)' }, { name: 'VM' }, { name: 'event' }, { name: 'what' }, { name: 'series from outside' }],
    rows.map(({ time, vm, kind, text, outside, steady }) => ({
      cells: [time, vm, kind, text, html`<span class="${steady ? 'steady' : 'worse'}">${outside}</span>`],
    })),
    'stacked',
  )}</section>
`;
}
