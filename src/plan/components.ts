import { formatProblem } from '../errors';
import type { Component } from '../kubernetes/components';
import type { Options } from '../options/options';
import type { ComponentPlan, Plan } from './plan';
import { podSecurity, podSecurityWarnings } from './pod-security';

/** The components that the user asks for, and what is odd about them. */
export function componentsOf(options: Options): Required<Pick<Plan, 'components' | 'warnings'>> {
  const planned = options.components.map((name) => PLANNED[name](options));
  return { components: planned.map(({ plan }) => plan), warnings: planned.flatMap(({ warnings }) => warnings) };
}

type Planned = (options: Options) => { readonly plan: ComponentPlan; readonly warnings: readonly string[] };

const PLANNED: { readonly [name in Component]: Planned } = {
  'pod-security': (options) => {
    const plan = podSecurity();
    return { plan, warnings: podSecurityWarnings(options, plan).map(formatProblem) };
  },
};
