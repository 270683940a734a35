import type { Problem } from '../../errors';
import { isDnsLabel } from '../../kubernetes/dns-label';
import { PREFIX } from '../entry-name';
import * as say from '../messages/entry';
import { portNames } from '../port-names';
import { repeated } from '../problems';
import type { RawEntry } from './raw-entry';
import { notUnique, roleNames, unknownRole, wrongValue } from './workload-problems';

/** Rules for `service`. */
export const SERVICE_RULES = [hasPorts, portValues, uniquePorts, uniquePortNames, serviceName, selectorRole];

type Ports = NonNullable<RawEntry['data']['service']>['ports'];

function portsOf({ data }: RawEntry): Ports {
  return data.service?.ports ?? [];
}

function hasPorts({ data, file }: RawEntry): Problem[] {
  return data.service?.ports.length === 0 ? [{ where: file.locate(['service', 'ports']), message: say.NO_PORTS }] : [];
}

function portValues(entry: RawEntry): Problem[] {
  return portsOf(entry).flatMap(({ port, protocol = 'TCP' }, index) => [
    ...(port >= 1 && port <= 65535 ? [] : [wrongValue(entry, ['service', 'ports', index, 'port'], say.WRONG_PORT, port)]),
    ...(['TCP', 'UDP'].includes(protocol)
      ? []
      : [wrongValue(entry, ['service', 'ports', index, 'protocol'], say.WRONG_PROTOCOL, protocol)]),
  ]);
}

function uniquePorts(entry: RawEntry): Problem[] {
  const twice = repeated(portsOf(entry), ({ port, protocol = 'TCP' }) => `${port}/${protocol}`);
  return notUnique(entry, twice, ['service', 'ports']);
}

function uniquePortNames(entry: RawEntry): Problem[] {
  const ports = portsOf(entry);
  const names = portNames(ports);
  return repeated(names, (name) => name).flatMap(([index, name]) => {
    const message = nameClash(ports, names.indexOf(name), index, name);
    if (message === undefined) return [];
    return [{ where: entry.file.locate(['service', 'ports', index]), message, hint: say.CHOOSE_ANOTHER_NAME }];
  });
}

/** @returns undefined for two generated names, which are equal only for the same port twice: that is reported elsewhere */
function nameClash(ports: Ports, first: number, second: number, name: string): string | undefined {
  const [earlier, later] = [ports[first]?.name, ports[second]?.name];
  if (earlier === undefined && later === undefined) return undefined;
  const [at, firstAt] = [`service.ports[${second}]`, `service.ports[${first}]`];
  return later === undefined ? say.generatedNameTaken(at, name, firstAt) : say.portNameTaken(at, name, firstAt, earlier === undefined);
}

/** Names of Services begin with a letter, and those that virtwork creates with its prefix. */
function serviceName(entry: RawEntry): Problem[] {
  const name = entry.data.service?.name;
  return name === undefined || (name.startsWith(PREFIX) && isDnsLabel(name))
    ? []
    : [wrongValue(entry, ['service', 'name'], say.WRONG_SERVICE_NAME, name)];
}

function selectorRole(entry: RawEntry): Problem[] {
  const { service } = entry.data;
  if (!service) return [];
  const [key, roles] = ['selector-role', roleNames(entry)] as const;
  if (service[key] === undefined && roles.length > 0)
    return [{ where: entry.file.locate(['service']), message: say.needsRole('service', key, roles) }];
  return unknownRole(entry, ['service', key], service[key]);
}
