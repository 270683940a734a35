import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { qemuCommand } from '../../src/lab/machine';
import { type Seed, writeSeed } from '../../src/lab/seed';
import { loadPlan } from '../../src/load-plan';
import type { RolePlan, VmPlan } from '../../src/plan/plan';

const WIRING = { accel: 'tcg', sshPort: 2201, healthPort: 9901, outMac: '52:54:00:00:00:01', linkMac: '52:54:00:00:00:02', linkPort: 7000 };

async function roleOf(workload: string): Promise<RolePlan> {
  const { plan } = await loadPlan({
    flags: { workloads: workload, 'cpu-cores': '3' },
    env: {},
    cwd: mkdtempSync(join(tmpdir(), 'virtwork-')),
  });
  return plan.workloads[0]?.roles[0] as RolePlan;
}

function after(command: readonly string[], option: string): string[] {
  return command.flatMap((word, index) => (command[index - 1] === option ? [word] : []));
}

test('a VM has what its manifest says: CPUs, memory, UUID, disks in order, serials', async () => {
  const role = await roleOf('disk');
  const vm = role.vms[0] as VmPlan;
  const command = qemuCommand({ role, vm, image: { root: 'r', format: 'raw', kernel: 'k', initrd: 'i' }, ...WIRING });
  expect(after(command, '-smp')).toEqual(['cpus=3,sockets=3,cores=1,threads=1']);
  expect(after(command, '-m')).toEqual(['2048M']);
  expect(after(command, '-uuid')).toEqual([vm.uuid]);
  expect(after(command, '-kernel')).toEqual(['k']);
  expect(after(command, '-device').filter((each) => each.startsWith('virtio-blk'))).toEqual([
    'virtio-blk-pci,drive=root',
    'virtio-blk-pci,drive=seed',
    'virtio-blk-pci,drive=data,serial=virtwork-disk',
    'virtio-blk-pci,drive=guest,serial=virtwork-guest',
  ]);
  expect(after(command, '-netdev')[0]).toBe(
    'user,id=out,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:2201-:22,hostfwd=tcp:127.0.0.1:9901-:9998',
  );
});

test.each([
  ['stop', ',werror=stop,rerror=stop'],
  ['report', ',werror=report,rerror=report'],
  ['ignore', ',werror=ignore,rerror=ignore'],
  ['enospace', ',werror=enospc,rerror=report'],
  [undefined, ''],
] as const)('a raw disk is a disk like any other; its error policy %s is that of QEMU: %j', async (errorPolicy, options) => {
  const role = await roleOf('cpu');
  const disk = { name: 'data', size: '1Gi', serial: 'vw', below: [], ...(errorPolicy === undefined ? {} : { errorPolicy }) };
  const vm = role.vms[0] as VmPlan;
  const command = qemuCommand({ role: { ...role, disks: [disk] }, vm, image: { root: 'r', format: 'raw' }, ...WIRING });
  expect(after(command, '-drive')).toContain('if=none,id=data,file=disk-data.img,format=raw,discard=unmap');
  expect(after(command, '-device')).toContain(`virtio-blk-pci,drive=data,serial=vw${options}`);
});

test('a VM has the channel of the guest agent, as under KubeVirt', async () => {
  const role = await roleOf('cpu');
  const command = qemuCommand({ role, vm: role.vms[0] as VmPlan, image: { root: 'r', format: 'raw' }, ...WIRING });
  expect(after(command, '-chardev')).toContain('socket,id=agent,path=agent,server=on,wait=off');
  expect(after(command, '-device')).toContain('virtserialport,chardev=agent,name=org.qemu.guest_agent.0');
});

test('the credential and the guest disk are the last disks, read-only, with their serials', async () => {
  const role = await roleOf('chaos-migration');
  const command = qemuCommand({ role, vm: role.vms[0] as VmPlan, image: { root: 'r', format: 'raw' }, ...WIRING });
  expect(after(command, '-drive').slice(-2)).toEqual([
    'if=none,id=access,file=access.iso,format=raw,read-only=on',
    'if=none,id=guest,file=guest.iso,format=raw,read-only=on',
  ]);
  expect(
    after(command, '-device')
      .filter((each) => each.startsWith('virtio-blk'))
      .slice(-2),
  ).toEqual(['virtio-blk-pci,drive=access,serial=virtwork-access', 'virtio-blk-pci,drive=guest,serial=virtwork-guest']);
});

test.each([
  ['tcg,thread=multi', 'root=/dev/vda rw console=ttyS0 norandmaps'],
  ['kvm', 'root=/dev/vda rw console=ttyS0'],
])('under %s the kernel command line is %s', async (accel, says) => {
  const role = await roleOf('cpu');
  const image = { root: 'r', format: 'raw', kernel: 'k', initrd: 'i' };
  expect(after(qemuCommand({ role, vm: role.vms[0] as VmPlan, image, ...WIRING, accel }), '-append')).toEqual([says]);
});

test('an image without a kernel boots with firmware, and without a health port nothing is forwarded', async () => {
  const role = await roleOf('cpu');
  const command = qemuCommand({ role, vm: role.vms[0] as VmPlan, image: { root: 'r', format: 'qcow2' }, ...WIRING, healthPort: 0 });
  expect(after(command, '-kernel')).toEqual([]);
  expect(after(command, '-netdev')[0]).toBe('user,id=out,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:2201-:22');
});

test('a guest reaches this machine and its network only with outbound', async () => {
  const role = await roleOf('cpu');
  const outward = (props: object) =>
    after(qemuCommand({ role, vm: role.vms[0] as VmPlan, image: { root: 'r', format: 'raw' }, ...WIRING, ...props }), '-netdev')[0];
  expect(outward({})).toMatch(/,restrict=on,ipv6=off,/);
  expect(outward({ outbound: false })).toMatch(/,restrict=on,ipv6=off,/);
  expect(outward({ outbound: true })).toMatch(/,restrict=off,ipv6=off,/);
});

test('each disk has an explicit format, and the console goes to a bounded log', async () => {
  const role = await roleOf('chaos-migration');
  const command = qemuCommand({
    role,
    vm: role.vms[0] as VmPlan,
    image: { root: 'r', format: 'raw' },
    ...WIRING,
    sandbox: ['-sandbox', 'on'],
  });
  expect(after(command, '-drive').filter((drive) => !/,(format|driver)=/.test(drive))).toEqual([]);
  expect(after(command, '-serial')).toEqual(['chardev:console']);
  expect(after(command, '-chardev').filter((each) => each.startsWith('stdio'))).toEqual(['stdio,id=console,signal=off']);
  expect(after(command, '-sandbox')).toEqual(['on']);
});

const SEED: Seed = {
  vm: 'virtwork-a-client-0',
  namespace: 'ns',
  userData: '#cloud-config\nx: 1\n',
  publicKey: 'ssh-ed25519 AAAA lab',
  outMac: WIRING.outMac,
  linkMac: WIRING.linkMac,
  address: '10.77.0.2',
  neighbors: [
    { address: '10.77.0.1', names: ['virtwork-a-server-0', 'virtwork-a'] },
    { address: '10.77.0.2', names: ['virtwork-a-client-0'] },
  ],
};

test.each([
  [true, { dhcp4: true }],
  [false, { addresses: ['10.0.2.15/24'], gateway4: '10.0.2.2' }],
])('a guest has a default route, with network access (%s) or not', (outbound, expected) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'virtwork-')), 'seed');
  writeSeed(folder, { ...SEED, outbound });
  expect((load(readFileSync(join(folder, 'network-config'), 'utf8')) as { ethernets: { out: object } }).ethernets.out).toEqual({
    match: { macaddress: WIRING.outMac },
    ...expected,
  });
});

test("the seed has the unchanged user data of the manifests, and the lab's own settings in other files", () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'virtwork-')), 'seed');
  writeSeed(folder, SEED);
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');
  expect(readdirSync(folder).sort()).toEqual(['meta-data', 'network-config', 'user-data', 'vendor-data']);
  expect(file('user-data')).toBe('#cloud-config\nx: 1\n');
  expect(load(file('meta-data'))).toEqual({
    'instance-id': 'virtwork-a-client-0.ns',
    'local-hostname': 'virtwork-a-client-0',
    'public-keys': ['ssh-ed25519 AAAA lab'],
  });
  expect((load(file('vendor-data')) as { bootcmd: string[][] }).bootcmd[0]?.at(-1)).toBe(
    '10.77.0.1 virtwork-a-server-0 virtwork-a\n10.77.0.2 virtwork-a-client-0',
  );
  expect((load(file('network-config')) as { ethernets: { link: object } }).ethernets.link).toEqual({
    match: { macaddress: WIRING.linkMac },
    addresses: ['10.77.0.2/24'],
  });
});

test.each([
  [{}, 'discard=unmap', ['virtio-blk-pci,drive=a,serial=s-a'], []],
  [{ cache: 'writethrough', io: 'threads' }, 'discard=unmap,cache=writethrough,aio=threads', ['virtio-blk-pci,drive=a,serial=s-a'], []],
  [{ io: 'native' }, 'discard=unmap,cache=none,aio=native', ['virtio-blk-pci,drive=a,serial=s-a'], []],
  [{ discard: false, cache: 'none' }, 'cache=none', ['virtio-blk-pci,drive=a,serial=s-a'], []],
  [{ bus: 'scsi' }, 'discard=unmap', ['scsi-hd,bus=scsi.0,drive=a,serial=s-a'], ['virtio-scsi-pci,id=scsi']],
  [
    { bus: 'sata' },
    'discard=unmap',
    ['ide-hd,bus=sata0.0,drive=a,serial=s-a', 'ide-hd,bus=sata0.5,drive=f,serial=s-f', 'ide-hd,bus=sata1.0,drive=g,serial=s-g'],
    ['ich9-ahci,id=sata0', 'ich9-ahci,id=sata1'],
  ],
] as const)('data disks with %j', async (drive, options, devices, controllers) => {
  const role = await roleOf('cpu');
  const disks = [...'abcdefg'].map((name) => ({ name, size: '1Gi', serial: `s-${name}`, below: [] }));
  const command = qemuCommand({
    role: { ...role, disks, drive },
    vm: role.vms[0] as VmPlan,
    image: { root: 'r', format: 'raw' },
    ...WIRING,
  });
  expect(after(command, '-drive')).toContain(`if=none,id=a,file=disk-a.img,format=raw,${options}`);
  for (const device of [...devices, ...controllers]) expect(after(command, '-device')).toContain(device);
  // A controller comes before its disks.
  const all = after(command, '-device');
  for (const controller of controllers) expect(all.indexOf(controller)).toBeLessThan(all.indexOf(devices[0]));
  expect(all.filter((each) => /ahci|virtio-scsi/.test(each))).toEqual(controllers);
});

test('CPUs have their topology, and those of an instancetype the defaults', async () => {
  const role = await roleOf('cpu');
  const image = { root: 'r', format: 'raw' } as const;
  const smp = (changes: object) =>
    after(qemuCommand({ role: { ...role, ...changes }, vm: role.vms[0] as VmPlan, image, ...WIRING }), '-smp');
  expect(smp({ cpuCores: 8, machine: { cpu: { sockets: 2, cores: 2, threads: 2 } } })).toEqual(['cpus=8,sockets=2,cores=2,threads=2']);
  expect(smp({ cpuCores: undefined, memory: undefined })).toEqual(['cpus=2,sockets=2,cores=1,threads=1']);
});

test('a card in a secondary network is on a multicast group of its own', async () => {
  const role = await roleOf('cpu');
  const others = [
    { mac: 'ae:00:00:00:00:01', network: 1 },
    { mac: 'ae:00:00:00:00:02', model: 'e1000e', network: 2 },
  ];
  const command = qemuCommand({ role, vm: role.vms[0] as VmPlan, image: { root: 'r', format: 'raw' }, ...WIRING, others });
  expect(after(command, '-netdev').slice(2)).toEqual([
    'socket,id=net0,mcast=239.77.1.1:7000,localaddr=127.0.0.1',
    'socket,id=net1,mcast=239.77.1.2:7000,localaddr=127.0.0.1',
  ]);
  expect(after(command, '-device').filter((each) => each.includes('netdev=net'))).toEqual([
    'virtio-net-pci,netdev=net0,mac=ae:00:00:00:00:01',
    'e1000e,netdev=net1,mac=ae:00:00:00:00:02',
  ]);
});
