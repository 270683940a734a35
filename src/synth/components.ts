import { COMPONENTS_FOLDER } from '../kubernetes/components';
import type { ComponentPlan, Plan, PodSecurityPlan } from '../plan/plan';
import { toYaml } from '../yaml/to-yaml';
import { HEADER } from './header';
import { KUSTOMIZATION_FILE, NAMESPACE_FILE } from './kustomization';
import type { RenderedFile } from './rendered-file';

/** A file of a component, and how its `kustomization.yaml` names it. */
interface Content {
  readonly file: string;
  readonly text: string;
  readonly use: object;
}

/**
 * Renders and validates the components of a plan.
 * @returns the files of each, with the `kustomization.yaml` of a Component last
 */
export function componentFiles({ namespace, components = [] }: Plan): RenderedFile[] {
  return components.flatMap((plan) => {
    const { file, text, use } = contentOf(plan, namespace);
    const component = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', ...use };
    return [rendered(plan, file, text), rendered(plan, KUSTOMIZATION_FILE, toYaml(component))];
  });
}

function rendered({ kind }: ComponentPlan, file: string, text: string): RenderedFile {
  return { name: `${COMPONENTS_FOLDER}/${kind}/${file}`, text: () => [HEADER + text] };
}

function contentOf(plan: ComponentPlan, namespace: string): Content {
  return podSecurity(plan, namespace);
}

/** A patch, because the Namespace belongs to the base. */
function podSecurity({ labels }: PodSecurityPlan, namespace: string): Content {
  return {
    file: NAMESPACE_FILE,
    text: toYaml({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }),
    use: { patches: [{ path: NAMESPACE_FILE, target: { kind: 'Namespace', name: namespace } }] },
  };
}
