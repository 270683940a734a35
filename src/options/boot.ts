import type { Problem } from '../errors';
import { placeOf } from './contradictions';
import type { Folded } from './fold';
import { noPublicImage } from './messages';
import type { Boot } from './options';
import { present } from './present';
import type { Spell } from './spell';
import { DISK_SIZES, IMAGES } from './table';

/** The boot source that `boot`, `container_disk_image`, `guest_os` and the storage options select together. */
export function bootOf(folded: Folded, problems: Problem[], spell: Spell): Boot {
  const { values } = folded;
  const [kind, source = ''] = values.boot.split(':');
  if (kind === 'dataSource') {
    const [namespace = '', name = ''] = source.split('/');
    return {
      kind,
      namespace,
      name,
      ...present('storageClass', values.storage_class),
      ...present('accessModes', values.access_modes),
      ...present('volumeMode', values.volume_mode),
    };
  }
  const image = values.container_disk_image ?? IMAGES[values.guest_os];
  if (image === undefined) problems.push({ where: placeOf(folded, 'guest_os'), ...noPublicImage(values.guest_os, spell) });
  const diskSize = values.container_disk_image === undefined ? DISK_SIZES[values.guest_os] : undefined;
  return { kind: 'containerDisk', image: image ?? '', ...present('diskSize', diskSize) };
}
