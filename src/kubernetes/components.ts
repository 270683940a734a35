/** The Kustomize components that can be rendered next to a base: the names of their folders, and the values of the option. */
export const COMPONENTS = ['quota', 'network-policy', 'pod-security', 'monitoring', 'monitoring-openshift'] as const;
export type Component = (typeof COMPONENTS)[number];

/** The folder of all components, within that of the base. */
export const COMPONENTS_FOLDER = 'components';
