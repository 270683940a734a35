/** What a product saw of a VM: the mean of a signal over a time, in its base unit. */
export interface Reading {
  readonly vm: string;
  readonly signal: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly value: number;
  /** Where it was read, such as `readings.csv:7`. */
  readonly place: string;
}
