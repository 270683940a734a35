import { foundVms } from '../../companion/measured';
import { EXIT, UserError } from '../../errors';
import { scrapesOf } from '../../verify/scraped';
import type { Truth } from '../../verify/truth';
import { noVms } from '../companion/messages';
import { aboutVm, absentVms, counted, different, headOf, longEnough } from './found-vms';
import type { LiveProps } from './live';
import { lookingBack } from './messages';
import { prometheusOf, type ServerProps } from './outside';

export interface ScrapedProps extends Omit<LiveProps, 'requests'> {
  readonly server: ServerProps;
  /** The end of an earlier truth, in seconds since 1970: this one begins with it. */
  readonly after?: number;
}

/** Reads what Prometheus has scraped of the guests until now, without asking them. @throws UserError, Interrupted */
export async function scrapedTruth(props: ScrapedProps): Promise<Truth> {
  const { client, selector, run, plan, asked, workloadOf, check, log, server, after } = props;
  const found = (await foundVms(client, selector)).map((vm) => ({ vm, workload: workloadOf(vm) }));
  const missing = absentVms(
    plan,
    found.map(({ vm }) => vm),
  );
  if (found.length + missing.length === 0) throw new UserError([noVms(client.namespace)], EXIT.no);
  const workloads = different(found.map(({ workload }) => workload));
  await check(workloads);
  const seconds = asked.seconds ?? longEnough(workloads);
  if (after !== undefined) await client.pause(Math.max(0, after + seconds + NEWER - now()) * 1000);
  log.info(lookingBack(found.length, seconds));
  const vms = found.map(({ vm: { name }, workload: { signals } }) => ({ name, signals }));
  const { from, to, interval, of } = await prometheusOf(server, ({ prometheus }) =>
    scrapesOf(prometheus, {
      namespace: client.namespace,
      vms,
      seconds,
      now: now(),
      ...(after === undefined ? {} : { until: after + seconds }),
    }),
  );
  return {
    ...headOf(client.namespace, run, plan),
    from,
    to,
    interval,
    workloads,
    vms: [
      ...found.map(({ vm, workload }) => {
        const { series, scraped, moves } = of(vm.name);
        return { ...aboutVm(vm.name, workload, vm), scraped, ...counted(series), events: moves };
      }),
      ...missing,
    ],
  };
}

/** Seconds until Prometheus has scraped each guest again. */
const NEWER = 60;

function now(): number {
  return Date.now() / 1000;
}
