/** Variables by name. */
export type Environment = { readonly [name: string]: string };

/**
 * A file for systemd's `EnvironmentFile=`. A shell reads the same values from it.
 * Within double quotes, both read `\`, `"`, `$` and the backquote literally after a backslash, and all other characters unchanged.
 * @see systemd.exec(5), EnvironmentFile=
 */
export function environmentFile(environment: Environment): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}="${value.replace(/[\\"$`]/g, '\\$&')}"\n`)
    .join('');
}
