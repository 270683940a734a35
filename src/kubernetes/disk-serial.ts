/** Characters of the longest serial that a guest sees: virtio passes on no more, although KubeVirt accepts more. */
export const SERIAL_LENGTH = 20;

/** A serial that a guest can find its disk by. */
export const SERIAL = new RegExp(`^[A-Za-z0-9-]{1,${SERIAL_LENGTH}}$`);

/** What {@link SERIAL} requires, as in `must be …`. */
export const SERIAL_RULE = `1 to ${SERIAL_LENGTH} letters, digits and hyphens`;
