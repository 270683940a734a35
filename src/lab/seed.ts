import { join } from 'node:path';
import { makeFolder } from '../files/make-folder';
import { writeNew } from '../files/new-file';
import type { Ethernets } from '../plan/network-data';
import { toYaml } from '../yaml/to-yaml';
import type { Neighbor } from './network';

export interface Seed {
  readonly vm: string;
  readonly namespace: string;
  /** The unchanged user data of the manifests. */
  readonly userData: string;
  /** An SSH key for the default account. @default none */
  readonly publicKey?: string;
  /** Hardware addresses of the two network cards: to the outside, and to the other VMs. */
  readonly outMac: string;
  readonly linkMac: string;
  readonly address: string;
  /** Bits of the network on the link. @default 24 */
  readonly prefix?: number;
  readonly neighbors: readonly Neighbor[];
  /** Cards in secondary networks. @default none */
  readonly others?: Ethernets;
  /** Whether the guest reaches this machine and its network. @default false */
  readonly outbound?: boolean;
  /** Whether the user data needs more modules of cloud-init than those of virtwork's own. @default false */
  readonly allModules?: boolean;
  /** The DNS server of the guest, and the domains in which it looks up short names. @default the one that DHCP names, if any */
  readonly dns?: { readonly server: string; readonly search: readonly string[] };
}

/** Writes the files of cloud-init's NoCloud data source. The settings of the lab stay out of the user data. */
export function writeSeed(folder: string, seed: Seed): void {
  makeFolder(folder);
  const files = {
    'user-data': seed.userData,
    'meta-data': metaData(seed),
    'vendor-data': vendorData(seed),
    'network-config': network(seed),
  };
  for (const [name, text] of Object.entries(files)) writeNew(join(folder, name), [text], 0o600);
}

/** The identity as from KubeVirt, and the lab's SSH key as from a cloud provider. */
function metaData({ vm, namespace, publicKey }: Seed): string {
  const keys = publicKey === undefined ? {} : { 'public-keys': [publicKey] };
  return toYaml({ 'instance-id': `${vm}.${namespace}`, 'local-hostname': vm, ...keys });
}

/** DNS, or the names of the neighbors instead of DNS. One host key, which later boots keep. */
function vendorData({ neighbors, dns, allModules = false }: Seed): string {
  const boot = dns === undefined ? hostsFile(neighbors) : resolverFile(dns);
  const modules = allModules ? { cloud_config_modules: CONFIG_MODULES } : {};
  return `#cloud-config\n${toYaml({ ssh_deletekeys: false, ssh_genkeytypes: ['ed25519'], bootcmd: [boot], ...modules })}`;
}

/** What the image of Debian runs in this stage, except `locale`, which fails in the built image: it lacks the package. */
const CONFIG_MODULES = ['ssh_import_id', 'keyboard', 'set_passwords', 'apt_configure', 'ntp', 'timezone', 'runcmd'];

function hostsFile(neighbors: Seed['neighbors']): string[] {
  const hosts = neighbors.map(({ address, names }) => `${address} ${names.join(' ')}`).join('\n');
  const script = 'grep -qF "$1" /etc/hosts || printf "%s\\n" "$1" "$2" >>/etc/hosts';
  return ['sh', '-c', script, 'hosts', '# virtwork lab', hosts];
}

/** Written at boot, because without DHCP no program of the image sets the DNS server. */
function resolverFile({ server, search }: NonNullable<Seed['dns']>): string[] {
  const text = `search ${search.join(' ')}\nnameserver ${server}\n`;
  // It may be a link to the file of a resolver that does not run.
  return ['sh', '-c', 'rm -f /etc/resolv.conf && printf %s "$1" >/etc/resolv.conf', 'resolver', text];
}

function network({ outMac, linkMac, address, prefix = 24, outbound = false, dns, others = {} }: Seed): string {
  return toYaml({
    version: 2,
    ethernets: {
      // With restricted networking, QEMU's DHCP has no gateway, but a guest in a cluster has a default route.
      out: {
        match: { macaddress: outMac },
        ...(outbound && dns === undefined ? { dhcp4: true } : { addresses: ['10.0.2.15/24'], gateway4: '10.0.2.2' }),
      },
      link: { match: { macaddress: linkMac }, addresses: [`${address}/${prefix}`] },
      ...Object.fromEntries(Object.entries(others).map(([name, card]) => [`network-${name}`, card])),
    },
  });
}
