import { type Panel, type PanelQuery, ROWS, type Row, TITLE, VARIABLES, type Variable } from '../signals/dashboard';

/** The same for every run, so that Grafana has one dashboard for all of them. */
const UID = 'virtwork-signals';
const LETTERS = 'ABCDEFGH';
const COLUMNS = 24;
const HEIGHT = 8;
const WIDTHS: { readonly [kind in Panel['kind']]: number } = { number: 6, lines: 6, lanes: 12, table: 24 };

/** The dashboard as Grafana reads it. */
export function grafanaDashboard(): object {
  return {
    uid: UID,
    title: TITLE,
    tags: ['virtwork', 'kubevirt'],
    editable: true,
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'datasource' }, ...VARIABLES.map(grafanaVariable)],
    },
    panels: placed(ROWS),
  };
}

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

function grafanaVariable(variable: Variable): object {
  return { ...queried(variable), datasource: DATASOURCE, ...(variable.isMultiple ? { allValue: '.*' } : {}) };
}

/** What Grafana and the console of OpenShift have in common. */
function queried({ name, series, label, isMultiple }: Variable): object {
  return {
    name,
    label: name,
    type: 'query',
    query: `label_values(${series}, ${label})`,
    // When the time range changes.
    refresh: 2,
    sort: 1,
    multi: isMultiple,
    includeAll: isMultiple,
    ...(isMultiple ? { current: { text: 'All', value: '$__all' } } : {}),
  };
}

/** Each row as a panel, with its panels after it, from left to right and from top to bottom. */
function placed(rows: readonly Row[]): object[] {
  let [y, id] = [0, 0];
  return rows.flatMap(({ title, isRepeated, panels }) => {
    const row = { id: ++id, type: 'row', title, collapsed: false, panels: [], gridPos: { x: 0, y, w: COLUMNS, h: 1 } };
    y += 1;
    let x = 0;
    const below = panels.map((panel) => {
      const w = WIDTHS[panel.kind];
      if (x + w > COLUMNS) [x, y] = [0, y + HEIGHT];
      const made = { id: ++id, ...grafanaPanel(panel), gridPos: { x, y, w, h: HEIGHT } };
      x += w;
      return made;
    });
    y += HEIGHT;
    return [{ ...row, ...(isRepeated ? { repeat: 'component' } : {}) }, ...below];
  });
}

const TYPES: { readonly [kind in Panel['kind']]: string } = {
  number: 'stat',
  lines: 'timeseries',
  lanes: 'state-timeline',
  table: 'table',
};

function grafanaPanel({ title, description, kind, unit, queries }: Panel): object {
  const isTable = kind === 'table';
  const columns = queries.map(({ legend }, at) => [`Value #${LETTERS[at]}`, legend]);
  return {
    type: TYPES[kind],
    title,
    ...(description === undefined ? {} : { description }),
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, custom: {} }, overrides: overrides(kind, queries) },
    options: kind === 'lanes' ? { showValue: 'never', mergeValues: true } : {},
    targets: queries.map((query, at) => target(query, at, isTable)),
    ...(isTable
      ? {
          transformations: [
            { id: 'merge', options: {} },
            { id: 'organize', options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(columns) } },
          ],
        }
      : {}),
  };
}

/** Colors of lines, which Grafana has in several shades. */
const HUES = ['blue', 'orange', 'green', 'purple', 'yellow', 'red'];

function overrides(kind: Panel['kind'], queries: readonly PanelQuery[]): object[] {
  // All bars have the value 1, for which Grafana has a single color.
  if (kind === 'lanes') return [colored(/./, 'blue'), colored(/ pending$/, 'yellow'), colored(/ firing$/, 'red')];
  if (!queries.some(({ legend }) => legend.endsWith(' expected'))) return [];
  return [named(/ expected$|^floor of /, 'custom.lineStyle', { fill: 'dash', dash: [8, 8] }), ...HUES.flatMap(pairOfLines)];
}

/** What is expected of a VM is darker than what is seen of it. VMs differ by the last digit of their names. */
function pairOfLines(hue: string, index: number): object[] {
  const digits = [index, index + HUES.length].filter((digit) => digit < 10).join('');
  const of = (which: string) => new RegExp(`-[0-9]*[${digits}]( [^ ]+)? ${which}$`);
  return [colored(of('seen'), hue), colored(of('expected'), `dark-${hue}`)];
}

function colored(series: RegExp, fixedColor: string): object {
  return named(series, 'color', { mode: 'fixed', fixedColor });
}

/** A property of the series with such names; the last override that matches holds. */
function named(series: RegExp, id: string, value: object): object {
  return { matcher: { id: 'byRegexp', options: String(series) }, properties: [{ id, value }] };
}

function target({ expr, legend }: PanelQuery, at: number, isTable: boolean): object {
  return { refId: LETTERS[at], expr, legendFormat: legend, ...(isTable ? { format: 'table', instant: true } : {}) };
}

/** The dashboard as the console of OpenShift reads it: its panels are in rows, and rows are not repeated. */
export function consoleDashboard(): object {
  return {
    uid: UID,
    title: TITLE,
    tags: ['virtwork', 'kubevirt'],
    time: { from: 'now-1h', to: 'now' },
    templating: { list: VARIABLES.map(queried) },
    rows: ROWS.map(({ title, isRepeated, panels }) => ({
      title: isRepeated ? 'Signals' : title,
      showTitle: true,
      panels: panels.map(consolePanel),
    })),
  };
}

const CONSOLE_TYPES: { readonly [kind in Panel['kind']]: string } = {
  number: 'singlestat',
  lines: 'graph',
  lanes: 'graph',
  table: 'table',
};
const LABELS = ['namespace', 'name', 'workload', 'role', 'signal'];

function consolePanel({ title, kind, unit, queries }: Panel, at: number): object {
  const isTable = kind === 'table';
  const hidden = { pattern: 'Time', type: 'hidden' };
  const values = queries.map(({ legend }, index) => ({
    pattern: `Value #${LETTERS[index]}`,
    alias: legend,
    type: 'number',
    unit,
    decimals: 2,
  }));
  return {
    id: at + 1,
    type: CONSOLE_TYPES[kind],
    title,
    span: WIDTHS[kind] / 2,
    targets: queries.map((query, index) => target(query, index, isTable)),
    ...(isTable
      ? { transform: 'table', styles: [hidden, ...LABELS.map((pattern) => ({ pattern, alias: pattern, type: 'string' })), ...values] }
      : {}),
    ...(kind === 'number' ? { format: unit } : {}),
    ...(kind === 'lines' || kind === 'lanes' ? { yaxes: [{ format: unit }, { format: unit }], lines: true, stack: false } : {}),
  };
}
