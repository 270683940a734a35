import { type Problem, refuse } from '../errors';
import { secretsInManifests } from './guest/messages';
import { HASH_IN_MANIFESTS } from './messages';
import type { Options } from './options';

/**
 * The hash of a password is a secret too, and manifests are meant to be committed or piped.
 * @param workloads those that are rendered
 * @throws UserError if manifests would contain a secret and the user did not allow that
 */
export function refuseSecrets(options: Options, workloads: readonly { readonly name: string }[]): void {
  const { ssh, writePasswordHash, writeSecrets } = options;
  refuse([
    ...(ssh?.passwordHash === undefined || writePasswordHash ? [] : [{ where: 'ssh_password', ...HASH_IN_MANIFESTS }]),
    ...(writeSecrets ? [] : workloads.flatMap(({ name }) => secretProblems(options.of(name)))),
  ]);
}

/** One problem for each option with secrets. */
function secretProblems({ guest: { secrets }, place }: Options): Problem[] {
  const keys = [...new Set(secrets.map(({ key }) => key))];
  return keys.map((key) => ({
    where: place(key),
    ...secretsInManifests(
      key,
      secrets.filter((secret) => secret.key === key).map(({ what }) => what),
    ),
  }));
}
