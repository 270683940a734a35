import { Audit, type Ending, type Row } from '../../audit/audit';
import { recorder } from '../../audit/recorder';
import { executionRows } from '../../audit/rows';
import { Interrupted } from '../../companion/client';
import type { Report } from '../../companion/event';
import type { Options } from '../../options/options';
import type { Plan } from '../../plan/plan';
import type { Context } from '../context';

/** The record of a verb, and the function that writes the companion's events into it. */
export interface Audited {
  readonly audit: Audit;
  readonly report: Report;
}

/** The result of a verb, and what its record says of it. */
export interface Outcome {
  readonly code: number;
  readonly ending: Ending;
}

export interface AuditedProps {
  readonly options: Options;
  readonly plan?: Plan;
  readonly context: Context;
  /** Columns of `audit_log` of this verb. */
  readonly log: Row;
}

/** Does the work with a record of it, which is closed in any case. @returns the exit code */
export async function audited(
  { options, plan, context, log }: AuditedProps,
  work: (audited: Audited) => Promise<Outcome>,
): Promise<number> {
  const { audit: isKept, auditAsked, auditDb } = options.companion;
  // A dry run writes a record only where the user asks for one.
  const file = isKept && (auditAsked || !options.companion.dryRun) ? auditDb : undefined;
  const audit = new Audit({ file, warn: context.log.warn });
  audit.begin(executionRows({ options, ...(plan ? { plan } : {}), kubeconfig: context.env.KUBECONFIG, log }));
  try {
    const { code, ending } = await work({ audit, report: recorder(audit, options.namespace) });
    audit.end(ending);
    return code;
  } catch (error) {
    audit.end({ status: 'failed', error: error instanceof Interrupted ? 'interrupted' : (error as Error).message });
    throw error;
  }
}
