import { ApiObject, App, Chart } from 'cdk8s';
import { addPlanned } from '../../src/synth/planned-workload';
import type { Manifest } from '../../src/validation/manifest';
import { planOf } from './render';

/** The objects of one workload, each through its construct. */
export async function manifestsOf(entry: string, flags: { readonly [flag: string]: unknown } = {}): Promise<Manifest[]> {
  const plan = await planOf({ 'from-catalog': entry, ...flags });
  const chart = new Chart(new App(), 'chart');
  for (const workload of plan.workloads) addPlanned(chart, workload);
  return chart.node
    .findAll()
    .filter(ApiObject.isApiObject)
    .map((object) => (object as ApiObject).toJson() as Manifest);
}
