import type { CellResult, ExperimentResults, Missing } from './experiment-results';
import { grouped } from './grouped';
import { labelOf } from './layout';
import { ALL, moreRows, reasonsNamed, severalNamed, THE_ONLY_CELL, trialsNamed } from './messages';
import { isNotVisited } from './ramp';

/**
 * What is missing, incomplete or flagged, for people: what several records, VMs, groups or cells have in common is one row. The JSON output
 * has each of them.
 */

/** Rows that a table lists. */
const MOST_ROWS = 100;

/** Missing records: groups, VMs, trials and the reason. */
export function missingRows(missing: readonly Missing[]): string[][] {
  const trials = grouped(missing, ({ group, vm, why }) => [group, vm, why]);
  const ofVms = trials.map((own) => {
    const { group, vm, why } = own[0] as Missing;
    return { group, vm, why, trials: own.flatMap(({ trial }) => trial ?? []).sort() };
  });
  const alike = grouped(ofVms, (each) => [each.vm === undefined ? '' : each.group, each.why, each.trials]);
  return alike.map((own) => {
    const [first] = own as [(typeof ofVms)[number]];
    const groups = [...new Set(own.map(({ group }) => group))];
    return [
      severalNamed(groups, 'group'),
      first.vm === undefined
        ? ALL
        : severalNamed(
            own.map(({ vm = '' }) => vm),
            'VM',
          ),
      first.trials.length === 0 ? ALL : trialsNamed(first.trials),
      first.why,
    ];
  });
}

/** Cells with missing or wrong records. Cells that a ramp did not visit are not among them. */
export function incompleteCells(cells: readonly CellResult[]): CellResult[] {
  return cells.filter((cell) => !cell.complete && !isNotVisited(cell));
}

/** Whether every planned record is there and counts. */
export function isWhole({ missing, cells }: ExperimentResults): boolean {
  return missing.length === 0 && incompleteCells(cells).length === 0;
}

/** Incomplete cells and the reason. */
export function incompleteRows(cells: readonly CellResult[]): string[][] {
  return grouped(incompleteCells(cells), ({ why }) => why).map((own) => [cellsNamed(own), reasonsNamed((own[0] as CellResult).why)]);
}

/** Cells, the kind of the flag and the text. That a cell is incomplete is said elsewhere. */
export function flagRows(cells: readonly CellResult[]): string[][] {
  const flags = cells.flatMap((cell) => shownFlags(cell).map((flag) => ({ cell, flag })));
  return grouped(flags, ({ flag: { kind, text } }) => [kind, text]).map((own) => {
    const [{ flag }] = own as [(typeof flags)[number]];
    return [cellsNamed(own.map(({ cell }) => cell)), flag.kind, flag.text];
  });
}

/** The flags of a cell other than that it is incomplete. */
export function shownFlags({ flags }: CellResult): CellResult['flags'] {
  return flags.filter(({ kind }) => kind !== 'incomplete');
}

function cellsNamed(cells: readonly CellResult[]): string {
  return severalNamed(
    cells.map(({ values }) => labelOf(values) || THE_ONLY_CELL),
    'cell',
    '; ',
  );
}

/** The first rows, and how many more there are. */
export function limited<T>(rows: readonly T[], most: number = MOST_ROWS): { readonly rows: readonly T[]; readonly more?: string } {
  return rows.length <= most ? { rows } : { rows: rows.slice(0, most), more: moreRows(rows.length - most) };
}
