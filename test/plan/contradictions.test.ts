import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { loadPlan } from '../../src/load-plan';
import { tempDir } from '../support/render';

interface Given {
  readonly flags?: { readonly [flag: string]: unknown };
  readonly env?: NodeJS.ProcessEnv;
  readonly file?: string;
}

/** The lines of the errors, or of the warnings if there are no errors. */
async function said({ flags = {}, env = {}, file }: Given): Promise<string[]> {
  const cwd = tempDir();
  if (file !== undefined) writeFileSync(join(cwd, 'virtwork.yaml'), file);
  try {
    const { plan } = await loadPlan({ flags, env, cwd });
    return plan.warnings.flatMap((warning) => `warning: ${warning}`.split('\n'));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split('\n');
  }
}

const cpu = { workloads: 'cpu' };
const source = 'dataSource:images/fedora';

describe('contradictions that are errors', () => {
  test.each<[string, Given, string[]]>([
    [
      'the port of sshd',
      { flags: { ...cpu, 'health-port': '22' } },
      ['flag --health-port: must not be 22, which is a port of sshd in the guests', '  hint: use another --health-port'],
    ],
    [
      'the port of a Service, from the file',
      { flags: { workloads: 'network' }, file: 'health_port: 5201\n' },
      ['virtwork.yaml:1:1: health_port: must not be 5201, which is a port of workload network', '  hint: use another --health-port'],
    ],
    [
      'disks that cannot be written to',
      { env: { VIRTWORK_ACCESS_MODES: 'ReadOnlyMany' }, flags: { workloads: 'disk' } },
      ['VIRTWORK_ACCESS_MODES: must have a mode that allows writing, such as ReadWriteOnce, because new disks are empty, got ReadOnlyMany'],
    ],
    [
      'ReadWriteOncePod with another mode',
      { flags: { workloads: 'disk', 'access-modes': 'ReadWriteOncePod,ReadWriteOnce' } },
      [
        'flag --access-modes: must have no other mode with ReadWriteOncePod, because Kubernetes rejects that, got ReadWriteOncePod, ReadWriteOnce',
      ],
    ],
    [
      'an image and a boot source, on one command line',
      { flags: { ...cpu, boot: source, 'container-disk-image': 'a/b:1' } },
      [`flag --container-disk-image: has no effect: flag --boot boots from ${source}, not from an image`, '  hint: omit one of the two'],
    ],
    [
      'an image by flag, and a boot source in the file',
      { flags: { ...cpu, 'container-disk-image': 'a/b:1' }, file: `boot: ${source}\n` },
      [
        `flag --container-disk-image: has no effect: virtwork.yaml:1:1: boot boots from ${source}, not from an image`,
        '  hint: omit one of the two',
      ],
    ],
    ...['kube-system', 'kube-public', 'openshift', 'openshift-monitoring', 'kubevirt', 'cdi', 'default'].map(
      (namespace): [string, Given, string[]] => [
        `the namespace ${namespace}`,
        { flags: { ...cpu, namespace } },
        [
          `flag --namespace: ${namespace} belongs to the cluster, but virtwork would render its Namespace object as its own`,
          '  hint: use --namespace with a namespace for virtwork alone, or use --no-create-namespace',
        ],
      ],
    ),
  ])('%s', async (_, given, lines) => expect(await said(given)).toEqual(lines));
});

describe('contradictions that are warnings', () => {
  test.each<[string, Given, string[]]>([
    [
      'an image in the file, and a boot source by flag',
      { flags: { ...cpu, boot: source }, file: 'container_disk_image: a/b:1\n' },
      [`warning: virtwork.yaml:1:1: container_disk_image: has no effect: flag --boot boots from ${source}, not from an image`],
    ],
    [
      'a namespace of the cluster that is not rendered',
      { flags: { ...cpu, namespace: 'kube-system', 'create-namespace': false } },
      [
        'warning: flag --namespace: kube-system belongs to the cluster, and the VMs would run next to its components',
        '  hint: use --namespace with a namespace for virtwork alone',
      ],
    ],
    ['the namespace default that is not rendered', { flags: { ...cpu, namespace: 'default', 'create-namespace': false } }, []],
    ['a namespace of a user', { flags: { ...cpu, namespace: 'kubernetes-openshift' } }, []],
    [
      'params of a workload that is not rendered',
      { flags: { ...cpu, params: 'memory.memory-percent=10' } },
      ['warning: flag --params memory.memory-percent: has no effect: workload memory is not rendered'],
    ],
    [
      'settings of a workload that is not rendered',
      { flags: cpu, file: 'workloads:\n  memory: {vm_count: 3, memory: 1Gi}\n' },
      ['warning: virtwork.yaml:2:12: workloads.memory.vm_count: has no effect, like 1 other setting: workload memory is not rendered'],
    ],
    ['settings of a workload that the file switches off', { file: 'workloads: {cpu: {}, memory: {enabled: false, vm_count: 3}}\n' }, []],
    [
      'storage options without disks',
      { flags: { ...cpu, 'storage-class': 'a', 'disk-size': '1Gi' } },
      [
        'warning: flag --storage-class: has no effect: no VM that is rendered has a disk of its own',
        'warning: flag --disk-size: has no effect: no VM that is rendered has a disk of its own',
      ],
    ],
    [
      'a disk size for disks that state their own',
      { flags: { 'from-catalog': 'redis-bench', 'disk-size': '1Gi' } },
      ['warning: flag --disk-size: has no effect: every disk states its own size in workload.yaml'],
    ],
    [
      'a number of VMs for a workload with a fixed number',
      { flags: { workloads: 'chaos-migration', 'vm-count': '3' } },
      ['warning: flag --vm-count: has no effect: the number of VMs is fixed in workload.yaml'],
    ],
    [
      'the same, in the file',
      { file: 'workloads: {chaos-migration: {vm_count: 3}}\n' },
      [
        'warning: virtwork.yaml:1:31: workloads.chaos-migration.vm_count: has no effect: the number of VMs of chaos-migration is fixed in workload.yaml',
      ],
    ],
    [
      'permission for a hash without a password',
      { flags: { ...cpu, 'write-password-hash': true } },
      ['warning: flag --write-password-hash: has no effect without a password'],
    ],
    [
      'a timeout without a wait',
      { flags: { ...cpu, wait: false, timeout: '5m' } },
      ['warning: flag --timeout: has no effect, because nothing waits'],
    ],
    [
      'a file for a record with --no-audit',
      { flags: { ...cpu, audit: false, 'audit-db': 'a' } },
      ['warning: flag --audit-db: has no effect, because no audit record is written'],
    ],
    [
      'a name and an ID of the run',
      { flags: { ...cpu, run: 'a', 'run-id': 'b' } },
      ['warning: flag --run: has no effect, because the run ID is set'],
    ],
    ['storage of a boot source', { flags: { ...cpu, boot: source, 'storage-class': 'a', 'volume-mode': 'Block' } }, []],
    ['storage in a file', { flags: cpu, file: 'storage_class: a\ndata_disk_size: 1Gi\n' }, []],
    [
      'a number of VMs, with another workload that has a fixed number',
      { flags: { workloads: 'cpu,chaos-migration', 'vm-count': '3' } },
      [],
    ],
    ['an existing Secret and a key', { flags: { ...cpu, 'ssh-existing-secret': 's', 'ssh-user': 'me', 'ssh-password': 'x' } }, []],
  ])('%s', async (_, given, lines) => expect(await said(given)).toEqual(lines));
});
