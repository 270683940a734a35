import type { VerbGroup } from '../verb';
import { test, up } from './boot';
import { image } from './image';
import { exec, logs, ssh } from './inside';
import { again, down, status } from './vms';

export const lab: VerbGroup = {
  name: 'lab',
  describe: 'boot workloads on this machine under QEMU, without a cluster',
  verbs: [up, test, status, logs, ssh, exec, again, down, image],
};
