/** What a product saw of a signal of a VM. */
export interface Seen {
  /** The times that are judged, in their order. Without a value, the product has no reading. */
  readonly windows: readonly Window[];
  /** The same in a finer resolution, for charts. @default the windows */
  readonly points?: readonly Window[];
  /** Why there is no reading. */
  readonly why?: string;
}

export interface Window {
  /** Seconds since 1970, by the clock of this machine. */
  readonly from: number;
  readonly to: number;
  readonly value?: number;
}
