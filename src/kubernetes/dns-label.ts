const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Whether a string is a DNS label of at most 63 characters (RFC 1123), as Kubernetes requires it of most names.
 * The length is checked separately, because a pattern that counts to 63 takes longer to compile than all other patterns together.
 */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && DNS_LABEL.test(text);
}
