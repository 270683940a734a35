/**
 * Kubernetes quantities in bytes, in the canonical form in which the API server writes them back.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;
/** The number of digits is bounded: longer numbers exceed 64 bits by far, and are slow to compute with. */
const QUANTITY = /^([0-9]{1,30})(?:\.([0-9]{1,9}))?(Ki|Mi|Gi|Ti|Pi|Ei|[kMGTPE]|[eE][0-9]{1,2})?$/;

/** @returns whole bytes, rounded up as Kubernetes does; undefined if the string is not a quantity of bytes */
export function parseBytes(text: string): bigint | undefined {
  const match = QUANTITY.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = '', suffix = ''] = match;
  const scaled = BigInt(whole + fraction) * factor(suffix);
  const divisor = 10n ** BigInt(fraction.length);
  return (scaled + divisor - 1n) / divisor;
}

/**
 * @param text a quantity that {@link parseBytes} reads
 * @returns the same amount in the form that the API server returns: 2048Mi → 2Gi, 1.5Gi → 1536Mi, 2000M → 2G
 */
export function canonicalQuantity(text: string): string {
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new RangeError(`not a quantity of bytes: ${text}`);
  return text.endsWith('i') && bytes >= 1024n ? format(bytes, BINARY, 1024n) : format(bytes, DECIMAL, 1000n);
}

/** An exact quantity in binary units, for output. */
export function formatBytes(bytes: bigint): string {
  return format(bytes, BINARY, 1024n);
}

/** A rounded quantity for messages, never less than the amount: 600320Mi → 587Gi, 1.2Gi → 1229Mi. */
export function aboutBytes(bytes: bigint): string {
  let step = 0;
  let amount = bytes;
  while ((amount >= 10n * 1024n || amount % 1024n === 0n) && amount !== 0n && step < BINARY.length - 1) {
    amount = (amount + 1023n) / 1024n;
    step += 1;
  }
  return `${amount}${BINARY[step]}`;
}

function factor(suffix: string): bigint {
  if (/^[eE][0-9]/.test(suffix)) return 10n ** BigInt(suffix.slice(1));
  const binary = BINARY.indexOf(suffix as (typeof BINARY)[number]);
  if (binary >= 0) return 1024n ** BigInt(binary);
  return 1000n ** BigInt(DECIMAL.indexOf(suffix as (typeof DECIMAL)[number]));
}

function format(bytes: bigint, suffixes: readonly string[], base: bigint): string {
  let amount = bytes;
  let step = 0;
  while (amount !== 0n && amount % base === 0n && step < suffixes.length - 1) {
    amount /= base;
    step += 1;
  }
  return `${amount}${suffixes[step]}`;
}
