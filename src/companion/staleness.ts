import { DISK } from '../kubernetes/disk-names';
import { USER_DATA_HASH } from '../kubernetes/labels';
import { userDataHash } from '../kubernetes/user-data-hash';
import type { KubeObject, KubeSecret } from './objects';

/** The content of a Secret. */
interface Content {
  /** Strings by key. */
  readonly texts: { readonly [key: string]: string };
  /** When it was last written, in the API server's format. */
  readonly since: string;
}

/** The user data of VMs that start from now on. */
export interface UserData {
  readonly hash: string;
  readonly since: string;
}

/** Finds the user data of a VM; undefined when one of its Secrets is not known. */
export type UserDataOf = (vm: KubeObject) => UserData | undefined;

/** Key of the user data in its Secret. */
const KEY = 'userdata';
/** The fields of a Secret that hold its content, as managedFields names them. */
const CONTENT = ['f:data', 'f:stringData'];
/** KubeVirt's annotation with the VM's generation that an instance was created from; raised when a later one changes nothing of the instance. */
const GENERATION = 'kubevirt.io/vm-generation';

/** @param secrets with their managed fields; a Secret without the time of its last write counts as not known */
export function userDataIn(secrets: readonly KubeSecret[]): UserDataOf {
  const contents = new Map(secrets.flatMap(contentOf));
  // The VMs of a role share their Secrets.
  const known = new Map<string, UserData | undefined>();
  return (vm) => {
    const [seed, disk] = secretsOf(vm);
    const key = `${seed}/${disk}`;
    if (!known.has(key)) known.set(key, together(contents.get(seed), disk === '' ? NO_DISK : contents.get(disk)));
    return known.get(key);
  };
}

function contentOf(secret: KubeSecret): [string, Content][] {
  const since = lastWritten(secret);
  const decoded = Object.entries(secret.data ?? {}).map(([key, base64]) => [key, Buffer.from(base64, 'base64').toString('utf8')]);
  return since === undefined ? [] : [[secret.metadata.name, { texts: Object.fromEntries(decoded), since }]];
}

function together(seed: Content | undefined, disk: Content | undefined): UserData | undefined {
  const userData = seed?.texts[KEY];
  if (userData === undefined || disk === undefined) return undefined;
  return { hash: userDataHash(userData, disk.texts), since: seed && seed.since > disk.since ? seed.since : disk.since };
}

function lastWritten({ metadata: { managedFields = [] } }: KubeSecret): string | undefined {
  return managedFields
    .filter(({ fieldsV1 = {} }) => CONTENT.some((part) => part in fieldsV1))
    .flatMap(({ time }) => time ?? [])
    .sort()
    .at(-1);
}

/**
 * The part of a running instance that is older than the cluster's objects: an instance keeps what it was started with. The hash on the VM's
 * template is that of the base. An overlay that patches a Secret does not change it, so the Secrets themselves are compared.
 * @param userDataOf where it finds nothing, the hash on the template is compared
 * @returns undefined when nothing is older
 */
export function staleness(vm: KubeObject, instance: KubeObject | undefined, userDataOf: UserDataOf): string | undefined {
  if (instance === undefined) return undefined;
  const { annotations: { [USER_DATA_HASH]: started, [GENERATION]: made } = {}, creationTimestamp } = instance.metadata;
  const content = userDataOf(vm);
  const template = vm.spec?.template?.metadata?.annotations?.[USER_DATA_HASH];
  const isOld = content
    ? started !== content.hash && (creationTimestamp ?? '') < content.since
    : template !== undefined && started !== template;
  if (isOld) return 'user data';
  return made !== undefined && Number(made) < (vm.metadata.generation ?? 0) ? 'spec' : undefined;
}

/** Names of the VM's Secrets: the user data's and the guest disk's. Empty: it has none. */
function secretsOf(vm: KubeObject): [seed: string, disk: string] {
  const volumes: readonly Volume[] = vm.spec?.template?.spec?.volumes ?? [];
  const seed = volumes.find(({ cloudInitNoCloud }) => cloudInitNoCloud?.secretRef)?.cloudInitNoCloud?.secretRef?.name;
  return [seed ?? '', volumes.find(({ name }) => name === DISK.guest)?.secret?.secretName ?? ''];
}

/** VMs of virtwork 0.1 have none. */
const NO_DISK: Content = { texts: {}, since: '' };

interface Volume {
  readonly name: string;
  readonly cloudInitNoCloud?: { readonly secretRef?: { readonly name: string } };
  readonly secret?: { readonly secretName?: string };
}
