import { toYaml } from '../yaml/to-yaml';

/**
 * The part of cloud-config that virtwork uses. Typed, because some versions of cloud-init accept unknown keys.
 * @see https://cloudinit.readthedocs.io/en/latest/reference/modules.html
 */
export interface CloudConfig {
  readonly users?: readonly (string | User)[];
  readonly ssh_pwauth?: boolean;
  readonly package_update?: boolean;
  readonly packages?: readonly string[];
  readonly timezone?: string;
  readonly ca_certs?: { readonly trusted: readonly string[] };
  readonly apt?: { readonly preserve_sources_list: true };
  readonly write_files: readonly WriteFile[];
  readonly runcmd: readonly (readonly string[])[];
}

export interface User {
  readonly name: string;
  readonly shell: string;
  readonly sudo: string;
  readonly lock_passwd: boolean;
  readonly hashed_passwd?: string;
  readonly ssh_authorized_keys?: readonly string[];
}

export interface WriteFile {
  readonly path: string;
  /** Octal digits. */
  readonly permissions: string;
  readonly encoding?: 'b64';
  readonly append?: true;
  readonly content: string;
}

/** @param config with the keys of virtwork, and with others if the user adds a cloud-config */
export function cloudConfig(config: CloudConfig): string {
  return `#cloud-config\n${toYaml(config)}`;
}
