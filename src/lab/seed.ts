import { join } from 'node:path';
import { makeFolder } from '../files/make-folder';
import { writeNew } from '../files/new-file';
import { toYaml } from '../yaml/to-yaml';
import type { Neighbor } from './network';

export interface Seed {
  readonly vm: string;
  readonly namespace: string;
  /** The unchanged user data of the manifests. */
  readonly userData: string;
  readonly publicKey: string;
  /** Hardware addresses of the two network cards: to the outside, and to the other VMs. */
  readonly outMac: string;
  readonly linkMac: string;
  readonly address: string;
  readonly neighbors: readonly Neighbor[];
  /** Whether the guest reaches this machine and its network. @default false */
  readonly outbound?: boolean;
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
  return toYaml({ 'instance-id': `${vm}.${namespace}`, 'local-hostname': vm, 'public-keys': [publicKey] });
}

/** The names of the neighbors, instead of a cluster's DNS. One host key, which later boots keep. */
function vendorData({ neighbors }: Seed): string {
  const hosts = neighbors.map(({ address, names }) => `${address} ${names.join(' ')}`).join('\n');
  const script = 'grep -qF "$1" /etc/hosts || printf "%s\\n" "$1" "$2" >>/etc/hosts';
  const boot = ['sh', '-c', script, 'hosts', '# virtwork lab', hosts];
  return `#cloud-config\n${toYaml({ ssh_deletekeys: false, ssh_genkeytypes: ['ed25519'], bootcmd: [boot] })}`;
}

function network({ outMac, linkMac, address, outbound = false }: Seed): string {
  return toYaml({
    version: 2,
    ethernets: {
      // With restricted networking, QEMU's DHCP has no gateway, but a guest in a cluster has a default route.
      out: {
        match: { macaddress: outMac },
        ...(outbound ? { dhcp4: true } : { addresses: ['10.0.2.15/24'], gateway4: '10.0.2.2' }),
      },
      link: { match: { macaddress: linkMac }, addresses: [`${address}/24`] },
    },
  });
}
