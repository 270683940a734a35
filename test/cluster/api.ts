import { Agent, request } from 'node:https';
import { apiServer } from './cluster';

/** The answer of an API server. */
export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind, or a Status
  readonly body: any;
}

const PATHS: { readonly [kind: string]: (namespace: string) => string } = {
  Namespace: () => '/api/v1/namespaces',
  Secret: (namespace) => `/api/v1/namespaces/${namespace}/secrets`,
  Service: (namespace) => `/api/v1/namespaces/${namespace}/services`,
  VirtualMachine: (namespace) => `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachines`,
  VirtualMachinePool: (namespace) => `/apis/pool.kubevirt.io/v1beta1/namespaces/${namespace}/virtualmachinepools`,
};

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** Gives a pod another address, as its kubelet would. */
export async function movePod(namespace: string, pod: string, ip: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/status`;
  const { status, body } = await send('PATCH', path, { status: { podIP: ip, podIPs: [{ ip }] } }, 'application/merge-patch+json');
  if (status !== 200) throw new Error(JSON.stringify(body));
}

/** A dry run that creates an object with strict field validation. It does not use kubectl, which is too slow for thousands of calls. */
export function wouldCreate(object: { readonly kind: string }, namespace: string): Promise<Answered> {
  return send('POST', `${PATHS[object.kind]?.(namespace)}?dryRun=All&fieldValidation=Strict`, object, 'application/json');
}

function send(method: string, path: string, object: object, type: string): Promise<Answered> {
  const { server, token } = apiServer();
  const headers = { authorization: `Bearer ${token}`, 'content-type': type };
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, server), { method, agent, headers, rejectUnauthorized: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) }));
    });
    asked.on('error', reject);
    asked.end(JSON.stringify(object));
  });
}
