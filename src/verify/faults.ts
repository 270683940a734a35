import type { Problem } from '../errors';
import { alsoIn } from './messages';

/** How places of rows are written: a line as `r.csv:7`, an item of a list as `r.json: [7]`. */
export type PlaceKind = 'line' | 'item';

/** What is wrong with a row. */
export interface Wrong {
  /** Equal for faults that one message can have. */
  readonly kind: string;
  /** @param got the values, as messages show them */
  readonly message: (got: readonly unknown[], more: boolean) => string;
  readonly hint?: string;
  readonly got?: unknown;
}

interface Fault extends Wrong {
  readonly values: Set<unknown>;
  readonly ranges: [from: number, to: number][];
  /** Rows after those of the ranges. */
  rest: number;
  isCut: boolean;
}

/** In a message. */
const [MOST_VALUES, MOST_RANGES, LONGEST] = [3, 4, 200];

/** The faults of the rows of a file, of which equal ones are one problem. Bounded, also where every row of a large file is wrong. */
export class Faults {
  private readonly faults = new Map<string, Fault>();

  constructor(
    private readonly file: string,
    private readonly place: PlaceKind,
  ) {}

  /** @param at line or index of the row; not less than that of the row before */
  add(at: number, wrong: Wrong): void {
    const fault = this.faults.get(wrong.kind) ?? { ...wrong, values: new Set(), ranges: [], rest: 0, isCut: false };
    this.faults.set(wrong.kind, fault);
    const value = typeof wrong.got === 'string' ? wrong.got.slice(0, LONGEST) : wrong.got;
    if (fault.values.size < MOST_VALUES) fault.values.add(value);
    else fault.isCut ||= !fault.values.has(value);
    const last = fault.ranges.at(-1);
    if (fault.rest === 0 && last?.[1] === at - 1) last[1] = at;
    else if (fault.ranges.length < MOST_RANGES) fault.ranges.push([at, at]);
    else fault.rest += 1;
  }

  where(at: number): string {
    return this.place === 'line' ? `${this.file}:${at}` : `${this.file}: [${at}]`;
  }

  problems(): Problem[] {
    return [...this.faults.values()].map(({ message, hint, values, isCut, ranges, rest }) => ({
      where: this.where((ranges[0] as [number, number])[0]),
      message: `${message([...values], isCut)}${alsoIn(this.place, ranges, rest)}`,
      ...(hint === undefined ? {} : { hint }),
    }));
  }
}
