/** A port of `service.ports` as the entry writes it. */
interface RawPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
}

/**
 * The name of each port, in the order of the list: the written one, else `port-<number>`. Kubernetes wants distinct
 * names, so of two unnamed ports with one number the UDP port is called `port-<number>-udp`.
 */
export function portNames(ports: readonly RawPort[]): string[] {
  return ports.map((port) => port.name ?? `port-${port.port}${isSecond(port, ports) ? '-udp' : ''}`);
}

function isSecond({ port, protocol }: RawPort, ports: readonly RawPort[]): boolean {
  return protocol === 'UDP' && ports.some((other) => other.name === undefined && other.port === port && other.protocol !== 'UDP');
}
