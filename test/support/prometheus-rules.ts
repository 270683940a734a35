import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { loadPlan } from '../../src/load-plan';
import type { AlertingRule, RecordingRule } from '../../src/signals/rules';
import { render } from '../../src/synth/render';
import type { Manifest } from '../../src/validation/manifest';
import { tempDir, textOf } from './render';

export interface Groups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (RecordingRule | AlertingRule)[] }[];
}

/** The objects of the component `monitoring` of a configuration. */
export async function monitoringOf(config: string): Promise<{ readonly objects: readonly Manifest[]; readonly runId: string }> {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), `components: [monitoring]\n${config}`);
  const { plan } = await loadPlan({ flags: {}, env: {}, cwd });
  const files = render(plan).filter(({ name }) => name.startsWith('components/monitoring/'));
  return { objects: files.flatMap((file) => loadAll(textOf(file)) as Manifest[]), runId: plan.runId };
}

/** The rules of a configuration as a rule file of Prometheus. */
export async function rulesOf(config: string): Promise<{ readonly rules: Groups; readonly runId: string }> {
  const { objects, runId } = await monitoringOf(config);
  const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
  if (!rule) throw new Error('no PrometheusRule is rendered');
  return { rules: rule.spec as Groups, runId };
}
