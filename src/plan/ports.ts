import type { Entry } from '../catalog/entry';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import { portTaken } from './messages';

/** Programs that listen in every guest: sshd, and systemd-resolved for DNS and LLMNR. */
const TAKEN: { readonly [port: number]: string } = { 22: 'sshd', 53: 'systemd-resolved', 5355: 'systemd-resolved' };

/** The health endpoint must not use a port of the guest's or of the workload's programs. */
export function portProblems({ healthPort, place, spell }: Options, entry: Entry): Problem[] {
  const isOwn = entry.service?.ports.some((port) => port.port === healthPort && port.protocol === 'TCP');
  const owner = TAKEN[healthPort] === undefined ? (isOwn ? `workload ${entry.name}` : undefined) : `${TAKEN[healthPort]} in the guests`;
  return owner === undefined ? [] : [{ where: place('health_port'), ...portTaken(healthPort, owner, spell) }];
}
