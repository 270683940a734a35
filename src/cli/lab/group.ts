import type { VerbGroup } from '../verb';
import { down } from './down';
import { exec } from './exec';
import { image } from './image';
import { logs } from './logs';
import { restart } from './restart';
import { results } from './results';
import { ssh } from './ssh';
import { status } from './status';
import { test } from './test';
import { up } from './up';

export const lab: VerbGroup = {
  name: 'lab',
  describe: 'boot workloads on this machine under QEMU, without a cluster',
  verbs: [up, test, status, results, logs, ssh, exec, restart, down, image],
};
