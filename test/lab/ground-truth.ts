import { readFileSync } from 'node:fs';
import type { Lab } from './guest';

/** The relative difference that is allowed between a value from the guest and the value from outside. */
const TOLERANCE = 0.1;
const MINUTE = 60_000;

/** One figure, counted in the guest and measured from outside. */
export interface Pair {
  readonly inside: () => Promise<number>;
  readonly outside: () => Promise<number>;
}

/** A figure, and the time of the reading in seconds: halfway between request and answer. */
interface Reading {
  readonly value: number;
  readonly at: number;
}

/**
 * A test of `npm run test:guest -- --all`: both figures grow at the same rate over a minute. It compares rates because a
 * busy guest answers late. The host needs free CPUs: an emulated guest counts the time that it waits for a CPU as time
 * that it worked.
 */
export function agrees(what: string, { inside, outside }: Pair): void {
  if (process.env.ALL_GUEST_TESTS !== '1') return;
  test(`ground truth: ${what}, counted inside and seen from outside`, async () => {
    const before = await Promise.all([reading(inside), reading(outside)]);
    await new Promise((resolve) => {
      setTimeout(resolve, MINUTE);
    });
    const after = await Promise.all([reading(inside), reading(outside)]);
    const [counted, seen] = [rate(before[0], after[0]), rate(before[1], after[1])];
    expect(seen).toBeGreaterThan(0);
    expect([counted, seen, Math.abs(counted / seen - 1) <= TOLERANCE]).toEqual([counted, seen, true]);
  });
}

async function reading(read: () => Promise<number>): Promise<Reading> {
  const asked = performance.now();
  const value = await read();
  return { value, at: (asked + performance.now()) / 2000 };
}

function rate(from: Reading, to: Reading): number {
  return (to.value - from.value) / (to.at - from.at);
}

/** CPU seconds of the QEMU threads that run the guest's CPUs. `/proc/THREAD/stat` would have those of the whole process. */
export async function vcpuSeconds(lab: Lab, vm: string): Promise<number> {
  const ticks = (await lab.cpuThreads(vm))
    .map((thread) =>
      readFileSync(`/proc/${thread}/task/${thread}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' '),
    )
    .map((fields) => Number(fields[11]) + Number(fields[12]));
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

/** The sum of the samples whose names and labels contain all of the words. */
export async function metric(lab: Lab, vm: string, ...words: string[]): Promise<number> {
  const samples = Object.entries(await lab.metrics(vm)).filter(([sample]) => words.every((word) => sample.includes(word)));
  return samples.reduce((sum, [, value]) => sum + value, 0);
}

/** Bytes of the headers: of a pcap file, of each frame in it, and of an Ethernet frame. */
const [FILE_HEADER, FRAME_HEADER, ETHERNET_HEADER] = [24, 16, 14];

/** IP bytes that a VM receives over its link, from the metrics of its unit and from QEMU's dump of the link. */
export function received(lab: Lab, vm: string, unit: string): Pair {
  let dump: Promise<string> | undefined;
  return {
    inside: () => metric(lab, vm, 'virtwork_unit_network_bytes_total', 'receive', unit),
    outside: async () => {
      dump ??= lab.dumpLink(vm);
      return receivedBytes(lab, vm, await dump);
    },
  };
}

/** Frames that the VM sent itself come back to QEMU. They do not count. */
function receivedBytes(lab: Lab, vm: string, dump: string): number {
  const mac = lab
    .machine(vm)
    .command.map((word) => /netdev=link,mac=(.+)$/.exec(word)?.[1])
    .find(Boolean)
    ?.replaceAll(':', '');
  const bytes = readFileSync(dump);
  let sum = 0;
  for (let at = FILE_HEADER; at + FRAME_HEADER <= bytes.length; ) {
    const [kept, length] = [bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 12)];
    const to = bytes.toString('hex', at + FRAME_HEADER, at + FRAME_HEADER + 6);
    if (to === mac) sum += length - ETHERNET_HEADER;
    at += FRAME_HEADER + kept;
  }
  return sum;
}
