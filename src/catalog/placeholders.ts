import type { Problem } from '../errors';
import type { Placeholder } from './entry';

/** Names that every entry may use beside its params. */
export const SERVICE = 'service';
export const PEER = 'peer';

/**
 * Finds every `{{key}}` of a template. Only keys are understood: what needs a condition or a loop is a script
 * in the guest.
 */
export function placeholders(source: string, text: string, reader: Placeholder['reader'], problems: Problem[]): Placeholder[] {
  if (!text.includes('{{')) return [];
  const handlebars = require('handlebars') as typeof import('handlebars');
  let program: hbs.AST.Program;
  try {
    program = handlebars.parse(text);
  } catch (error) {
    const line = /on line (\d+)/.exec((error as Error).message)?.[1];
    problems.push({ where: line ? `${source}:${line}` : source, message: 'has a {{…}} that is no {{key}}', hint: LITERAL });
    return [];
  }
  return program.body.flatMap((statement): Placeholder[] => {
    if (statement.type === 'ContentStatement' || statement.type === 'CommentStatement') return [];
    const { line } = statement.loc.start;
    const key = plainKey(statement);
    if (key === undefined) {
      problems.push({ where: `${source}:${line}`, message: 'only {{key}} is understood, no blocks, helpers or partials', hint: LITERAL });
      return [];
    }
    return [{ key, line, reader: reader === 'systemd' && isShellLine(text, line) ? 'shell' : reader }];
  });
}

const LITERAL = 'write \\{{ for a literal {{';

function plainKey(statement: hbs.AST.Statement): string | undefined {
  if (statement.type !== 'MustacheStatement') return undefined;
  const { path, params, hash } = statement as hbs.AST.MustacheStatement;
  if (params.length > 0 || hash?.pairs.length || path.type !== 'PathExpression') return undefined;
  const { parts, data, depth } = path as hbs.AST.PathExpression;
  return parts.length === 1 && !data && depth === 0 ? parts[0] : undefined;
}

/** A line such as `ExecStart=/bin/sh -c '… {{key}} …'`, continued lines included: a shell reads the value too. */
function isShellLine(text: string, line: number): boolean {
  const lines = text.split('\n');
  let first = line - 1;
  while (first > 0 && lines[first - 1]?.endsWith('\\')) first -= 1;
  return /^Exec\w+=.*\b(ba|da|z|k|a)?sh\s+(-\w+\s+)*-\w*c\b/.test(lines.slice(first, line).join(' '));
}
