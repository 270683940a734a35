/** Every message of the verbs that report results of experiments. */

export function questionLine(name: string, question: string | undefined): string {
  return question === undefined ? `${name}: ` : `${question}\n`;
}

export function tuningLine(tuning: string): string {
  return `Tuning: ${tuning}\n`;
}

export const NOT_RANKED = 'Not ranked:';
export const FLAGS = 'To know before using the figures:';
export const INCOMPLETE = 'Incomplete cells:';
export const MISSING_HEADER = ['MISSING IN', 'VM', 'TRIAL', 'REASON'];

export function andMoreLines(count: number): string {
  return `  and ${count} more; -o json has all of them\n`;
}

export function baseLine(run: string): string {
  return `Ratios are to ${run}.\n`;
}

export const NO_COMMON_CELLS = 'The runs have no cells in common.\n';

/** The page in a run folder. */
export const PAGE = 'report.html';

export function pageWritten(path: string): string {
  return `wrote ${path}`;
}

/** @param paths of records without a run folder */
export function noPage(paths: readonly string[]): string {
  return `no page written: ${paths.join(' ')} has no plan.json; use -o html for the page`;
}

export function pageNotWritten(path: string, why: string): string {
  return `${path}: not written: ${why}; use -o html for the page`;
}

export function notVisited(cells: number): string {
  return `${cells} more ${cells === 1 ? 'cell was' : 'cells were'} not measured: the ramp ended before.\n`;
}
