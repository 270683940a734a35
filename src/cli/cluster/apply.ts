import { objectsIn } from '../../companion/apply';
import { EXIT } from '../../errors';
import { loadOptions } from '../../options/load';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import type { Verb } from '../verb';
import { audited, clusterColumn } from './audited';
import { CLUSTER, clientOf, interruptible, OUTPUT } from './cluster';
import { applyCounted } from './progress';
import { refusedLines, refusedRows } from './summary';

const FOLDER = 'dist';

export const apply: Verb = {
  name: 'apply',
  describe: `kubectl apply of a Kustomize folder (default: ${FOLDER}), again where a fault passes`,
  words: 'DIR',
  flags: { ...CONFIG_FLAG, output: OUTPUT },
  options: [...CLUSTER, 'audit', 'audit_db'],
  examples: [['virtwork synth && virtwork apply && virtwork wait', 'the same as virtwork run, with the base in between']],
  run: runApply,
};

async function runApply(args: Args, context: Context): Promise<number> {
  const [folder = FOLDER, ...more] = (args.DIR as string[] | undefined) ?? [];
  const problems = [...context.problems];
  if (more.length > 0) problems.push({ where: 'virtwork apply', message: `must be given one folder, got ${[folder, ...more].join(' ')}` });
  const options = await loadOptions({ flags: args, env: context.env, cwd: context.cwd, problems });
  return interruptible(async (signal) => {
    const client = clientOf(options, context, signal);
    return audited({ options, context, log: { command: 'apply', ...(await clusterColumn(client)) } }, async ({ report }) => {
      const objects = objectsIn(await client.kustomize(folder));
      const { applied, refused } = await applyCounted(client, objects, report, context.log);
      context.out(
        args.output === 'json'
          ? `${JSON.stringify({ command: 'apply', applied: applied.length, refused: refusedRows(refused) })}\n`
          : `${refusedLines(refused)}${applied.length} of ${objects.length} objects of ${folder} applied\n`,
      );
      return refused.length === 0
        ? { code: EXIT.done, ending: { status: 'success' } }
        : { code: EXIT.no, ending: { status: 'failed', error: `${refused.length} objects were refused` } };
    });
  });
}
