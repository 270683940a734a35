import type { Problem } from '../../errors';
import { image as imageKind, type Kind, objectName } from '../../options/kinds';
import { wrongValue } from '../../options/value-messages';
import { kindOf, showScalar } from '../../text/show';
import { nearest } from '../../text/suggest';
import type { DocumentPath, YamlFile } from '../../yaml/yaml-file';
import { isMap, isScalar, problemAt } from '../source';
import { NEEDS_IMAGE, POD_MAP, unknownPodKey } from './messages';

/** In what the trials of a group run, instead of VMs. */
export interface PodImage {
  readonly image: string;
  /** Secret with the credentials for the registry. @default none */
  readonly pullSecret?: string;
  /** Where the file of the experiment states it. */
  readonly from: DocumentPath;
}

/** Keys in the file of an experiment, and what each must be. */
const KEYS: { readonly [key: string]: Kind<string> } = { image: imageKind, pull_secret: objectName };

/** JSON Schema of `pod` in the file of an experiment. */
export function podSchema(): object {
  return {
    description: 'run the trials in pods instead of VMs, as a baseline without QEMU',
    type: 'object',
    additionalProperties: false,
    required: ['image'],
    properties: {
      image: { ...imageKind.schema, description: 'image with bash, jq, python3 and the tools of the trial, such as fio' },
      pull_secret: { ...objectName.schema, description: 'Secret on the cluster with the credentials for its registry' },
    },
  };
}

/** @returns undefined with a problem */
export function readPod(file: YamlFile, stated: unknown, from: DocumentPath, problems: Problem[]): PodImage | undefined {
  if (stated !== null && !isMap(stated)) {
    problems.push(
      problemAt(file, from, { ...NEEDS_IMAGE, message: wrongValue(POD_MAP, isScalar(stated) ? showScalar(stated) : kindOf(stated)) }),
    );
    return undefined;
  }
  const map = stated ?? {};
  const before = problems.length;
  const unknown = Object.keys(map).filter((key) => !Object.hasOwn(KEYS, key));
  problems.push(
    ...unknown.map((key) => problemAt(file, [...from, key], unknownPodKey(key, Object.keys(KEYS), nearest(key, Object.keys(KEYS))))),
  );
  const [image, pullSecret] = ['image', 'pull_secret'].map((key) => parsedAt(file, map[key], key, from, problems));
  if (image === undefined && problems.length === before) problems.push(problemAt(file, from, NEEDS_IMAGE));
  if (image === undefined || problems.length > before) return undefined;
  return { image, ...(pullSecret === undefined ? {} : { pullSecret }), from };
}

function parsedAt(file: YamlFile, value: unknown, key: string, from: DocumentPath, problems: Problem[]): string | undefined {
  if (value === undefined || value === null) return undefined;
  const parsed = (KEYS[key] as Kind<string>).parse(value);
  if ('value' in parsed) return parsed.value;
  const got = isScalar(value) ? showScalar(value) : kindOf(value);
  problems.push(problemAt(file, [...from, key], { message: wrongValue(parsed.must, got) }));
  return undefined;
}
