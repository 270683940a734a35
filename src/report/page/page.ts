import type { ExperimentResults } from '../experiment-results';
import { shownFlags } from '../gaps';
import { type Html, html } from '../html';
import { layoutOf } from '../layout';
import { documentOf } from './document';
import { expectations, flags, missing, provenance, readiness } from './evidence';
import { overview } from './glance';
import { panels } from './panels';
import { ratios } from './ratios';
import { answerAndRemarks, hasRepeats } from './remarks';
import { score } from './score';

/** The report as one HTML file. Text of the results is escaped, because guests write a part of it. */
export function pageOf(results: ExperimentResults): string {
  const layout = layoutOf(results);
  const [answer = '', ...more] = answerAndRemarks(results, layout);
  return documentOf(
    `${results.name}: report`,
    html`<header>
<h1>${results.name}</h1>
${results.question !== undefined && html`<p class="question">${results.question}</p>`}
<div class="answer"><p>${answer}</p>${more.map((each) => html`<p>${each}</p>`)}${ratios(results, layout)}</div>
<p class="dim">${extentOf(results)}</p>
</header>
${score(results)}
${overview(results, layout)}
${expectations(results)}
${panels(results, layout)}
${flags(results)}
${missing(results)}
${readiness(results)}
${provenance(results)}
`,
  );
}

function extentOf(results: ExperimentResults): Html {
  const repeats = Math.max(0, ...results.cells.flatMap(({ figures }) => Object.values(figures).map(({ values }) => values.length)));
  const axes = results.axes.map(({ name, values }) => `${name} (${values.length})`).join(' × ');
  const flagged = results.cells.filter((cell) => shownFlags(cell).length > 0).length;
  return html`Measured: ${axes}, ${results.cells.length} cells, ${repeats} ${repeats === 1 ? 'repeat' : 'repeats'}. ${
    flagged > 0 && html`<a href="#flags">${flagged} ${flagged === 1 ? 'cell has' : 'cells have'} flags</a>. `
  }${rangesOf(results, repeats)}`;
}

function rangesOf(results: ExperimentResults, repeats: number): string {
  if (repeats === 0) return 'Nothing is measured.';
  return hasRepeats(results)
    ? 'Ranges are 95 % confidence intervals over the repeats.'
    : 'With one repeat, no interval is known and nothing is decided.';
}
