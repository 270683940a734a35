import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { NOT_A_TEMPLATE, sharedLabels } from '../kubernetes/labels';
import type { AlertingRule, RecordingRule } from '../signals/rules';

export interface PrometheusRuleProps {
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  /** By name of the group: rules that are evaluated one after the other. */
  readonly groups: { readonly [name: string]: readonly (RecordingRule | AlertingRule)[] };
}

/** Rules that the Prometheus Operator loads. */
export class PrometheusRule extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, groups }: PrometheusRuleProps) {
    super(scope, id);
    new ApiObject(this, 'Default', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name, namespace, labels: sharedLabels('monitoring', runId), annotations: NOT_A_TEMPLATE },
      spec: { groups: Object.entries(groups).map(([group, rules]) => ({ name: group, rules: [...rules] })) },
    });
  }
}
