/** Types of units that start another one when something happens. */
const TRIGGER = /\.(timer|socket|path)$/;

/**
 * The unit that a timer, socket or path starts: by default the service of the same name, or `NAME@.service` for a
 * socket with `Accept=yes`.
 * @returns undefined for a unit of another type
 */
export function triggeredUnit(name: string, text: string): string | undefined {
  if (!TRIGGER.test(name)) return undefined;
  const stem = name.replace(TRIGGER, '');
  const named = /^[ \t]*(?:Unit|Service)[ \t]*=[ \t]*(\S+)[ \t]*$/m.exec(text)?.[1];
  if (named) return named;
  return /^[ \t]*Accept[ \t]*=[ \t]*(1|yes|y|true|t|on)[ \t]*$/im.test(text) && name.endsWith('.socket')
    ? `${stem}@.service`
    : `${stem}.service`;
}
