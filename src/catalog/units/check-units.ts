import { formatProblem, type Problem } from '../../errors';
import { nearest } from '../../text/suggest';
import { allUnits, type EntryRole, type GuestFile } from '../entry';
import * as say from '../messages/units';
import { optionalHint, type Text } from '../messages/wording';
import { type Problems, report } from '../problems';
import { directiveHint, directives, sectionsOf } from './directives';
import { execProblems } from './exec';
import { type MergedUnit, UNKNOWN } from './merged';
import { programsOfGuest } from './programs';
import { danglingDropIn, danglingReferences } from './references';
import { trialUnitProblems } from './trial-units';
import { type Assignment, parseUnit, type UnitText } from './unit-text';
import type { UnitsOfEntry } from './units-of-entry';
import { unknownUsers } from './users';
import { meantValue, wrongValue, wrongWords } from './values';
import { refusals, wrongTimer } from './whole-unit';

/** Values of placeholders, by their keys. An empty one is not examined. */
type Values = { readonly [key: string]: string };

/** A unit of a role, or a drop-in for one, with its placeholders filled in. */
interface Piece {
  /** Name of the unit. */
  readonly unit: string;
  readonly dropIn: boolean;
  readonly source: string;
  readonly text: UnitText;
}

const UNIT_PATH = /^\/(?:etc|run|usr\/lib|usr\/local\/lib|lib)\/systemd\/system\/([^/]+?)(?:\.d\/[^/]+\.conf)?$/;
const UNIT_TYPE = /\.(service|socket|timer|path|target|mount|automount|swap|slice)$/;

/**
 * Compares the units and drop-ins of an entry with what systemd does with them: what it refuses is a problem, a line
 * that it ignores is a warning.
 */
export function checkUnits(entry: UnitsOfEntry, values: Values): Problems {
  const found: Problems = { problems: [], warnings: [] };
  for (const role of entry.roles) {
    const pieces = piecesOf(role, values);
    for (const piece of pieces) {
      report(found, lineProblems(piece, role));
      if (piece.dropIn) found.warnings.push(...danglingDropIn(piece.unit, piece.source, entry, role));
    }
    for (const unit of mergedUnits(pieces)) {
      found.problems.push(...refusalsOf(unit), ...trialUnitProblems(unit, role));
      found.warnings.push(...unknownUsers(unit, entry, role));
      report(found, danglingReferences(unit, entry, role));
    }
  }
  return onceEach(found);
}

/** Roles share files, whose problems are found in each of them. */
function onceEach({ problems, warnings }: Problems): Problems {
  const seen = new Set<string>();
  const isNew = (problem: Problem) => {
    const line = formatProblem(problem);
    const isKnown = seen.has(line);
    seen.add(line);
    return !isKnown;
  };
  return { problems: problems.filter(isNew), warnings: warnings.filter(isNew) };
}

function refusalsOf(unit: MergedUnit): Problem[] {
  return refusals(unit, directives()).map(({ given, ...text }) => ({
    where: given ? `${given.source}:${given.line}` : unit.source,
    ...text,
  }));
}

function piecesOf(role: EntryRole, values: Values): Piece[] {
  const units = allUnits(role).map(({ name, source, text }): Piece => ({ unit: name, dropIn: false, source, text: filled(text, values) }));
  return [...units, ...role.files.flatMap((file) => pieceOf(file, values))];
}

/** A file that systemd reads as a unit or as a drop-in. */
function pieceOf(file: GuestFile, values: Values): Piece[] {
  const unit = UNIT_PATH.exec(file.path)?.[1];
  if (unit === undefined || !UNIT_TYPE.test(unit) || typeof file.content !== 'string') return [];
  const text = file.placeholders ? filled(file.content, values) : parseUnit(file.content);
  return [{ unit, dropIn: file.path.endsWith('.conf'), source: file.source, text }];
}

function filled(text: string, values: Values): UnitText {
  const parsed = parseUnit(text);
  const fill = (value: string) =>
    value.replace(/(\\?)\{\{\s*([\w-]+)\s*\}\}/g, (whole, escaped, key) => (escaped ? whole.slice(1) : values[key] || UNKNOWN));
  return { ...parsed, assignments: parsed.assignments.map((each) => ({ ...each, value: fill(each.value) })) };
}

/** Each unit of the role with the drop-ins that the role has for it. */
function mergedUnits(pieces: readonly Piece[]): MergedUnit[] {
  return pieces
    .filter((piece) => !piece.dropIn)
    .map(({ unit, source, text }) => ({
      name: unit,
      source,
      assignments: [{ source, text }, ...pieces.filter((each) => each.dropIn && each.unit === unit)].flatMap((piece) =>
        piece.text.assignments.map((each) => ({ ...each, source: piece.source })),
      ),
    }));
}

/** A problem of a line. */
interface Found extends Text {
  readonly line: number;
  /** systemd refuses the unit, or the unit cannot do what it is for; otherwise it ignores the line. */
  readonly fatal: boolean;
}

/** What is wrong with single lines of a unit. */
function lineProblems({ unit, source, text }: Piece, role: EntryRole): Problems {
  const sections = sectionsOf(unit);
  const found: Found[] = [
    ...text.problems.map(({ message, fatal, ...rest }) => ({
      ...rest,
      fatal,
      message: fatal ? message : `${message}; ${say.SYSTEMD_IGNORES_LINE}`,
    })),
    ...unknownSections(unit, text, sections),
    ...text.assignments
      .filter(({ section }) => sections.includes(section))
      .flatMap((assignment) => assignmentProblems(assignment, sections, role).map((each) => ({ ...each, line: assignment.line }))),
  ];
  const problem = ({ line, message, hint }: Found): Problem => ({ where: `${source}:${line}`, message, ...optionalHint(hint) });
  return {
    problems: found.filter(({ fatal }) => fatal).map(problem),
    warnings: found.filter(({ fatal }) => !fatal).map(problem),
  };
}

function unknownSections(unit: string, { sections }: UnitText, known: readonly string[]): Found[] {
  const type = unit.replace(/^.*\./, '');
  return sections
    .filter(({ name }) => !known.includes(name) && !name.startsWith('X-'))
    .map(({ name, line }) => ({ line, fatal: false, ...say.unknownSection(name, type, known, nearest(name, known)) }));
}

function assignmentProblems(
  { section, name, value }: Assignment,
  sections: readonly string[],
  role: EntryRole,
): (Text & { readonly fatal: boolean })[] {
  const kind = directives().sections.get(section)?.get(name);
  if (kind === undefined) {
    if (name.startsWith('X-')) return [];
    return [{ ...say.unknownDirective(name, section, directiveHint(name, section, sections)), fatal: false }];
  }
  if (kind === 'exec' && value !== '' && name !== 'DefaultInstance') {
    const found = [...execProblems(value.replaceAll(UNKNOWN, 'x')), ...programsOfGuest(value, role)];
    return found.map((each) => ({ ...each, message: say.ofDirective(name, each.message) }));
  }
  if (value.includes(UNKNOWN) || name === 'DefaultInstance') return [];
  const must = kind === 'timer' ? wrongTimer(name, value) : wrongValue(kind, value);
  if (must === undefined) return [];
  const near = meantValue(kind, value);
  return [{ ...say.wrongDirective(name, must, value, effectOf(kind, value), near), fatal: isFatal(kind, value) }];
}

function effectOf(kind: string, value: string): string {
  if (isFatal(kind, value)) return say.SYSTEMD_REFUSES_UNIT;
  const wrong = wrongWords(kind, value);
  return wrong.length > 0 ? say.onlyIgnored(wrong) : say.SYSTEMD_IGNORES_LINE;
}

/** Whether systemd refuses the whole unit for a wrong value; a `!` marks a directive of such a kind. */
function isFatal(kind: string, value: string): boolean {
  if (value.startsWith('-')) return false;
  return kind.endsWith('!') || ['user_group_compat', 'user_group_strv_compat', 'working_directory'].includes(kind);
}
