import { Agent, request } from 'node:https';
import { apiServer } from './cluster';

/** One thing that somebody may do, as `VERB RESOURCE.GROUP`. */
export type Right = string;

interface Resource {
  readonly group: string;
  /** With its subresource, if it is one. */
  readonly name: string;
}

/** Of every resource, and those of RBAC itself that give away rights. */
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'bind', 'escalate', 'impersonate', 'use'];
const agent = new Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false });

function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const { server, token } = apiServer();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asked = request(`${server}${path}`, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

/** Every resource that the API server knows, the subresources too. */
export async function resources(): Promise<Resource[]> {
  const { groups } = (await ask('GET', '/apis')) as {
    groups: { name: string; versions: { groupVersion: string }[] }[];
  };
  const versions = groups.flatMap(({ name, versions: each }) => each.map(({ groupVersion }) => [name, `/apis/${groupVersion}`] as const));
  const lists = await Promise.all(
    [['', '/api/v1'] as const, ...versions].map(async ([group, path]) => {
      const { resources: found = [] } = (await ask('GET', path)) as { resources?: { name: string }[] };
      return found.map(({ name }) => ({ group, name }));
    }),
  );
  return [...new Map(lists.flat().map((each) => [`${each.name}.${each.group}`, each])).values()];
}

/**
 * What a ServiceAccount may do, of everything that can be done.
 * @param scope a namespace, or '' for what lies outside of all
 */
export async function rightsOf(account: string, namespace: string, scope: string, all: readonly Resource[]): Promise<Right[]> {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const user = `system:serviceaccount:${namespace}:${account}`;
  const rights = await Promise.all(
    all.flatMap(({ group, name }) =>
      VERBS.map(async (verb) => {
        const [resource, subresource] = name.split('/');
        const resourceAttributes = { namespace: scope, group, resource, subresource, verb };
        const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, groups, resourceAttributes } };
        const { status } = (await ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review)) as {
          status: { allowed: boolean };
        };
        return status.allowed ? [`${verb} ${name}${group && `.${group}`}`] : [];
      }),
    ),
  );
  return rights.flat().sort();
}
