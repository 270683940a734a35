/** Every message and hint about trials in pods. Where it is, is known to the caller. */
import type { Problem } from '../../errors';
import { didYouMean } from '../../text/messages';
import { show } from '../../text/show';

type Text = Pick<Problem, 'message' | 'hint'>;

export const POD_MAP = 'be a map with the key image';

export const NEEDS_IMAGE: Text = {
  message: 'needs the key "image"',
  hint: 'name an image with bash, jq, python3 and the tools of the trial, such as pod: { image: registry.example.com/fio:1 }',
};

export function unknownPodKey(key: string, known: readonly string[], nearest?: string): Text {
  return {
    message: `unknown field ${show(key)}; known: ${known.join(', ')}`,
    ...(nearest === undefined ? {} : { hint: didYouMean(nearest) }),
  };
}

// What a pod cannot do. The problem is that of the value that says pod.

export function unitsInPod(workload: string, units: readonly string[]): Text {
  return {
    message: `${workload} cannot be measured in a pod: ${units.join(', ')} ${units.length === 1 ? 'needs' : 'need'} systemd`,
    hint: 'measure it in VMs only',
  };
}

export function accessInPod(workload: string): Text {
  return { message: `${workload} cannot be measured in a pod: it uses the API server`, hint: 'measure it in VMs only' };
}

export function needsSize(keys: readonly string[]): Text {
  return {
    message: `pods have no instancetype, and need ${keys.join(' and ')}`,
    hint: `state ${keys.join(' and ')} for this value instead of the instancetype`,
  };
}

/** @param mode that the disk must have; @param got none: that of the StorageProfile */
export function wrongVolumeMode(disk: string, mode: 'Block' | 'Filesystem', got: string | undefined): Text {
  const why = mode === 'Block' ? 'its trials use the disk without a file system' : 'a container cannot mount a device';
  return {
    message: `disk ${disk} needs volume_mode: ${mode} in a pod, because ${why}; got ${got ?? 'none'}`,
    hint: `state volume_mode: ${mode} under settings, so that pods and VMs get the same volumes`,
  };
}

export function tooLarge(bytes: number, most: number): Text {
  return { message: `the files of its trials have ${bytes} bytes; a Secret can have ${most}`, hint: 'measure fewer trials in a group' };
}

export const NO_EFFECT_IN_POD: Text = {
  message: 'has no effect in a pod',
  hint: 'remove it; for an axis of its own, exclude its combinations with the pod',
};
