import { type StorageChoice, storageChoices, storageProfiles } from '../../../companion/experiment/storage-axis';
import { EXIT, UserError } from '../../../errors';
import { loadOptions } from '../../../options/load';
import { clientOf, interruptible } from '../../companion/cluster';
import type { Args, Context } from '../../context';
import type { Verb } from '../../verb';
import { NO_CLASSES, NO_PROFILES } from './messages';
import { CLUSTER } from './prepare';

export const discover: Verb = {
  name: 'discover',
  describe: 'print the storage classes of a cluster as the axis "storage" of an experiment file',
  flags: {},
  options: CLUSTER,
  examples: [['virtwork experiment discover >> rank.yaml', 'then remove the classes that are not of interest']],
  run: runDiscover,
};

async function runDiscover(args: Args, context: Context): Promise<number> {
  const { env, cwd, problems } = context;
  const options = await loadOptions({ flags: args, env, cwd, problems, uses: discover.options });
  return interruptible(context, async (signal) => {
    const client = clientOf(options, context, signal);
    const classes = await client.list('storageclasses.storage.k8s.io');
    if (classes.length === 0) throw new UserError([NO_CLASSES], EXIT.no);
    const profiles = await storageProfiles(client);
    if (profiles === undefined) context.log.warn(NO_PROFILES);
    context.out(axisOf(storageChoices(classes, profiles ?? [])));
    return EXIT.done;
  });
}

/** The axis in YAML. What the file does not need to say stands in comments. */
function axisOf(choices: readonly StorageChoice[]): string {
  const { toYaml } = require('../../../yaml/to-yaml') as typeof import('../../../yaml/to-yaml');
  const lines = choices.flatMap((choice) => {
    const [key = ''] = toYaml({ [choice.name]: 0 }).split(': 0');
    const value = toYaml({ storage_class: choice.storageClass }).trim();
    return [`    # ${about(choice)}`, `    ${key}: { ${value} }`];
  });
  return `matrix:\n  storage:\n${lines.join('\n')}\n`;
}

function about({ isDefault, provisioner, claims }: StorageChoice): string {
  const modes = claims.map(({ volumeMode, accessModes }) => `${volumeMode} ${accessModes.join(', ')}`.trim());
  return [...(isDefault ? ['default class'] : []), provisioner || 'no provisioner', ...modes].join('; ').replace(/\s+/g, ' ');
}
