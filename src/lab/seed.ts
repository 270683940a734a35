import { join } from 'node:path';
import { makeFolder } from '../files/make-folder';
import { writeNew } from '../files/new-file';
import { toYaml } from '../yaml/to-yaml';

/** A machine as the others on its link know it. */
export interface Neighbour {
  readonly address: string;
  readonly names: readonly string[];
}

export interface Seed {
  readonly vm: string;
  readonly namespace: string;
  /** Exactly the user data of the manifests. */
  readonly userData: string;
  readonly publicKey: string;
  /** Hardware addresses of the two network cards: the way out, and the link to the other VMs. */
  readonly outMac: string;
  readonly linkMac: string;
  readonly address: string;
  readonly neighbours: readonly Neighbour[];
  /** Whether the way out leads anywhere. @default false */
  readonly outbound?: boolean;
}

/** Writes the files of cloud-init's NoCloud source. Whatever the lab needs of its own stays out of the user data. */
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

/** The identity that KubeVirt gives, and the lab's key as cloud providers hand theirs over. */
function metaData({ vm, namespace, publicKey }: Seed): string {
  return toYaml({ 'instance-id': `${vm}.${namespace}`, 'local-hostname': vm, 'public-keys': [publicKey] });
}

/** In the place of a cluster's DNS, names of the neighbours; and host keys are made at once, not in every boot. */
function vendorData({ neighbours }: Seed): string {
  const hosts = neighbours.map(({ address, names }) => `${address} ${names.join(' ')}`).join('\n');
  const script = 'grep -qF "$1" /etc/hosts || printf "%s\\n" "$1" "$2" >>/etc/hosts';
  const boot = ['sh', '-c', script, 'hosts', '# virtwork lab', hosts];
  return `#cloud-config\n${toYaml({ ssh_deletekeys: false, ssh_genkeytypes: ['ed25519'], bootcmd: [boot] })}`;
}

function network({ outMac, linkMac, address, outbound = false }: Seed): string {
  return toYaml({
    version: 2,
    ethernets: {
      // Where the way out is closed, QEMU's DHCP names no gateway; yet a guest has a default route.
      out: {
        match: { macaddress: outMac },
        ...(outbound ? { dhcp4: true } : { addresses: ['10.0.2.15/24'], gateway4: '10.0.2.2' }),
      },
      link: { match: { macaddress: linkMac }, addresses: [`${address}/24`] },
    },
  });
}
