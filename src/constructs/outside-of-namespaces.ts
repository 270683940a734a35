import type { ApiObject } from 'cdk8s';

/** cdk8s gives each object the namespace of its chart; an object of this kind has none. */
export function outsideOfNamespaces(object: ApiObject): void {
  (object.metadata as { namespace?: string | undefined }).namespace = undefined;
}
