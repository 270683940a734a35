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
};

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** A dry run that creates an object with strict field validation. It does not use kubectl, which is too slow for thousands of calls. */
export function wouldCreate(object: { readonly kind: string }, namespace: string): Promise<Answered> {
  const { server, token } = apiServer();
  const url = new URL(`${PATHS[object.kind]?.(namespace)}?dryRun=All&fieldValidation=Strict`, server);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers, rejectUnauthorized: false }, (answer) => {
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
