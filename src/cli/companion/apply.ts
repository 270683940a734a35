import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { rowOfVm } from '../../audit/rows';
import { objectsOf } from '../../companion/apply';
import type { KubeObject } from '../../companion/objects';
import { expanded } from '../../companion/pools';
import { EXIT, type Problem } from '../../errors';
import { RUN_ID } from '../../kubernetes/labels';
import { loadOptions } from '../../options/load';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import type { Verb } from '../verb';
import { audited } from './audited';
import { announced, CLUSTER, clientOf, interruptible, OUTPUT } from './cluster';
import { CHANGES_KEPT, folderMissing, objectsRejected, oneFolder } from './messages';
import { applyCounted } from './progress';
import { refusedLines, refusedRows } from './summary';

const FOLDER = 'dist';

export const apply: Verb = {
  name: 'apply',
  describe: `apply a Kustomize folder (default: ${FOLDER}) with kubectl, and retry what fails for a transient reason`,
  words: 'DIR',
  flags: { ...CONFIG_FLAG, output: OUTPUT },
  options: [...CLUSTER, 'audit', 'audit_db'],
  examples: [['virtwork synth && virtwork apply && virtwork wait', 'the same as virtwork run, but keeps the base']],
  run: runApply,
};

async function runApply(args: Args, context: Context): Promise<number> {
  const [folder = FOLDER, ...more] = (args.DIR as string[] | undefined) ?? [];
  const problems = [...context.problems];
  if (more.length > 0) problems.push(oneFolder([folder, ...more]));
  else problems.push(...folderProblems(folder, context.cwd));
  const options = await loadOptions({ flags: args, env: context.env, cwd: context.cwd, problems, uses: apply.options });
  return interruptible(
    context,
    async (signal) => {
      const client = clientOf(options, context, signal);
      const { columns: cluster } = await announced(client, context);
      return audited({ options, context, log: { command: 'apply', ...cluster } }, async ({ audit, report }) => {
        const objects = await objectsOf(client, folder);
        const vms = expanded(objects).filter(({ kind }) => kind === 'VirtualMachine');
        audit.event('execution_started', `apply ${folder}: ${vms.length} VMs`);
        audit.all(() => {
          for (const vm of vms) audit.vm(rowOfVm(vm, options.namespace, 'planned'));
        });
        const columns = { total_vm_count: vms.length, linked_run_ids: JSON.stringify(runIdsOf(objects)) };
        const { applied, refused, kept } = await applyCounted(client, objects, report, context.log);
        context.out(
          args.output === 'json'
            ? `${JSON.stringify({ command: 'apply', applied: applied.length, refused: refusedRows(refused) })}\n`
            : `${refusedLines(refused)}${applied.length} of ${objects.length - kept.length} objects of ${folder} applied\n`,
        );
        return refused.length === 0
          ? { code: EXIT.done, ending: { status: 'success', columns } }
          : { code: EXIT.no, ending: { status: 'failed', error: objectsRejected(refused.length), columns } };
      });
    },
    CHANGES_KEPT,
  );
}

/** kubectl's own message about a missing folder does not say so. The folder may also be a URL. */
function folderProblems(folder: string, cwd: string): Problem[] {
  if (/[:?]/.test(folder) || statSync(resolve(cwd, folder), { throwIfNoEntry: false })) return [];
  return [folderMissing(folder)];
}

function runIdsOf(objects: readonly KubeObject[]): string[] {
  return [...new Set(objects.flatMap(({ metadata }) => metadata.labels?.[RUN_ID] ?? []))].sort();
}
