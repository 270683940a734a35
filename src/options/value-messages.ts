// Values: what each kind of option requires, as in `must be true or false`.

export const MUST = {
  label: 'be a DNS label (lowercase letters, digits and hyphens, at most 63 characters)',
  objectName: 'be the name of an object (lowercase letters, digits, hyphens and dots)',
  labelValue: 'be a label value (letters, digits, hyphens, underscores and dots, at most 63 characters)',
  image: 'be an image reference such as quay.io/containerdisks/fedora:43',
  trialName: 'have a name of lowercase letters, digits and hyphens, with at least one letter and at most 40 characters',
  userName: 'be a user name (lowercase letters, digits, underscores and hyphens, at most 32 characters)',
  text: 'be a string of one line without control characters',
  notEmpty: 'not be empty',
  boot: 'be containerDisk or dataSource:NAMESPACE/NAME',
  bool: 'be true or false',
  quantity: 'be a quantity such as 512Mi, 2Gi or 10G',
  belowMaximum: 'be less than 8Ei',
  duration: 'be a duration such as 600, 90s, 10m or 1h',
  list: 'be a list',
  yaml: (example: string) => `be YAML, such as ${example}`,
  map: 'be a map',
  cpuModel: 'be a CPU model such as host-passthrough or Skylake-Server',
  cpuAmount: 'be a quantity of CPUs such as 2, 1.5 or 500m',
  mapWith: (keys: readonly string[]) => `be a map with keys from ${keys.join(', ')}`,
  onlyKeys: (keys: readonly string[]) => `have only the keys ${keys.join(', ')}`,
  key: (key: string) => `have the key ${key}`,
  string: 'be a string; put it in quotes',
  labelKey: 'be the key of a label, such as team or example.com/team',
  notOwnLabel: "not be one of virtwork's own keys",
  tolerationKey: 'have a key, or the operator Exists',
  tolerationValue: 'have no value with the operator Exists',
  tolerationSeconds: 'have the effect NoExecute with tolerationSeconds',
  termValues: 'have values with the operator In or NotIn',
  termOneValue: 'have one value with the operator Gt or Lt',
  termNoValues: 'have no values with the operator Exists or DoesNotExist',
  mac: 'be the MAC address of one card, such as 02:00:00:00:00:01',
  ip: 'be an IP address',
  addresses: 'be dhcp, slaac, or addresses of VMs with the prefix of their network, such as 192.0.2.10/24 or 192.0.2.10-192.0.2.19/24',
  networkOfRoute: 'be a network with its prefix, such as 198.51.100.0/24; for a default route, use gateway',
  networkName: 'be a name of letters, digits, hyphens and underscores, at most 63 characters',
  multus: 'be the name of a NetworkAttachmentDefinition, or NAMESPACE/NAME',
  network: 'be {pod: BINDING}, or {name: NAME, multus: NETWORK_ATTACHMENT_DEFINITION} with more',
  someNetwork: 'have at least one network',
  someAddress: 'have at least one address',
  binding: (own: readonly string[]) => `be ${own.join(', ')}, or the name of a network binding plugin`,
  proxy: 'be the URL of a proxy such as http://proxy.example.com:3128, with special characters of a password as %XX',
  noProxy: 'be a host, a domain such as .example.com, or a network such as 10.0.0.0/8',
  timezone: 'be the name of a time zone such as Europe/Berlin or UTC',
  userData: 'be a map, or the path of a file',
  publicKey: 'be a public key such as "ssh-ed25519 AAAA… me@host"',
  path: (longest: number) => `be a path of at most ${longest} characters`,
  choice: (words: readonly string[]) => `be one of ${words.join(', ')}`,
  integer: (minimum: number, maximum: number) => `be a whole number from ${minimum} to ${maximum}`,
  atLeast: (least: string) => `be at least ${least}`,
} as const;

export const GOT = {
  secret: 'a value that is not shown',
  none: 'none',
  noKey: 'no key',
  severalLines: 'several lines',
  marks: 'a character of the private use area',
  noString: 'a value that is not a string',
} as const;

/** Operations of RFC 6902: what they must be or have, and hints. */
export const PATCH = {
  pointer: 'be a JSON Pointer such as /spec/template/spec/hostname',
  field: 'be the path of a field of the VM',
  escapes: 'have ~0 for ~ and ~1 for / in a key',
  noWildcard: 'have no wildcard: RFC 6902 has none',
  noMarks: 'have no characters of the private use area',
  value: 'have a value',
  needs: (key: string, op: string) => `have the key ${key} with the op ${op}`,
  needsNo: (key: string, op: string) => `not have the key ${key} with the op ${op}`,
  atMost: (most: number) => `have at most ${most} items`,
  indices: 'state the index of each item, as in /spec/template/spec/volumes/0; /- appends to a list',
  removeInstead: 'to remove a field, use the op remove',
  example: 'write [{op: add, path: /spec/template/metadata/annotations/team, value: storage}]',
  write: (path: string) => `write ${path}`,
} as const;

/** The guest system is Windows. */
export const WINDOWS = {
  must: 'be a Linux system: the workloads are systemd units, which cloud-init sets up in the guest',
  hint: 'create Windows VMs without virtwork; docs/how-to/windows.md shows how to label them, so that cleanup finds them',
} as const;

/** A hint: what to write instead of a workload at the top level. */
export function underWorkloads(name: string): string {
  return `write workloads: {${name}: …}`;
}

export function wrongValue(must: string, got: string): string {
  return `must ${must}, got ${got}`;
}

// Public keys: what a line is instead of a good key.

export const KEY = {
  private: 'a private key',
  dss: 'a key of type ssh-dss, which sshd no longer accepts',
  otherFormat: 'a key in another format; convert it with ssh-keygen -i',
  partOfKey: 'a string that looks like a part of a key',
  other: 'a string that is not a key',
  notBase64: 'whose data is not complete base64',
  damaged: 'whose data is incomplete or damaged',
  badOptions: 'whose options sshd cannot read: write name or name="value", separated by commas without blanks',
  ofType: (type: string, problem: string) => `a key of type ${type} ${problem}`,
  dataOfType: (type: string) => `whose data is a key of type ${type}`,
  tooShort: (bits: number) => `of ${bits} bits, but sshd requires at least 1024`,
  optionTwice: (name: string) => `with the option ${name} twice`,
  optionWithoutValue: (name: string) => `with the option ${name} without a value in quotes`,
  optionValue: (name: string) => `with the option ${name}, whose value sshd does not accept`,
  /** @param name undefined: too long to be shown */
  unknownOption: (name: string | undefined) => `with an option that sshd does not know${name === undefined ? '' : `: ${name}`}`,
} as const;
