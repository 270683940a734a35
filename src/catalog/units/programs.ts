import { basename } from 'node:path/posix';
import { nearest } from '../../text/suggest';
import type { EntryRole } from '../entry';
import { missingProgram, notExecutable } from '../messages/units';
import { commandsOf, type ExecProblem } from './exec';

/** Packages put no files here, only an entry does. */
const OWN = /^\/usr\/local\/s?bin\//;
/** What virtwork puts there. */
const OF_VIRTWORK = /^virtwork-(access|disk|guest-agent|health|packages|setup)$/;

/** Programs of an Exec line that the guest would not find, or could not run. */
export function programsOfGuest(value: string, role: EntryRole): ExecProblem[] {
  return (commandsOf(value) ?? []).flatMap(({ program }): ExecProblem[] => {
    const file = role.files.find((each) => each.path === program);
    if (file) return file.mode === '0755' ? [] : [{ ...notExecutable(program), fatal: true }];
    if (!OWN.test(program) || OF_VIRTWORK.test(basename(program))) return [];
    return [{ ...missingProgram(program, sibling(program, role)), fatal: false }];
  });
}

/** A program of the entry whose name is nearly the same. */
function sibling(program: string, role: EntryRole): string | undefined {
  const paths = role.files.map((each) => each.path).filter((path) => OWN.test(path));
  const near = nearest(
    basename(program),
    paths.map((path) => basename(path)),
  );
  return paths.find((each) => basename(each) === near);
}
