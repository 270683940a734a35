import type { Problem } from '../../errors';
import type { Place, Placeholder } from '../entry';
import * as say from '../messages/params';
import type { Reader } from '../units/places';

/** Placeholders of a text that are read: the place of each is examined. */
const MOST = 300;

/** Keys that every entry may use in addition to its params. */
export const SERVICE = 'service';
export const PEER = 'peer';

/**
 * Finds every `{{key}}` of a template. Only keys are supported: what needs a condition or a loop is a script in the
 * guest.
 * @param reader of the text, which decides what a value may be
 * @param problems gets what is not a placeholder
 */
export function placeholders(source: string, text: string, reader: Reader, problems: Problem[]): Placeholder[] {
  if (!text.includes('{{')) return [];
  const found = keysIn(source, text, problems);
  if (found.length > MOST) {
    problems.push({ where: source, message: say.tooManyPlaceholders(MOST, found.length) });
    return [];
  }
  const places = placesIn(text, reader, found);
  return found.map(({ key, start }, index) => {
    const place = places.get(index);
    return { key, line: start.line, ...(place ? { place } : {}) };
  });
}

function keysIn(source: string, text: string, problems: Problem[]): Found[] {
  const handlebars = require('handlebars') as typeof import('handlebars');
  let program: hbs.AST.Program;
  try {
    program = handlebars.parse(text);
  } catch (error) {
    const line = /on line (\d+)/.exec((error as Error).message)?.[1];
    problems.push({ where: line ? `${source}:${line}` : source, ...say.NO_PLACEHOLDER });
    return [];
  }
  return program.body.flatMap((statement): Found[] => {
    if (statement.type === 'ContentStatement' || statement.type === 'CommentStatement') return [];
    const key = plainKey(statement);
    if (key !== undefined) return [{ key, start: statement.loc.start, end: statement.loc.end }];
    problems.push({ where: `${source}:${statement.loc.start.line}`, ...say.NO_PLAIN_KEY });
    return [];
  });
}

interface Found {
  readonly key: string;
  readonly start: hbs.AST.Position;
  readonly end: hbs.AST.Position;
}

function placesIn(text: string, reader: Reader, found: readonly Found[]): ReadonlyMap<number, Place> {
  if (reader === 'other' || found.length === 0) return new Map();
  const { mark, placesOf } = require('../units/places') as typeof import('../units/places');
  const lines = text.split('\n');
  const starts = new Map<number, number>();
  // Each line in pieces, joined once: a line may have thousands of placeholders.
  const pieces: string[][] = lines.map(() => []);
  for (const [index, { start, end }] of found.entries()) {
    if (start.line !== end.line) continue;
    const line = lines[start.line - 1] ?? '';
    pieces[start.line - 1]?.push(line.slice(starts.get(start.line) ?? 0, start.column), mark(index));
    starts.set(start.line, end.column);
  }
  const marked = lines.map((line, index) => [...(pieces[index] ?? []), line.slice(starts.get(index + 1) ?? 0)].join(''));
  const keys = found.map(({ key }) => key);
  return placesOf(reader, marked.join('\n').replaceAll('\\{{', '{{'), keys);
}

/** Whether a problem is about a placeholder that could not be read. */
export function isUnread({ hint }: Problem): boolean {
  return hint === say.LITERAL;
}

function plainKey(statement: hbs.AST.Statement): string | undefined {
  if (statement.type !== 'MustacheStatement') return undefined;
  const { path, params, hash } = statement as hbs.AST.MustacheStatement;
  if (params.length > 0 || hash?.pairs.length || path.type !== 'PathExpression') return undefined;
  const { parts, data, depth } = path as hbs.AST.PathExpression;
  return parts.length === 1 && !data && depth === 0 ? parts[0] : undefined;
}
