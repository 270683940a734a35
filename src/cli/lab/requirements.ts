import { freemem } from 'node:os';
import type { Problem } from '../../errors';
import { parseBytes } from '../../kubernetes/quantity';
import { type Accelerator, findAccelerator } from '../../lab/accelerator';
import { UNKNOWN } from '../../lab/machine';
import { requirePrograms } from '../../lab/process';
import type { Plan } from '../../plan/plan';
import type { Log } from '../context';
import { emulation, littleMemory, unknownInstancetype, wrongArchitecture } from './messages';

/** @throws UserError if a program is missing that boots VMs */
export function requireLabPrograms(): void {
  requirePrograms('qemu-system-x86_64', 'qemu-img', 'setpriv', 'ssh-keygen');
}

/** The accelerator of this computer. Says why it is a slow one. */
export async function acceleratorFor(log: Log): Promise<Accelerator> {
  const accelerator = await findAccelerator();
  if (accelerator.reason) log.info(emulation(accelerator.reason));
  return accelerator;
}

/** Warns if the VMs of a plan need more than the free memory: the kernel would kill one of them or another process. */
export function memoryWarnings(plans: readonly Plan[]): string[] {
  const free = freemem();
  // Of several plans, the VMs run one after another.
  const most = Math.max(0, ...plans.map(memoryOf));
  return most > free ? [littleMemory(most, free)] : [];
}

/** Bytes of all VMs. */
function memoryOf({ workloads }: Plan): number {
  const roles = workloads.flatMap((workload) => workload.roles);
  return roles.reduce((sum, { vms, memory = UNKNOWN.memory }) => sum + vms.length * Number(parseBytes(memory)), 0);
}

/** The lab boots its image on the machine of this computer. */
export function foreignArchitectures({ workloads }: Plan): Problem[] {
  return workloads.flatMap(({ name, roles }) => {
    const foreign = roles.find(({ machine }) => machine?.architecture !== undefined);
    return foreign ? [wrongArchitecture(name, foreign.machine?.architecture)] : [];
  });
}

/** @param name whether messages name the workload, or its entry */
export function unknownSizes({ workloads }: Plan, name: 'name' | 'entry' = 'name'): string[] {
  return workloads.flatMap((workload) => {
    const instancetype = workload.roles[0]?.machine?.instancetype;
    return instancetype ? [unknownInstancetype(workload[name], instancetype.name, UNKNOWN.cpuCores, UNKNOWN.memory)] : [];
  });
}
