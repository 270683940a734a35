import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { grafanaDashboard } from '../../src/synth/dashboards';
import { picture } from '../support/dashboard-picture';
import type { Answered, Panel } from '../support/dashboard-series';
import { prometheus } from '../support/prometheus';
import { rulesOf } from '../support/prometheus-rules';
import { LOOK_BACK, ranges, withRules } from '../support/recorded-rules';
import { CONFIG, FROM, recordedRun, STEP, TO } from '../support/recorded-run';
import { ROOT } from '../support/render';
import { needs } from '../support/tools';

/** The picture of the dashboard in the documentation, from a real Prometheus with a recorded run. */

jest.setTimeout(180_000);

/** `npm run update` draws the picture again. */
const UPDATE = process.env.UPDATE === '1';
const FILE = join(ROOT, 'docs/how-to/images/dashboard.svg');
const DASHBOARD = grafanaDashboard() as { readonly title: string; readonly panels: readonly Panel[] };
/** The values of the variable by which a row is repeated. The rows of some are closed. */
const COMPONENTS = ['chaos-disk', 'cpu', 'disk', 'network'];
const CLOSED = ['disk', 'network'];
/** Not at the times of recorded samples, and a picture needs no more points. */
const SHOWN = { from: FROM + STEP / 2, to: TO - STEP / 2 - STEP, step: 2 * STEP };

/** A panel, and the workload that its row is for. */
type Shown = readonly [panel: Panel, component: string];

/** The panels that are shown, where Grafana puts them when it has repeated the row. */
function shownPanels(): Shown[] {
  const shown: Shown[] = [];
  let end = 0;
  for (const [head, ...panels] of rowsOf(DASHBOARD.panels)) {
    const down = (panel: Panel, by: number): Panel => ({ ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + by } });
    for (const component of head.repeat ? COMPONENTS : ['.*']) {
      const isClosed = CLOSED.includes(component);
      const title = isClosed ? `${component} (${panels.length} panels)` : head.title.replace('$component', component);
      const visible = [{ ...head, title }, ...(isClosed ? [] : panels)].map((panel) => down(panel, end - head.gridPos.y));
      shown.push(...visible.map((panel): Shown => [panel, component]));
      end = Math.max(...visible.map(({ gridPos }) => gridPos.y + gridPos.h));
    }
  }
  return shown;
}

/** Each row with its panels. */
function rowsOf(panels: readonly Panel[]): [Panel, ...Panel[]][] {
  const rows: [Panel, ...Panel[]][] = [];
  for (const panel of panels) {
    if (panel.type === 'row') rows.push([panel]);
    else rows.at(-1)?.push(panel);
  }
  return rows;
}

async function drawn(): Promise<string> {
  const { rules, runId } = await rulesOf(CONFIG);
  const samples = await withRules(recordedRun(runId), rules, { from: FROM - 900, to: TO, step: STEP });
  const server = await prometheus(`${samples}\n# EOF\n`, {}, LOOK_BACK);
  try {
    const all: Answered[] = [];
    for (const [panel, component] of shownPanels()) {
      const chosen = (expr: string) => expr.replaceAll('$namespace', 'load').replaceAll('$component', component).replaceAll('$name', '.*');
      const answers = await Promise.all((panel.targets ?? []).map(({ expr }) => ranges(server.url, chosen(expr), SHOWN)));
      all.push({ panel, answers });
    }
    return picture(DASHBOARD.title, all, SHOWN);
  } finally {
    await server.stop();
  }
}

needs('prometheus', 'promtool')('the picture of the dashboard is what Prometheus answers', async () => {
  const fresh = await drawn();
  if (UPDATE) {
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, fresh);
  }
  expect(readFileSync(FILE, 'utf8')).toBe(fresh);
});

/** The panels in the file: title, position and names of series. */
function inPicture(): string[][] {
  const found = readFileSync(FILE, 'utf8').matchAll(/<g data-panel="([^"]*)" data-grid="([^"]*)"[^>]*>(?:<desc>([^<]*)<)?/g);
  return [...found].map(([, title = '', grid = '', names = '']) => [title, grid, names]);
}

test('the picture has every panel of the dashboard at its position', () => {
  const expected = shownPanels().map(([{ title, gridPos }]) => [title, [gridPos.x, gridPos.y, gridPos.w, gridPos.h].join(' ')]);
  expect(inPicture().map(([title, grid]) => [title, grid])).toEqual(expected);
});

/** What the recorded run does not have. */
const EMPTY = ['cpu Other signals'];
const ABSENT = ['{{vmi}} failed'];

test.each(
  shownPanels()
    .filter(([{ type }]) => type !== 'row')
    .map(([panel, component], index) => [`${component} ${panel.title}`, panel, index] as const),
)('the picture shows series of %s', (name, { targets = [] }, index) => {
  const names = inPicture().filter(([, , each]) => each !== '')[index]?.[2] ?? '';
  expect(names === 'No data').toBe(EMPTY.includes(name));
  for (const { legendFormat } of EMPTY.includes(name) ? [] : targets.filter((target) => !ABSENT.includes(target.legendFormat))) {
    expect(names).toMatch(new RegExp(legendFormat.replace(/\{\{\w+\}\}/g, '.*')));
  }
});

test('the picture says that Grafana draws in its own style, is small, and loads nothing', () => {
  const svg = readFileSync(FILE, 'utf8');
  expect(svg).toContain('Grafana draws the same panels, queries and positions in its own style.');
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|<image/);
  expect(svg.length).toBeLessThan(200 * 1024);
});
