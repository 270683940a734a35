import type { Problem } from '../errors';
import type { Options } from '../options/options';
import type { OptionKey } from '../options/table';
import { patchInsteadOfOption } from './messages';
import type { PatchPlan, RolePlan } from './plan';

/** The patches of a workload, with their places. */
export function patchesOf({ patches }: Options): Pick<RolePlan, 'patches'> {
  if (patches.length === 0) return {};
  return { patches: patches.map(({ place, ...patch }): PatchPlan => ({ ...patch, place: place() })) };
}

const DOMAIN = '/spec/template/spec/domain';

/** Fields that virtwork counts or decides by, each with its option. */
const COUNTED: readonly (readonly [field: RegExp, example: string, option: OptionKey])[] = [
  [new RegExp(`^${DOMAIN}/cpu/(sockets|cores|threads)$`), `${DOMAIN}/cpu/sockets`, 'cpu'],
  [new RegExp(`^${DOMAIN}/memory/guest$`), `${DOMAIN}/memory/guest`, 'memory'],
  [/^\/spec\/instancetype(\/|$)/, '/spec/instancetype/name', 'instancetype'],
  [/^\/spec\/template\/spec\/architecture$/, '/spec/template/spec/architecture', 'architecture'],
  [/^\/spec\/dataVolumeTemplates\/\d+(\/spec(\/storage(\/resources(\/requests(\/storage)?)?)?)?)?$/, '', 'data_disk_size'],
];

/** A patch changes only what is rendered, not what virtwork computes from the options. */
export function patchWarnings({ patches, spell }: Options): Problem[] {
  return patches.flatMap(({ op, path, from, place }) => {
    if (op === 'test') return [];
    const changed = op === 'move' && from !== undefined ? [path, from] : [path];
    const options = COUNTED.filter(([field, example]) => changed.some((each) => field.test(each) || example.startsWith(`${each}/`)));
    return options.map(([, , option]) => ({ where: place(), ...patchInsteadOfOption(spell(option)) }));
  });
}
