import type { CompanionEvent, Report } from '../companion/event';
import { type Audit, now } from './audit';
import { kept, rejected, serviceApplied, vmApplied, vmNotReady, vmReady } from './messages';

/** Writes the events of the companion into the record. */
export function recorder(audit: Audit, namespace: string): Report {
  return (event) => audit.all(() => record(audit, namespace, event));
}

function record(audit: Audit, namespace: string, event: CompanionEvent): void {
  switch (event.type) {
    case 'applied':
      applied(audit, namespace, event);
      break;
    case 'kept':
      audit.event('resource_kept', kept(event.kind, event.name));
      break;
    case 'refused':
      refused(audit, event);
      break;
    case 'phase':
      audit.vmIs(event.vm, { phase: event.phase || null });
      break;
    case 'ready':
      audit.vmIs(event.vm, { status: 'ready', phase: 'Running', ready_at: now() });
      audit.event('vm_ready', vmReady(event.vm), { vm: event.vm });
      break;
    case 'not-ready':
      audit.event('vm_timeout', vmNotReady(event.vm), { vm: event.vm, error: event.why });
      break;
    case 'deleted':
      deleted(audit, namespace, event);
  }
}

function applied(audit: Audit, namespace: string, { kind, name }: { readonly kind: string; readonly name: string }): void {
  if (kind === 'VirtualMachine') {
    audit.vmIs(name, { status: 'created', created_at: now() });
    audit.event('vm_created', vmApplied(name), { vm: name });
    return;
  }
  audit.resource({ resource_type: kind, resource_name: name, namespace, status: 'created', created_at: now() });
  if (kind === 'Service') audit.event('service_created', serviceApplied(name));
}

function deleted(audit: Audit, namespace: string, { kind, name }: { readonly kind: string; readonly name: string }): void {
  if (kind === 'VirtualMachine') audit.vmIs(name, { status: 'deleted', deleted_at: now() });
  else audit.resource({ resource_type: kind, resource_name: name, namespace, status: 'deleted', deleted_at: now() });
}

function refused(audit: Audit, { kind, name, why }: { readonly kind: string; readonly name: string; readonly why: string }): void {
  const isVm = kind === 'VirtualMachine';
  if (isVm) audit.vmIs(name, { status: 'failed' });
  audit.event(isVm ? 'vm_failed' : 'resource_failed', rejected(kind, name), { ...(isVm ? { vm: name } : {}), error: why });
}
