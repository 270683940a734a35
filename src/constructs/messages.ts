/** Every message and hint of the constructs. */

/** @param path of the construct that added the workload first */
export function workloadTwice(workload: string, namespace: string, path: string): { readonly message: string; readonly hint: string } {
  return {
    message: `the chart already contains workload ${workload} in namespace ${namespace}, at ${path}`,
    hint: 'use another namespace, or set vmCount for more VMs',
  };
}
