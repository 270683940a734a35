import type { Problem } from '../../errors';
import { isDnsLabel } from '../../kubernetes/dns-label';
import { portNames } from '../port-names';
import { repeated, undeclared } from '../problems';
import type { RawEntry } from './raw-entry';

/** Rules for `service`. */
export const SERVICE_RULES = [ports, serviceName, selectorRole];

function ports({ data, file }: RawEntry): Problem[] {
  if (!data.service) return [];
  const { ports: list } = data.service;
  if (list.length === 0) return [{ where: file.locate(['service', 'ports']), message: 'service.ports must have at least one port' }];
  return [
    ...list.flatMap(({ port, protocol = 'TCP' }, index) => [
      ...(port >= 1 && port <= 65535
        ? []
        : [
            {
              where: file.locate(['service', 'ports', index, 'port']),
              message: `service.ports[${index}].port must be from 1 to 65535, got ${port}`,
            },
          ]),
      ...(['TCP', 'UDP'].includes(protocol)
        ? []
        : [
            {
              where: file.locate(['service', 'ports', index, 'protocol']),
              message: `service.ports[${index}].protocol must be TCP or UDP, got ${JSON.stringify(protocol)}`,
            },
          ]),
    ]),
    ...repeated(list, ({ port, protocol = 'TCP' }) => `${port}/${protocol}`).map(([index, name]) => ({
      where: file.locate(['service', 'ports', index]),
      message: `service.ports[${index}] must be unique, got ${name} twice`,
    })),
    ...nameClashes(list).map(([index, message]) => ({
      where: file.locate(['service', 'ports', index]),
      message,
      hint: 'another name',
    })),
  ];
}

function nameClashes(list: NonNullable<RawEntry['data']['service']>['ports']): [number, string][] {
  const names = portNames(list);
  return repeated(names, (name) => name).flatMap(([index, name]): [number, string][] => {
    const first = names.indexOf(name);
    const [earlier, later] = [list[first]?.name, list[index]?.name];
    // Two made names are equal only for the same port twice, which is reported as that.
    if (earlier === undefined && later === undefined) return [];
    if (later === undefined)
      return [[index, `service.ports[${index}] has no name and would be ${name}, the name of service.ports[${first}]`]];
    const whose =
      earlier === undefined ? `the name that service.ports[${first}] gets because it has none` : `the name of service.ports[${first}]`;
    return [[index, `service.ports[${index}].name must be unique, got ${name}, ${whose}`]];
  });
}

/** Names of Services begin with a letter, and all of ours with virtwork-. */
function serviceName({ data, file }: RawEntry): Problem[] {
  const name = data.service?.name;
  return name === undefined || (name.startsWith('virtwork-') && isDnsLabel(name))
    ? []
    : [
        {
          where: file.locate(['service', 'name']),
          message: `service.name must be a DNS label that begins with virtwork-, got ${JSON.stringify(name)}`,
        },
      ];
}

function selectorRole({ data, file }: RawEntry): Problem[] {
  if (!data.service) return [];
  const roles = data.roles?.map((role) => role.name) ?? [];
  const role = data.service['selector-role'];
  if (role !== undefined && !roles.includes(role))
    return [undeclared(file, ['service', 'selector-role'], 'service.selector-role', role, roles)];
  if (role === undefined && roles.length > 0)
    return [{ where: file.locate(['service']), message: `service needs the key "selector-role": one of ${roles.join(', ')}` }];
  return [];
}
