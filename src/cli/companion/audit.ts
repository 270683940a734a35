import { AuditReader, type History, MOST } from '../../audit/history';
import { EXIT, formatProblem, UserError } from '../../errors';
import { loadOptions } from '../../options/load';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import { table } from '../table';
import type { Verb } from '../verb';
import { OUTPUT } from './cluster';
import { detailsAreCut, listIsCut, NOTHING_RECORDED, noExecution, noRecord, unreadableRecord } from './messages';

export const audit: Verb = {
  name: 'audit',
  describe: 'show what virtwork did to clusters: all executions, or one with its VMs and events',
  words: 'EXECUTION',
  flags: { ...CONFIG_FLAG, output: OUTPUT },
  options: ['audit_db', 'verbose'],
  examples: [
    ['virtwork audit', 'every execution, the newest first'],
    ['virtwork audit 12 -o json', 'one execution, by its number, its id or its run'],
  ],
  run: runAudit,
};

async function runAudit(args: Args, { env, cwd, problems, out, log }: Context): Promise<number> {
  const options = await loadOptions({ flags: args, env, cwd, problems, uses: audit.options });
  const { auditDb } = options.companion;
  if (!exists(auditDb)) throw new UserError([noRecord(auditDb)]);
  const reader = open(auditDb);
  try {
    const words = (args.EXECUTION as string[] | undefined) ?? [];
    if (words.length === 0) {
      const { executions, isCut } = reader.list();
      if (isCut) log.warn(formatProblem(listIsCut(MOST.listed)));
      out(args.output === 'json' ? `${JSON.stringify(executions)}\n` : overview(executions));
      return EXIT.done;
    }
    const parts = words.map((word) => reader.find(word));
    const found = parts.flatMap(({ executions }) => executions);
    if (found.length === 0) throw new UserError([noExecution(words)], EXIT.no);
    if (parts.some(({ isCut }) => isCut)) log.warn(formatProblem(detailsAreCut(MOST.found, MOST.rows)));
    out(args.output === 'json' ? `${JSON.stringify(found)}\n` : found.map(details).join('\n'));
    return EXIT.done;
  } catch (error) {
    throw unreadable(auditDb, error);
  } finally {
    reader.close();
  }
}

function exists(file: string): boolean {
  try {
    return AuditReader.exists(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function open(file: string): AuditReader {
  try {
    return new AuditReader(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  return new UserError([unreadableRecord(file, (error as Error).message)]);
}

function overview(executions: readonly History[]): string {
  if (executions.length === 0) return `${NOTHING_RECORDED}\n`;
  return table(
    ['ID', 'COMMAND', 'STATUS', 'NAMESPACE', 'VMS', 'STARTED', 'SECONDS'],
    executions.map((each) => [
      String(each.id),
      each.command,
      each.status,
      each.namespace,
      String(each.total_vm_count ?? each.vms_deleted ?? '-'),
      each.started_at,
      seconds(each),
    ]),
  );
}

function seconds({ started_at: from, completed_at: to }: History): string {
  const spent = Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  return Number.isNaN(spent) ? '-' : String(spent);
}

function details(execution: History): string {
  const { vms, events, workloads: _, resources, ...log } = execution;
  const known = Object.entries(log).filter(([, value]) => value !== null);
  return [
    table(
      ['FIELD', 'VALUE'],
      known.map(([key, value]) => [key, String(value)]),
    ),
    vms.length > 0
      ? `\n${table(
          ['VM', 'STATUS', 'PHASE', 'READY AT'],
          vms.map((vm: History) => [vm.vm_name, vm.status, vm.phase ?? '-', vm.ready_at ?? '-']),
        )}`
      : '',
    resources.length > 0
      ? `\n${table(
          ['RESOURCE', 'NAME', 'STATUS'],
          resources.map((each: History) => [each.resource_type, each.resource_name, each.status]),
        )}`
      : '',
    events.length > 0
      ? `\n${table(
          ['AT', 'EVENT', 'MESSAGE'],
          events.map((each: History) => [
            each.occurred_at,
            each.event_type,
            `${each.message ?? ''}${each.error_detail ? `: ${each.error_detail}` : ''}`,
          ]),
        )}`
      : '',
  ].join('');
}
