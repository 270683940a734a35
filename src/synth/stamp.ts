import type { RolePlan, VmPlan, WorkloadPlan } from '../plan/plan';
import { toYaml } from '../yaml/to-yaml';

/**
 * The VMs of a role differ in a few words only. So one VM is rendered, with marks in the place of these words, and the text of each VM is
 * that text with its own words: ten thousand VMs take little longer than ten.
 *
 * The words are DNS labels and UUIDs, which YAML writes without quotes, MAC addresses, and addresses, which stand in quotes. The marks are characters of the private use area, which no checked
 * value contains.
 */
const OPEN = '\ue000';
const CLOSE = '\ue001';
/** Network data is a block of text, which YAML writes as one only without invisible characters. No value contains this word by accident. */
const CARD = 'mark-c14b8f52';
const MARK = /(?:\ue000|mark-c14b8f52-)(name|uuid|pair|mac[0-9]+|address[0-9]+\.[0-9]+)(?:\ue001|-mark-c14b8f52)/;

/** The same workload with one VM per role, which has marks in the place of its words. */
export function patternOf(workload: WorkloadPlan): WorkloadPlan {
  return { ...workload, roles: workload.roles.map(patternOfRole) };
}

/** @returns the text for a VM, with the VM's words in the place of the marks */
export function stamper(text: string): (vm: VmPlan) => string {
  // Cut once for all VMs: splitting by a pattern with a group returns text and mark in turn.
  const pieces = text.split(MARK);
  return (vm) => {
    let stamped = pieces[0] as string;
    for (let at = 1; at < pieces.length; at += 2) {
      const word = wordOf(vm, pieces[at] as string);
      stamped +=
        (isMac(pieces[at] as string) && !(pieces[at - 1] as string).endsWith('"') ? asYaml(word) : word) + (pieces[at + 1] as string);
    }
    return stamped;
  };
}

function patternOfRole(role: RolePlan): RolePlan {
  // A pool is one object for all VMs.
  if (role.pool !== undefined) return role;
  // A patch may test the words of a single VM.
  if (role.patches && role.vms.length === 1) return role;
  const pair = role.vms[0]?.pair === undefined ? {} : { pair: mark('pair') };
  const cards = role.vms[0]?.cards?.map(({ mac, addresses }, card) => ({
    ...(mac === undefined ? {} : { mac: cardMark(`mac${card}`) }),
    addresses: addresses.map((_, index) => cardMark(`address${card}.${index}`)),
  }));
  return { ...role, vms: [{ name: mark('name'), uuid: mark('uuid'), ...pair, ...(cards ? { cards } : {}) }] };
}

function wordOf(vm: VmPlan, word: string): string {
  const [, kind, card, index = '0'] = /^(mac|address)([0-9]+)(?:\.([0-9]+))?$/.exec(word) ?? [];
  if (kind === undefined) return String(vm[word as keyof VmPlan]);
  const { mac, addresses = [] } = vm.cards?.[Number(card)] ?? {};
  return String(kind === 'mac' ? mac : addresses[Number(index)]);
}

function isMac(word: string): boolean {
  return word.startsWith('mac');
}

/** Digits with colons between them are a number in YAML 1.1, so such a MAC address gets quotes. */
function asYaml(mac: string): string {
  return toYaml([mac]).slice('- '.length).trimEnd();
}

function cardMark(word: string): string {
  return `${CARD}-${word}-${CARD}`;
}

function mark(word: string): string {
  return OPEN + word + CLOSE;
}
