import type { Folded } from './fold';
import type { Boot } from './options';
import { present } from './present';
import { DISK_SIZES, IMAGE_ARCHITECTURES, IMAGES } from './table';

/** The boot source that `boot`, the options of the image, `guest_os` and the storage options select together. */
export function bootOf({ values }: Folded): Boot {
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
  const diskSize = values.container_disk_image === undefined ? DISK_SIZES[values.guest_os] : undefined;
  return {
    kind: 'containerDisk',
    image: values.container_disk_image ?? IMAGES[values.guest_os] ?? '',
    ...present('diskSize', diskSize),
    ...present('architectures', values.container_disk_image === undefined ? IMAGE_ARCHITECTURES[values.guest_os] : undefined),
    ...present('pullPolicy', values.image_pull_policy),
    ...present('pullSecret', values.image_pull_secret),
  };
}
