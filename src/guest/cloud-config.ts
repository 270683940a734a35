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
  readonly content: string;
}

export function cloudConfig(config: CloudConfig): string {
  return `#cloud-config\n${toYaml(config)}`;
}
