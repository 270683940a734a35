import { BOOTED } from './messages';

/** Something that happened to a VM or in it. */
export interface GuestEvent {
  /** Seconds since 1970. */
  readonly time: number;
  /** Such as `kill`, `boot`, `migration`. */
  readonly kind: string;
  readonly text: string;
}

/** IDs of systemd's own messages about units. */
const OF_SYSTEMD: { readonly [id: string]: string } = {
  '39f53479d3a045ac8e11786248231fbf': 'started',
  '9d1aaa27d60140bd96365438aad20286': 'stopped',
  '5eb03494b6584870a536b337290809b3': 'restart',
  d9b373ed55a64feb8242e02dbe79a49c: 'failed',
  be02cf6855d2428ba40df7e9d022f03d: 'failed',
};

/** Events of a guest that are read, the newest ones, and characters of a text. A guest may be hostile. */
const MOST = 1000;
const LONGEST = 200;
/** Seconds since 1970. */
const LATEST = 1e11;
const KIND = /^[a-z][a-z0-9-]{0,30}$/;

/**
 * Reads what `/events` answers: entries of the journal, one JSON object on each line. Anything else is left out.
 * @param since seconds since 1970; earlier events are left out
 */
export function eventsIn(text: string, since: number): GuestEvent[] {
  const entries = text
    .split('\n')
    .slice(-MOST - 1)
    .flatMap((line) => entryIn(line) ?? []);
  entries.sort((a, b) => a.time - b.time);
  const events = entries.flatMap(({ time, boot, kind, text: what }, index): GuestEvent[] => {
    const before = entries[index - 1]?.boot;
    const booted = before !== undefined && boot !== '' && before !== '' && boot !== before ? [{ time, kind: 'boot', text: BOOTED }] : [];
    return [...booted, ...(kind === undefined ? [] : [{ time, kind, text: what }])];
  });
  return events.filter(({ time }) => time >= since);
}

interface Entry extends Omit<GuestEvent, 'kind'> {
  readonly boot: string;
  readonly kind?: string;
}

function entryIn(line: string): Entry | undefined {
  let fields: { readonly [field: string]: unknown };
  try {
    fields = Object(JSON.parse(line)) as typeof fields;
  } catch {
    return undefined;
  }
  const field = (name: string) =>
    typeof fields[name] === 'string' ? (fields[name] as string).slice(0, LONGEST).replace(/\s+/g, ' ').trim() : '';
  const time = Number(field('__REALTIME_TIMESTAMP')) / 1e6;
  if (!(time > 0 && time <= LATEST)) return undefined;
  const own = field('VIRTWORK_EVENT');
  const kind = KIND.test(own) ? own : OF_SYSTEMD[field('MESSAGE_ID')];
  const unit = field('UNIT') || field('VIRTWORK_UNIT');
  const said = field('MESSAGE') || unit;
  const text = unit === '' || said.includes(unit) ? said : `${unit}: ${said}`;
  return { time, boot: field('_BOOT_ID'), text, ...(kind === undefined ? {} : { kind }) };
}
