import { EXIT } from '../../errors';
import { booting, type Standing, waitHealthy } from '../../lab/standing';
import { bringUp } from '../../lab/up';
import { takeDown } from '../../lab/vm';
import type { Args, Context } from '../context';
import { GENERATION } from '../options-of';
import { onSignals } from '../signals';
import type { Verb } from '../verb';
import { lookAtLogs, lookAtResults } from './messages';
import { sameLab } from './places';
import { BOOT_FLAGS, prepare } from './prepare';
import { isMeasured, listed, progress, verdict } from './show';

export const up: Verb = {
  name: 'up',
  describe: 'boot the VMs of workloads or entries on this machine, and wait until they are healthy',
  words: 'ENTRY',
  flags: { ...BOOT_FLAGS, wait: { describe: 'wait until they are healthy; --no-wait does not' } },
  options: GENERATION,
  examples: [
    ['virtwork lab up ./my-benchmark', 'an entry of yours, by its folder'],
    ['virtwork lab up network --params network.parallel-streams=1 --memory 1Gi', 'a pair of VMs'],
  ],
  run: runUp,
};

async function runUp(args: Args, context: Context): Promise<number> {
  const { timeout, ...props } = await prepare(args, context);
  const { signal, code } = onSignals();
  const vms = await bringUp(props);
  if (args.wait === false) {
    context.out(listed(vms.map(booting), sameLab(args)));
    return EXIT.done;
  }
  const standings = await waitHealthy(vms, { timeout, settle: 0, signal, report: progress(context.log) });
  if (signal.aborted) {
    await takeDown(
      props.folder,
      vms.map(({ name }) => name),
    );
    return code();
  }
  context.out(listed(standings, sameLab(args)));
  return verdict(standings, context.log, (standing) => lookAt(standing, sameLab(args)));
}

function lookAt(standing: Standing, where: string): string {
  return (isMeasured(standing) ? lookAtResults : lookAtLogs)(standing.vm.name, where);
}
