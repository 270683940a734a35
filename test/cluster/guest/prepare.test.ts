import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { userData } from '../../../src/guest/user-data';
import type { RolePlan, VmPlan } from '../../../src/plan/plan';
import { planOf, tempDir } from '../../support/render';
import { needs } from '../../support/tools';
import { type Order, prepare, type Vmi } from './prepare';

const inBase64 = (text: string) => Buffer.from(text).toString('base64');

/** A folder with an image of the lab that has these packages and those of every image. */
function images(...packages: string[]): string {
  const cache = tempDir();
  const folder = join(cache, 'debian');
  mkdirSync(folder);
  for (const name of ['root.img', 'vmlinuz', 'initrd']) writeFileSync(join(folder, name), '0'.repeat(512));
  const base =
    'ca-certificates cloud-init curl dbus iproute2 linux-image-cloud-amd64 openssh-server procps qemu-guest-agent sudo systemd-sysv udev';
  writeFileSync(join(folder, 'packages'), [...base.split(' '), ...packages].join('\n'));
  return cache;
}

async function roleOf(workload: string): Promise<RolePlan> {
  const plan = await planOf({ workloads: workload, 'guest-os': 'debian', 'cpu-cores': '3', namespace: 'ns' });
  return plan.workloads[0]?.roles[0] as RolePlan;
}

/** The instance that virt-controller creates for the first VM of a role. */
function instanceOf({ vms, memory, disks, credential }: RolePlan): Vmi {
  const { name, uuid } = vms[0] as VmPlan;
  const device = (disk: string, serial?: string) => ({ name: disk, serial, disk: { bus: 'virtio' } });
  return {
    metadata: { name, namespace: 'ns' },
    spec: {
      domain: {
        cpu: { cores: 1, sockets: 3, threads: 1 },
        memory: { guest: memory },
        firmware: { uuid },
        devices: {
          disks: [
            device('containerdisk'),
            device('cloudinitdisk'),
            ...disks.map((disk) => device(disk.name, disk.serial)),
            ...(credential ? [device('access', credential.serial)] : []),
            device('guestdisk', 'virtwork-guest'),
          ],
        },
      },
      volumes: [
        { name: 'containerdisk', containerDisk: { image: 'debian' } },
        { name: 'cloudinitdisk', cloudInitNoCloud: { secretRef: { name: 'cloudinit' } } },
        ...disks.map((disk) => ({ name: disk.name, dataVolume: { name: `${disk.name}-${name}` } })),
        ...(credential ? [{ name: 'access', secret: { secretName: credential.secret } }] : []),
        { name: 'guestdisk', secret: { secretName: 'virtwork-guest' } },
      ],
      readinessProbe: { httpGet: { port: 9998 } },
    },
  };
}

function orderFor(role: RolePlan, props: Partial<Order> = {}): Order {
  const root = tempDir();
  return {
    folder: join(root, 'guest'),
    images: images('fio', 'xfsprogs', 'curl', 'python3'),
    vmi: instanceOf(role),
    secrets: {
      cloudinit: { userdata: inBase64(userData(role)) },
      'virtwork-guest': { 'virtwork-start': inBase64('#!/bin/bash\n') },
      'virtwork-chaos-migration-token': { token: inBase64('t') },
    },
    claims: { 'data-virtwork-disk-0': { file: join(root, 'claim'), size: 1 << 20 } },
    address: '10.128.0.1',
    prefix: 9,
    linkPort: 7001,
    dns: { server: '10.96.0.10', search: ['ns.svc.cluster.local'] },
    ...props,
  };
}

function after(command: readonly string[], option: string): string[] {
  return command.flatMap((word, index) => (command[index - 1] === option ? [word] : []));
}

// QEMU starts several times.
jest.setTimeout(60_000);

const withQemu = needs('qemu-img', 'qemu-system-x86_64');

withQemu('a guest has what its instance says: CPUs, memory, UUID, disks with serials, address', async () => {
  const role = await roleOf('disk');
  const order = orderFor(role);
  const { command, drives, taps } = await prepare(order);
  expect(after(command, '-smp')).toEqual(['cpus=3,sockets=3,cores=1,threads=1']);
  expect(after(command, '-m')).toEqual(['2048M']);
  expect(after(command, '-uuid')).toEqual([role.vms[0]?.uuid]);
  expect(after(command, '-device').filter((each) => each.startsWith('virtio-blk'))).toEqual([
    'virtio-blk-pci,drive=root',
    'virtio-blk-pci,drive=seed',
    'virtio-blk-pci,drive=data,serial=virtwork-disk',
    'virtio-blk-pci,drive=guest,serial=virtwork-guest',
  ]);
  expect(after(command, '-netdev')).toEqual([
    'user,id=out,restrict=off,ipv6=off,hostfwd=tcp:10.128.0.1:9998-:9998',
    'socket,id=link,mcast=239.77.0.1:7001,localaddr=127.0.0.1',
  ]);
  expect(drives).toEqual({ root: 'containerdisk', seed: 'cloudinitdisk', data: 'data', guest: 'guestdisk' });
  expect(after(command, '-object').filter((each) => each.startsWith('filter-dump'))).toEqual(
    taps.map(({ file, sent }) => expect.stringContaining(`queue=${sent ? 'rx' : 'tx'},file=${file},`)),
  );
  expect(readFileSync(join(order.folder, 'seed/user-data'), 'utf8')).toBe(userData(role));
  const network = load(readFileSync(join(order.folder, 'seed/network-config'), 'utf8')) as { ethernets: { [card: string]: object } };
  expect(network.ethernets).toMatchObject({ out: { addresses: ['10.0.2.15/24'] }, link: { addresses: ['10.128.0.1/9'] } });
  expect(readFileSync(join(order.folder, 'guest.iso')).includes('#!/bin/bash\n')).toBe(true);
});

withQemu('the next guest gets a new root disk and the same data disk', async () => {
  const order = orderFor(await roleOf('disk'));
  await prepare(order);
  const { file, size } = Object.values(order.claims)[0] as { file: string; size: number };
  expect([statSync(file).size, statSync(file).mode & 0o777]).toEqual([size, 0o600]);
  writeFileSync(file, 'data');
  const next = { ...order, folder: `${order.folder}-next` };
  await prepare(next);
  expect(readlinkSync(join(next.folder, 'disk-data.img'))).toBe(file);
  expect(readFileSync(file, 'utf8')).toBe('data');
  expect(lstatSync(join(next.folder, 'root.qcow2')).isFile()).toBe(true);
});

withQemu('a root disk on a claim is kept', async () => {
  const order = orderFor(await roleOf('disk'));
  const [, ...others] = order.vmi.spec.volumes;
  const volumes = [{ name: 'containerdisk', persistentVolumeClaim: { claimName: 'root' } }, ...others];
  const file = join(tempDir(), 'root');
  const onClaim = {
    ...order,
    vmi: { ...order.vmi, spec: { ...order.vmi.spec, volumes } },
    claims: { ...order.claims, root: { file, size: 0 } },
  };
  await prepare(onClaim);
  const made = readFileSync(file);
  expect(made.subarray(0, 3).toString()).toBe('QFI');
  await prepare({ ...onClaim, folder: `${order.folder}-next` });
  expect(readFileSync(file)).toEqual(made);
});

withQemu('other Secrets are disks too', async () => {
  const order = orderFor(await roleOf('chaos-migration'));
  await prepare(order);
  expect(readdirSync(order.folder).sort()).toEqual(['access.iso', 'guest.iso', 'root.qcow2', 'seed']);
});

test.each<[string, (order: Order) => Order, string]>([
  [
    'no image with the packages',
    (order) => ({ ...order, images: images() }),
    'has the packages fio xfsprogs; run "virtwork lab image build"',
  ],
  ['no user data', (order) => ({ ...order, secrets: {} }), 'no Secret with the key userdata'],
  [
    'an unknown kind of volume',
    (order) => ({ ...order, vmi: { ...order.vmi, spec: { ...order.vmi.spec, volumes: [] } } }),
    'disk containerdisk: the test bed has no volume of this kind',
  ],
])('%s is an error, and leaves nothing', async (_, change, message) => {
  const order = change(orderFor(await roleOf('disk')));
  await expect(prepare(order)).rejects.toThrow(message);
  expect(existsSync(order.folder)).toBe(false);
});
