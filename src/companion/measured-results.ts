import type { ResultsFolder } from '../results/folder';
import { VmResults } from '../results/vm-results';
import type { Client } from './client';
import type { GuestRequests } from './guest-requests';
import { type MeasuredVm, measuredVms } from './measured';
import { VM_MISSING } from './messages';

export interface MeasuredResultsProps {
  readonly client: Client;
  readonly requests: GuestRequests;
  readonly selector: string;
  /** Where the records are kept. @default only their outcomes are, in memory */
  readonly folder?: ResultsFolder;
  /** Chooses among the selected VMs, in each round. @default all */
  readonly choose?: (vms: readonly MeasuredVm[]) => readonly MeasuredVm[];
}

/** The results of measured VMs, as they come. */
export class MeasuredResults {
  private readonly known = new Map<string, VmResults>();

  constructor(private readonly props: MeasuredResultsProps) {}

  /** Every VM that was there in some round. */
  get seen(): VmResults[] {
    return [...this.known.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  find(name: string): VmResults | undefined {
    return this.known.get(name);
  }

  /** Asks each VM once. @throws what `choose` throws; UserError, Interrupted */
  async round(): Promise<void> {
    const { client, requests, selector, folder, choose = (vms) => vms } = this.props;
    const vms = choose(await measuredVms(client, selector));
    for (const { name, group } of vms) {
      if (!this.known.has(name)) this.known.set(name, new VmResults({ name, group, ...(folder ? { folder } : {}) }));
    }
    const gone = this.seen.filter(({ name }) => !vms.some((vm) => vm.name === name));
    for (const vm of gone) await vm.update(async () => ({ trouble: { kind: 'halted', message: VM_MISSING } }));
    await requests.each(vms, (vm, ask) => (this.known.get(vm.name) as VmResults).update(ask));
  }
}
