import { show } from '../../text/show';

// Files and settings for guests: what is wrong with them. Contents are not quoted: they may be secret.

type Text = { readonly message: string; readonly hint?: string };

/** @param name path as it is shown */
export function unreadable(name: string, code: string | undefined): Text {
  return { message: `cannot read the file ${show(name)} (${code})` };
}

/** @param what what the file is, e.g. `a FIFO` */
export function notRegular(name: string, what: string): Text {
  return { message: `must name a regular file of at most 1 MiB, got ${show(name)}, which is ${what}` };
}

export function outside(name: string, file: string): Text {
  return {
    message: `must name a file inside the working directory, got ${show(name)}: ${file} may come from someone else, and the manifests would contain the file`,
    hint: `use --config ${file} if you trust the file`,
  };
}

export function sameName(name: string, other: string): Text {
  return { message: `the files ${show(other)} and ${show(name)} have the same name in the guest`, hint: 'rename one of them' };
}

export const CERTIFICATE = {
  privateKey: (name: string): Text => ({
    message: `must name files with certificates, got ${show(name)}, which contains a private key`,
    hint: 'name the file with the certificate alone',
  }),
  none: (name: string): Text => ({
    message: `must name files with certificates in PEM format, got ${show(name)}, which has no line -----BEGIN CERTIFICATE-----`,
  }),
  binary: (name: string): Text => ({
    message: `must name files with certificates in PEM format, got ${show(name)}, which is in DER format`,
    hint: `openssl x509 -inform der -in ${show(name)} -out ca.pem`,
  }),
  broken: (name: string, index: number): Text => ({
    message: `certificate ${index} of ${show(name)} is damaged: it must be an X.509 certificate in PEM format`,
  }),
  trusted: (name: string): Text => ({
    message: `${show(name)} contains a TRUSTED CERTIFICATE, which only OpenSSL reads`,
    hint: `openssl x509 -in ${show(name)} -out ca.pem`,
  }),
  noAuthority: (name: string, index: number): string =>
    `certificate ${index} of ${show(name)} is not that of a certificate authority: guests trust only a server that uses this very certificate`,
} as const;

export const REPOSITORY = {
  name: (name: string): Text => ({
    message: `must name files that end in .repo (dnf), .list or .sources (apt), .asc or .gpg (keys), got ${show(name)}`,
  }),
  characters: (name: string): Text => ({
    message: `the file ${show(name)} must have a name of letters, digits, dots, hyphens and underscores; apt ignores other names`,
    hint: 'rename the file',
  }),
  notText: (name: string): Text => ({ message: `${show(name)} must be UTF-8 text` }),
  empty: (name: string, what: string): Text => ({ message: `${show(name)} contains no repository: it must have ${what}` }),
  line: (name: string, line: number, must: string): Text => ({ message: `line ${line} of ${show(name)} must ${must}` }),
  section: (name: string, section: string, must: string): Text => ({ message: `section [${section}] of ${show(name)} must ${must}` }),
  stanza: (name: string, line: number, must: string): Text => ({
    message: `the repository at line ${line} of ${show(name)} must ${must}`,
  }),
  privateKey: (name: string): Text => ({
    message: `must name public keys, got ${show(name)}, which contains a private key`,
    hint: 'export the public key: gpg --export --armor KEY',
  }),
  noKey: (name: string, must: string): Text => ({ message: `${show(name)} must ${must}` }),
} as const;

export const REPO_MUST = {
  section: 'have a section such as [base] before it',
  setting: 'be a comment, a section such as [base], or KEY=VALUE',
  once: 'occur only once',
  notMain: 'not be [main], which belongs in dnf.conf',
  source: 'have baseurl, metalink or mirrorlist',
  url: 'have an address that begins with http://, https://, ftp:// or file://',
  oneLine: 'be as in: deb https://mirror.example.com/debian trixie main',
  field: 'be a comment, FIELD: VALUE, or the continuation of a value, which begins with a space',
  fields: (names: readonly string[]) => `have the fields ${names.join(', ')}`,
  types: 'have Types of deb, deb-src or both',
  components: 'have Components, or Suites that end in /',
  armored: 'begin with -----BEGIN PGP PUBLIC KEY BLOCK-----; a key that is not armored has a name that ends in .gpg',
  binary: 'be an OpenPGP public key that is not armored; an armored key has a name that ends in .asc',
} as const;

export const USER_DATA = {
  notYaml: (name: string, reason: string): Text => ({ message: `${name} must be YAML: ${reason}` }),
  notText: (name: string): Text => ({ message: `${name} must be UTF-8 text` }),
  header: (name: string): Text => ({
    message: `${name} must be a cloud-config: its first line must be #cloud-config`,
    hint: 'add the line #cloud-config',
  }),
  otherFormat: (name: string, what: string): Text => ({
    message: `${name} must be a cloud-config, got ${what}`,
    hint: 'write what it does as a cloud-config, such as runcmd and write_files',
  }),
  template: (name: string): Text => ({
    message: `${name} must be a cloud-config without a template: virtwork merges it before cloud-init could fill in a template`,
    hint: 'write the values, or set values per workload',
  }),
  notMap: (name: string, got: string): Text => ({ message: `${name} must be a map of cloud-config keys, got ${got}` }),
  unknown: (key: string, near: string | undefined): Text => ({
    message: `${show(key)} is not a key of cloud-config`,
    ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }),
  }),
  refused: (key: string, why: string, hint?: string): Text => ({
    message: `must not have ${key}: ${why}`,
    ...(hint === undefined ? {} : { hint }),
  }),
  list: (key: string, got: string): Text => ({ message: `${key} must be a list, got ${got}` }),
  map: (key: string, got: string): Text => ({ message: `${key} must be a map, got ${got}` }),
  item: (place: string, must: string): Text => ({ message: `${place} must ${must}` }),
  schema: (place: string, what: string): Text => ({ message: `${place} ${what}` }),
} as const;

/**
 * @param key of the option that has the secrets
 * @param what the secrets, e.g. `the password of proxy.https`
 */
export function secretsInManifests(key: string, what: readonly string[]): Text {
  const without =
    key === 'extra_user_data'
      ? 'remove it, and log in with ssh_authorized_keys or ssh_existing_secret'
      : 'use a proxy or mirror without a password';
  return {
    message: `the manifests would contain ${what.join(', ')}, and manifests are meant to be committed`,
    hint: `${without}; or use --write-secrets if the manifests stay private`,
  };
}
