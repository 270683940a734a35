import type { Problem } from '../../errors';
import type { RolePlan } from '../../plan/plan';
import { accessInPod, needsSize, unitsInPod, wrongVolumeMode } from './messages';

/** Settings of the disks and the machine of a VM, which a container does not have. */
export const ONLY_IN_VMS: readonly string[] = [
  ...['disk_bus', 'disk_cache', 'disk_io', 'disk_discard', 'block_multiqueue', 'io_threads', 'preallocation'],
  ...['max_sockets', 'hugepages', 'overcommit', 'firmware', 'rng', 'tpm', 'networks', 'network_multiqueue'],
  ...['run_strategy', 'eviction_strategy'],
];

/** What of a measured role does not work in a pod. */
export function podProblems(role: RolePlan, entry: string): Pick<Problem, 'message' | 'hint'>[] {
  const { guest, credential, cpuCores, memory, disks } = role;
  const units = guest.units.map(({ name }) => name);
  const sizes = [...(cpuCores === undefined ? ['cpu_cores'] : []), ...(memory === undefined ? ['memory'] : [])];
  return [
    ...(units.length > 0 ? [unitsInPod(entry, units)] : []),
    ...(credential ? [accessInPod(entry)] : []),
    ...(sizes.length > 0 ? [needsSize(sizes)] : []),
    ...disks.flatMap(({ name, mount, volumeMode }) => {
      const mode = mount === undefined ? 'Block' : 'Filesystem';
      return volumeMode === mode ? [] : [wrongVolumeMode(name, mode, volumeMode)];
    }),
  ];
}
