import { Construct } from 'constructs';
import { type Labels, NOT_A_TEMPLATE, sharedLabels } from '../kubernetes/labels';
import { kubernetesObject } from './kubernetes-object';

export interface DashboardConfigMapProps {
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  /** By which it is found as a dashboard. */
  readonly found: Labels;
  readonly dashboard: object;
}

/** A dashboard that Grafana or the console of OpenShift finds by a label. */
export class DashboardConfigMap extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, found, dashboard }: DashboardConfigMapProps) {
    super(scope, id);
    kubernetesObject(this, 'ConfigMap', {
      metadata: { name, namespace, labels: { ...sharedLabels('monitoring', runId), ...found }, annotations: NOT_A_TEMPLATE },
      data: { 'virtwork-signals.json': `${JSON.stringify(dashboard, null, 2)}\n` },
    });
  }
}
