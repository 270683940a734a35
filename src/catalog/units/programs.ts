import { basename, dirname } from 'node:path/posix';
import { nearest } from '../../text/suggest';
import type { EntryRole } from '../entry';
import { commandsOf, type ExecProblem } from './exec';

/** Only an entry, and no package, puts files here. */
const OWN = /^\/usr\/local\/s?bin\//;
/** What virtwork puts there. */
const OF_VIRTWORK = /^virtwork-(access|disk|guest-agent|health|packages|setup)$/;

/** Programs of an Exec line that the guest would not find, or could not run. */
export function foundInGuest(value: string, role: EntryRole): ExecProblem[] {
  return (commandsOf(value) ?? []).flatMap(({ program }): ExecProblem[] => {
    const file = role.files.find((each) => each.path === program);
    if (file && file.mode !== '0755')
      return [
        {
          message: `begins with ${program}, which is not executable in the guest`,
          hint: 'begin the file with a line such as #!/bin/bash',
          fatal: true,
        },
      ];
    if (file || !OWN.test(program) || OF_VIRTWORK.test(basename(program))) return [];
    const siblings = role.files.map((each) => each.path).filter((path) => OWN.test(path));
    const near = nearest(
      basename(program),
      siblings.map((path) => basename(path)),
    );
    const path = siblings.find((each) => basename(each) === near);
    return [
      {
        message: `begins with ${program}, which no file of the entry brings`,
        hint: path ?? `a file files${dirname(program)}/${basename(program)}`,
        fatal: false,
      },
    ];
  });
}
