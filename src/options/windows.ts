import { showScalar } from '../text/show';
import type { Kind } from './kinds';
import { isMap } from './structured';
import { WINDOWS } from './value-messages';

/** Versions of Windows as names of images and boot sources have them, such as `win2k22`, `windows-server-2022` and `win11x64`. */
const VERSION =
  /(?:xp|vista|7|8|8\.1|10|11|(?:2k|20)(?:0?[38]|12|16|19|22|25)|server|srv)(?:r2|x64|x86|pro|ent|home|iot|ltsc)?(?![a-z0-9])/;
const NAME = new RegExp(`(?:^|[^a-z0-9])(?:windows(?![a-z])|win(?:dows)?[-_.]?${VERSION.source})`, 'i');

/** Whether a name is plainly that of a Windows system. */
function isWindows(name: string): boolean {
  return NAME.test(name) || /^win$/i.test(name);
}

/**
 * A kind that names the guest system, directly or by its image: Windows is rejected with the reason.
 * @param namesOf the names in a value that may be those of a system
 */
export function linux<T>(kind: Kind<T>, namesOf: (raw: unknown) => readonly unknown[]): Kind<T> {
  const isNotLinux = (raw: unknown) => namesOf(raw).some((name) => typeof name === 'string' && isWindows(name));
  return {
    ...kind,
    parse: (raw) => {
      if (!isNotLinux(raw)) return kind.parse(raw);
      return { must: WINDOWS.must, hint: WINDOWS.hint, ...(isMap(raw) ? { got: showScalar(raw.name), at: ['name'] } : {}) };
    },
  };
}

/** The last part of an image reference with its tag, and the part before it if it is nothing but the name of a system. */
export function namesOfImage(raw: unknown): string[] {
  const [last = '', ...others] = String(raw)
    .replace(/@sha256:.*/, '')
    .split('/')
    .reverse();
  return [...last.split(':'), ...others.slice(0, 1).filter((part) => /^windows$/i.test(part))];
}

/** The name of a boot source, without its namespace. */
export function nameOfSource(raw: unknown): string[] {
  return String(raw).startsWith('dataSource:') ? [String(raw).split('/').at(-1) ?? ''] : [];
}
