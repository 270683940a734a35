import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tempDir } from './places';

export const TRIAL = '[Service]\nType=oneshot\nExecStart=/usr/local/bin/virtwork-bench\n';
export const PREPARE = '[Service]\nType=oneshot\nTimeoutStartSec=10min\nExecStart=/usr/local/bin/virtwork-bench prepare\n';
const SCRIPT =
  '#!/bin/bash\necho "$PARAM_PROFILE $PARAM_BLOCK_SIZE $PARAM_READ_PERCENT $PARAM_RAMP $PARAM_RUNTIME $PARAM_SIZE" >"$VIRTWORK_RESULT"\n';
export const MANIFEST = `description: Measures a disk
params:
  - { key: profile, default: random, enum: [random, mixed] }
  - { key: block-size, default: 4k, pattern: "^[0-9]+[kM]$" }
  - { key: read-percent, type: int, default: 70, minimum: 0, maximum: 100, needs: { profile: [mixed] } }
  - { key: ramp, type: int, default: 5, minimum: 0 }
  - { key: runtime, type: int, default: 60, minimum: 1, not-below: ramp }
  - { key: size, default: 1G }
storage: [{ name: data, serial: vw-bench, size: 2Gi, raw: true, errorPolicy: report }]
space: [{ on: data, sizes: [size] }]
results: [{ key: iops, unit: 1/s, better: more, vms: sum }]
trial: { duration: [ramp, runtime], parts: { profile: { mixed: 2 } }, fixed: 30 }
`;

/** A catalog for one test, whose entry `bench` can be measured. */
export function measurable(files: { readonly [path: string]: string } = {}, manifest = MANIFEST): string {
  const dir = tempDir();
  const all = {
    'workload.yaml': manifest,
    'trial.service': TRIAL,
    'prepare.service': PREPARE,
    'files/usr/local/bin/virtwork-bench': SCRIPT,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    if (text === '') continue;
    mkdirSync(dirname(join(dir, 'bench', path)), { recursive: true });
    writeFileSync(join(dir, 'bench', path), text);
  }
  return dir;
}
