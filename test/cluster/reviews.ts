import { Agent, request } from 'node:https';
import { apiServer } from './cluster';

/** One permission, as `VERB RESOURCE.GROUP`. */
export type Right = string;

interface Resource {
  readonly group: string;
  /** With the subresource, if there is one. */
  readonly name: string;
}

/** The verbs of all resources, and the verbs of RBAC that grant permissions. */
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

/** Every resource and subresource of the API server. */
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
 * The permissions of a ServiceAccount, checked for every verb and resource.
 * @param scope a namespace, or '' for cluster-scoped permissions
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
