import { noAssignment, outsideOfSection, unclosedSection } from '../messages/units';
import type { Text } from '../messages/wording';

/** One `Name=value` of a unit, as systemd joins it from continued lines. */
export interface Assignment {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  /** Line where it begins, from 1. */
  readonly line: number;
}

/** A line that is not an assignment, a section or a comment. */
export interface UnitProblem extends Text {
  readonly line: number;
  /** systemd refuses the whole unit for it; otherwise it ignores the line. */
  readonly fatal: boolean;
}

export interface UnitText {
  readonly assignments: readonly Assignment[];
  readonly sections: readonly { readonly name: string; readonly line: number }[];
  readonly problems: readonly UnitProblem[];
}

/** Reads the text of a unit or of a drop-in, as systemd does. */
export function parseUnit(text: string): UnitText {
  const assignments: Assignment[] = [];
  const sections: { name: string; line: number }[] = [];
  const problems: UnitProblem[] = [];
  let section: string | undefined;
  for (const { text: content, line } of logicalLines(text)) {
    if (content.startsWith('[')) {
      section = content.slice(1, -1);
      if (content.endsWith(']')) sections.push({ name: section, line });
      else problems.push({ line, ...unclosedSection(content), fatal: true });
      continue;
    }
    const equals = content.indexOf('=');
    if (section === undefined) {
      problems.push({ line, ...outsideOfSection(content), fatal: false });
    } else if (equals < 1) {
      problems.push({ line, ...noAssignment(content), fatal: false });
    } else {
      assignments.push({ section, name: content.slice(0, equals).trim(), value: content.slice(equals + 1).trim(), line });
    }
  }
  return { assignments, sections, problems };
}

/** Lines with their continuations, without comments and empty lines. A comment between continued lines does not end them. */
function logicalLines(text: string): { text: string; line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let begun: { text: string; line: number } | undefined;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const content = begun ? raw.replace(/^\s+/, '') : raw.trimStart();
    if (/^[#;]/.test(content)) continue;
    const joined: { text: string; line: number } = { text: (begun?.text ?? '') + content, line: begun?.line ?? index + 1 };
    begun = undefined;
    if (/(^|[^\\])(\\\\)*\\$/.test(content)) begun = { ...joined, text: `${joined.text.slice(0, -1)} ` };
    else if (joined.text.trim()) lines.push({ ...joined, text: joined.text.trim() });
  }
  return begun ? [...lines, { ...begun, text: begun.text.trim() }] : lines;
}
