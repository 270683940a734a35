import { USER_DATA_HASH } from '../labels';
import { textHash } from '../text-hash';
import type { KubeObject, KubeSecret } from './objects';

/** What a Secret gives the guests that start from now on. */
export interface UserData {
  readonly hash: string;
  /** When the content was written last, as the API server writes times. */
  readonly since: string;
}

/** The user data of each Secret, by the Secret's name. */
export type UserDataByName = ReadonlyMap<string, UserData>;

/** Key of the user data in its Secret. */
const KEY = 'userdata';
/** The parts of a Secret that its content is written through, as managedFields names them. */
const CONTENT = ['f:data', 'f:stringData'];
/** KubeVirt's note of the VM's generation that an instance was made from; raised when a later one asks for nothing else. */
const GENERATION = 'kubevirt.io/vm-generation';

/** @param secrets with their managed fields; those that do not say when they were written are left out */
export function userDataIn(secrets: readonly KubeSecret[]): UserDataByName {
  return new Map(
    secrets.flatMap((secret): [string, UserData][] => {
      const base64 = secret.data?.[KEY];
      const since = lastWritten(secret);
      if (base64 === undefined || since === undefined) return [];
      const hash = textHash(Buffer.from(base64, 'base64').toString('utf8'));
      return [[secret.metadata.name, { hash, since }]];
    }),
  );
}

function lastWritten({ metadata: { managedFields = [] } }: KubeSecret): string | undefined {
  return managedFields
    .filter(({ fieldsV1 = {} }) => CONTENT.some((part) => part in fieldsV1))
    .flatMap(({ time }) => time ?? [])
    .sort()
    .at(-1);
}

/**
 * What of a running instance is older than the cluster's objects, for an instance keeps what it was started with. The hash
 * on the VM's template is that of the base: an overlay that patches the Secret leaves it as it was, so the Secret itself is compared.
 * @param userData empty: the Secrets could not be read, and the hash on the template is compared
 */
export function staleness(vm: KubeObject, instance: KubeObject | undefined, userData: UserDataByName): string | undefined {
  if (instance === undefined) return undefined;
  const { annotations: { [USER_DATA_HASH]: started, [GENERATION]: made } = {}, creationTimestamp } = instance.metadata;
  const content = userData.get(secretOf(vm));
  const template = vm.spec?.template?.metadata?.annotations?.[USER_DATA_HASH];
  const isOld = content
    ? started !== content.hash && (creationTimestamp ?? '') < content.since
    : template !== undefined && started !== template;
  if (isOld) return 'user data';
  return made !== undefined && Number(made) < (vm.metadata.generation ?? 0) ? 'spec' : undefined;
}

/** Name of the Secret with the VM's user data; empty: it has none. */
function secretOf(vm: KubeObject): string {
  const volumes: readonly Volume[] = vm.spec?.template?.spec?.volumes ?? [];
  return volumes.flatMap(({ cloudInitNoCloud }) => cloudInitNoCloud?.secretRef?.name ?? [])[0] ?? '';
}

interface Volume {
  readonly cloudInitNoCloud?: { readonly secretRef?: { readonly name: string } };
}
