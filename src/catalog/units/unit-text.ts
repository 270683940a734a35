/** One `Name=value` of a unit, as systemd puts it together from continued lines. */
export interface Assignment {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  /** Line where it begins, from 1. */
  readonly line: number;
}

/** A line that is no assignment, section or comment. */
export interface UnitProblem {
  readonly line: number;
  readonly message: string;
  readonly hint?: string;
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
      if (!content.endsWith(']'))
        problems.push({ line, message: `a section must end with ], got ${JSON.stringify(content)}`, fatal: true });
      else sections.push({ name: section, line });
      continue;
    }
    const equals = content.indexOf('=');
    if (section === undefined) {
      problems.push({ line, message: `is outside of any section, got ${JSON.stringify(content)}`, hint: IN_A_SECTION, fatal: false });
    } else if (equals < 1) {
      const hint = 'Name=value; a line that is continued ends with \\, a comment begins with #';
      problems.push({ line, message: `must be Name=value, got ${JSON.stringify(content)}`, hint, fatal: false });
    } else {
      assignments.push({ section, name: content.slice(0, equals).trim(), value: content.slice(equals + 1).trim(), line });
    }
  }
  return { assignments, sections, problems };
}

const IN_A_SECTION = 'put a section such as [Service] before it';

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
