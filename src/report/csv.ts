import type { ExperimentResults } from './experiment-results';
import { plain } from './html';
import { valueRows } from './rows';

/** The figures as CSV, one in a row. See {@link valueRows}. */
export function csvOf(results: ExperimentResults): string {
  const { stringify } = require('csv-stringify/sync') as typeof import('csv-stringify/sync');
  const rows = [...valueRows(results)].map((row) => row.map((field) => (typeof field === 'string' ? plain(field) : field)));
  // Spreadsheets take a field that begins with = for a formula, and some names come from guests. Numbers are not changed.
  return stringify(rows, { escape_formulas: true });
}
