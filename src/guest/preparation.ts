import { UNIT_FOLDER } from '../plan/guest-names';
import type { GuestPlan, PreparationPlan } from '../plan/plan';
import type { CloudConfig } from './cloud-config';
import { environmentFile } from './environment-file';
import type { FinalFile } from './final-file';
import { GUEST_FILES } from './paths';

/** The unit that installs or checks packages. */
export const PACKAGES_UNIT = 'virtwork-packages.service';
/** The unit that installs and starts the guest agent. */
export const AGENT_UNIT = 'virtwork-guest-agent.service';

/** The files of a guest with a proxy, repositories of its own, or packages that are not installed; cloud-init writes them before it installs packages. */
export function preparationFiles({ preparation = {}, os }: GuestPlan): FinalFile[] {
  const isDebian = os === 'debian' || os === 'ubuntu';
  return [...proxyFiles(preparation, isDebian), ...repositoryFiles(preparation, isDebian), ...packageFiles(preparation)];
}

/** The keys of a guest's cloud-config for its preparation. */
export function preparationConfig({ preparation = {}, os }: GuestPlan): Pick<CloudConfig, 'timezone' | 'ca_certs' | 'apt'> {
  const { timezone, certificates, repositories } = preparation;
  const isDebian = os === 'debian' || os === 'ubuntu';
  return {
    ...(timezone === undefined ? {} : { timezone }),
    ...(certificates ? { ca_certs: { trusted: certificates.map((pem) => `${pem}\n`) } } : {}),
    // Otherwise cloud-init would write the distribution's own repositories after the files.
    ...(isDebian && repositories ? { apt: { preserve_sources_list: true } } : {}),
  };
}

function proxyFiles({ proxy }: PreparationPlan, isDebian: boolean): FinalFile[] {
  if (proxy === undefined) return [];
  const { http, https, no_proxy = [] } = proxy;
  const mode = [http, https].some((url) => url?.includes('@')) ? '0600' : '0644';
  // Programs read one or the other.
  const variables = { ...variable('http_proxy', http), ...variable('https_proxy', https), ...variable('no_proxy', no_proxy.join(',')) };
  const all = { ...variables, ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name.toUpperCase(), value])) };
  const useIt = `[Service]\nEnvironmentFile=${GUEST_FILES.proxy}\n`;
  return [
    { path: GUEST_FILES.proxy, content: environmentFile(all), mode },
    ...[PACKAGES_UNIT, AGENT_UNIT].map((unit) => text(`${UNIT_FOLDER}/${unit}.d/10-proxy.conf`, useIt)),
    ...(isDebian ? [{ path: '/etc/apt/apt.conf.d/90virtwork-proxy', content: aptProxy(proxy), mode }] : dnfProxy(proxy, mode)),
  ];
}

function variable(name: string, value = ''): { readonly [name: string]: string } {
  return value === '' ? {} : { [name]: value };
}

/** apt has no domains in its configuration; virtwork-packages.service gives it the variable for them. */
function aptProxy({ http, https, no_proxy = [] }: NonNullable<PreparationPlan['proxy']>): string {
  const hosts = no_proxy.filter((each) => /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(each));
  return [
    ...(http === undefined ? [] : [`Acquire::http::Proxy "${http}";`]),
    ...(https === undefined ? [] : [`Acquire::https::Proxy "${https}";`]),
    ...hosts.flatMap((host) => ['http', 'https'].map((scheme) => `Acquire::${scheme}::Proxy::${host} "DIRECT";`)),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** dnf has one proxy for all addresses, in the section [main], which is the only one of its file. */
function dnfProxy({ http, https }: NonNullable<PreparationPlan['proxy']>, mode: string): FinalFile[] {
  const url = https ?? http;
  return url === undefined ? [] : [{ path: '/etc/dnf/dnf.conf', content: `\nproxy=${url}\n`, mode, append: true }];
}

function repositoryFiles({ repositories = [] }: PreparationPlan, isDebian: boolean): FinalFile[] {
  const folders = { dnf: '/etc/yum.repos.d', apt: '/etc/apt/sources.list.d', key: isDebian ? '/etc/apt/keyrings' : '/etc/pki/rpm-gpg' };
  return repositories.map(({ name, kind, content, isSecret }) => ({
    path: `${folders[kind]}/${name}`,
    content,
    mode: isSecret ? '0600' : '0644',
  })) as FinalFile[];
}

function packageFiles({ packages }: PreparationPlan): FinalFile[] {
  if (packages === undefined) return [];
  const check = '[Service]\nExecStart=\nExecStart=/usr/local/bin/virtwork-packages-present\nStandardOutput=journal+console\n';
  return [
    // The agent is started if the image contains it.
    text(`${UNIT_FOLDER}/${AGENT_UNIT}.d/10-packages.conf`, '[Service]\nEnvironment=VIRTWORK_PACKAGES=/usr/bin/true\n'),
    ...(packages === 'present' ? [text(`${UNIT_FOLDER}/${PACKAGES_UNIT}.d/10-packages.conf`, check)] : []),
  ];
}

function text(path: string, content: string): FinalFile {
  return { path, content, mode: '0644' };
}
