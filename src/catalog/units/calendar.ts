const PART = String.raw`[\d*][\d*,./]*`;
const DAY = '(?:mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)';
const CALENDAR = new RegExp(
  String.raw`^(?:minutely|hourly|daily|weekly|monthly|quarterly|semi-?annually|bi-?annually|annually|anually|yearly|@\d+(?:\.\d+)?|` +
    String.raw`(?=\S)(?:${DAY}(?:(?:\.\.|-|,)${DAY})*,?(?:\s+|$))?(?:(?<date>${PART}(?:[-~]${PART}){1,2})(?:[T\s]\s*|$))?` +
    String.raw`(?<time>${PART}:${PART}(?::${PART})?)?)(?:\s+(?<zone>[A-Z][\w/+-]*))?$`,
  'i',
);

/** Least and greatest number of each part; years may have two digits. */
const YEAR = [1970, 2199] as const;
const MONTH = [1, 12] as const;
const MONTH_DAY = [1, 31] as const;
/** How far a day counted from the end of a month may be from it. */
const LAST_DAY = [1, 28] as const;
const TIME = [
  [0, 23],
  [0, 59],
  [0, 59.999999],
] as const;

type Range = readonly [least: number, most: number];

/** Whether systemd accepts a calendar event, as `OnCalendar=` has it. */
export function isCalendar(value: string): boolean {
  const groups = CALENDAR.exec(value)?.groups;
  return groups !== undefined && isDate(groups.date) && isTime(groups.time) && isZone(groups.zone);
}

function isDate(date: string | undefined): boolean {
  if (date === undefined) return true;
  const fromEnd = date.includes('~');
  const parts = date.split(/[-~]/);
  const ranges = [YEAR, MONTH, fromEnd ? LAST_DAY : MONTH_DAY].slice(-parts.length) as Range[];
  return parts.every((part, index) => isPart(part, ranges[index] as Range, fromEnd && index === parts.length - 1));
}

function isTime(time: string | undefined): boolean {
  return time === undefined || time.split(':').every((part, index) => isPart(part, TIME[index] as Range, false));
}

/** Numbers, ranges and repetitions such as `1,5..10/2`; at least one repetition must be in the range. */
function isPart(part: string, range: Range, fromEnd: boolean): boolean {
  if (part === '*') return true;
  return part.split(',').every((each) => {
    const [, from, to, step] = /^(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?(?:\/(\d+(?:\.\d+)?))?$/.exec(each) ?? [];
    if (from === undefined) return false;
    const [least, most] = range;
    const [start, stop, repeat] = [numberOf(from, range), to === undefined ? undefined : numberOf(to, range), Number(step ?? 0)];
    if (start < least || start > most || (step !== undefined && repeat === 0)) return false;
    if (stop !== undefined) return stop >= start && stop <= most && start + repeat <= stop;
    return fromEnd ? start - repeat >= least : start + repeat <= most;
  });
}

function numberOf(text: string, range: Range): number {
  const number = Number(text);
  if (range !== YEAR || number >= 100) return number;
  return number < 70 ? number + 2000 : number + 1900;
}

function isZone(zone: string | undefined): boolean {
  if (zone === undefined) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
