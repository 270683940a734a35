import type { Problem } from '../../errors';
import { formatProblem } from '../../errors';
import { nearest } from '../../text/suggest';
import type { EntryRole, GuestFile } from '../entry';
import type { Problems } from '../problems';
import type { Brought } from './brought';
import { directives, meant, sectionsOf } from './directives';
import { execProblems } from './exec';
import { type MergedUnit, UNKNOWN } from './merged';
import { foundInGuest } from './programs';
import { danglingDropIn, danglingReferences } from './references';
import { type Assignment, parseUnit, type UnitText } from './unit-text';
import { unknownUsers } from './users';
import { meantValue, wrongValue, wrongWords } from './values';
import { refusals, wrongTimer } from './whole-unit';

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
 * Holds the units and drop-ins of an entry against what systemd does with them: what it refuses is a problem, a line
 * that it ignores is a warning.
 * @param values of the placeholders; an empty one is not looked into
 */
export function checkUnits(entry: Brought, values: { readonly [key: string]: string }): Problems {
  const [problems, warnings]: [Problem[], Problem[]] = [[], []];
  const seen = new Set<string>();
  const once = (to: Problem[], found: readonly Problem[]) => {
    for (const problem of found) {
      if (!seen.has(formatProblem(problem))) to.push(problem);
      seen.add(formatProblem(problem));
    }
  };
  for (const role of entry.roles) {
    const pieces = piecesOf(role, values);
    for (const piece of pieces) {
      const found = lineProblems(piece, role);
      once(problems, found.problems);
      once(warnings, found.warnings);
      if (piece.dropIn) once(warnings, danglingDropIn(piece.unit, piece.source, entry, role));
    }
    for (const unit of mergedUnits(pieces)) {
      once(
        problems,
        refusals(unit, directives()).map(({ given, ...rest }) => ({
          ...rest,
          where: given ? `${given.source}:${given.line}` : unit.source,
        })),
      );
      const found = danglingReferences(unit, entry, role);
      once(warnings, unknownUsers(unit, entry, role));
      once(problems, found.problems);
      once(warnings, found.warnings);
    }
  }
  return { problems, warnings };
}

function piecesOf(role: EntryRole, values: { readonly [key: string]: string }): Piece[] {
  const units = role.units.map(({ name, source, text }): Piece => ({ unit: name, dropIn: false, source, text: filled(text, values) }));
  return [...units, ...role.files.flatMap((file) => pieceOf(file, values))];
}

/** A file that systemd reads as a unit or as a drop-in. */
function pieceOf(file: GuestFile, values: { readonly [key: string]: string }): Piece[] {
  const unit = UNIT_PATH.exec(file.path)?.[1];
  if (unit === undefined || !UNIT_TYPE.test(unit) || typeof file.content !== 'string') return [];
  const text = file.placeholders ? filled(file.content, values) : parseUnit(file.content);
  return [{ unit, dropIn: file.path.endsWith('.conf'), source: file.source, text }];
}

function filled(text: string, values: { readonly [key: string]: string }): UnitText {
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

function lineProblems({ unit, source, text }: Piece, role: EntryRole): Problems {
  const findings: Problems = { problems: [], warnings: [] };
  const sections = sectionsOf(unit);
  for (const { line, fatal, message, hint } of text.problems) {
    const problem = {
      where: `${source}:${line}`,
      message: fatal ? message : `${message}; systemd ignores this line`,
      ...(hint ? { hint } : {}),
    };
    (fatal ? findings.problems : findings.warnings).push(problem);
  }
  for (const { name, line } of text.sections) {
    if (sections.includes(name) || name.startsWith('X-')) continue;
    const near = nearest(name, sections);
    findings.warnings.push({
      where: `${source}:${line}`,
      message: `section [${name}] is unknown in a .${unit.replace(/^.*\./, '')} unit (known: ${sections.map((each) => `[${each}]`).join(', ')}); systemd ignores it`,
      ...(near === undefined ? {} : { hint: `[${near}]` }),
    });
  }
  for (const assignment of text.assignments)
    if (sections.includes(assignment.section)) checkAssignment(assignment, { source, sections, role, findings });
  return findings;
}

interface Around {
  readonly source: string;
  readonly sections: readonly string[];
  readonly role: EntryRole;
  readonly findings: Problems;
}

function checkAssignment({ section, name, value, line }: Assignment, { source, sections, role, findings }: Around): void {
  const where = `${source}:${line}`;
  const kind = directives().sections.get(section)?.get(name);
  if (kind === undefined) {
    if (name.startsWith('X-')) return;
    const instead = meant(name, section, sections);
    const message = `unknown directive ${name}= in [${section}]; systemd ignores this line`;
    findings.warnings.push({ where, message, ...(instead === undefined ? {} : { hint: instead }) });
    return;
  }
  if ((value.includes(UNKNOWN) && kind !== 'exec') || name === 'DefaultInstance') return;
  if (kind === 'exec' && value !== '') {
    const problems = [...execProblems(value.replaceAll(UNKNOWN, 'x')), ...foundInGuest(value, role)];
    for (const { message, hint, fatal } of problems) {
      (fatal ? findings.problems : findings.warnings).push({ where, message: `${name}= ${message}`, ...(hint ? { hint } : {}) });
    }
    return;
  }
  const must = kind === 'timer' ? wrongTimer(name, value) : wrongValue(kind, value);
  if (must === undefined) return;
  const fatal = isFatal(kind, value);
  const near = meantValue(kind, value);
  const message = `${name}= must ${must}, got ${JSON.stringify(value)}; systemd ${fatal ? 'refuses the unit' : `ignores ${ignored(kind, value)}`}`;
  (fatal ? findings.problems : findings.warnings).push({ where, message, ...(near === undefined ? {} : { hint: `${name}=${near}` }) });
}

/** A list loses its wrong words only. */
function ignored(kind: string, value: string): string {
  const wrong = wrongWords(kind, value);
  return wrong.length > 0 ? `only ${wrong.map((word) => JSON.stringify(word)).join(' and ')}` : 'this line';
}

/** Kinds of values of which systemd refuses the whole unit when they are wrong; a `!` marks a directive of a kind. */
function isFatal(kind: string, value: string): boolean {
  if (value.startsWith('-')) return false;
  return kind.endsWith('!') || ['user_group_compat', 'user_group_strv_compat', 'working_directory'].includes(kind);
}
