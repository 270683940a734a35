import type { ExperimentResults } from '../experiment-results';
import { type Html, html, trusted } from '../html';
import { layoutOf } from '../layout';
import { expectations, flags, missing, provenance, readiness } from './evidence';
import { overview } from './glance';
import { panels } from './panels';
import { answerAndRemarks, hasRepeats } from './remarks';
import { score } from './score';
import { STYLE } from './style';

/**
 * The report as one HTML file. It needs no network and no script: charts are inline SVG, and a policy in the file forbids everything else.
 * Text of the results is escaped, because guests write a part of it.
 */
export function pageOf(results: ExperimentResults): string {
  const layout = layoutOf(results);
  const [answer = '', ...more] = answerAndRemarks(results, layout);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${results.name}: report</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>${results.name}</h1>
${results.question !== undefined && html`<p class="question">${results.question}</p>`}
<div class="answer"><p>${answer}</p>${more.map((each) => html`<p>${each}</p>`)}</div>
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
</main>
</body>
</html>
`;
  return page.text;
}

function extentOf(results: ExperimentResults): Html {
  const repeats = Math.max(0, ...results.cells.flatMap(({ figures }) => Object.values(figures).map(({ values }) => values.length)));
  const axes = results.axes.map(({ name, values }) => `${name} (${values.length})`).join(' × ');
  const flagged = results.cells.filter(({ flags }) => flags.length > 0).length;
  return html`Measured: ${axes}, ${results.cells.length} cells, ${repeats} ${repeats === 1 ? 'repeat' : 'repeats'}. ${
    flagged > 0 && html`<a href="#flags">${flagged} ${flagged === 1 ? 'cell has' : 'cells have'} flags</a>. `
  }${hasRepeats(results) ? 'Ranges are 95 % confidence intervals over the repeats.' : 'With one repeat, no interval is known and nothing is decided.'}`;
}
