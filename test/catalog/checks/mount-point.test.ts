import { wrongMount } from '../../../src/catalog/checks/mount-point';

test.each([
  ...['/mnt/data', '/mnt', '/mnt/data/', '/mnt//data', '/srv', '/opt/x', '/data', '/home/data', '/home/fedora/data', '/root/data'],
  ...['/var/lib/pgsql', '/var/lib/postgresql', '/var/lib/mysql', '/var/lib/virtwork-redis', '/var/lib/containers', '/var/lib/cloud2'],
  ...['/var/log/my-app', '/var/cache/nginx', '/var/www', '/var/lib/private/mine', '/etc2', '/usr.local', '/var/runner'],
])('%s may be a mount point', (mount) => expect(wrongMount(mount)).toBeUndefined());

test.each([
  ...['mnt/data', '/', '//', '', '/mnt/../etc', '/mnt/./data', '/mnt/my data', '/mnt/daten%', '/mnt/ä'],
])('%j is not a path for one', (mount) => expect(wrongMount(mount)).toMatch(/^be an absolute path other than \//));

test.each([
  ['/etc', 'the system'],
  ['/usr/local/bin/', 'the system'],
  ['//var//run', 'the system'],
  ['/var/lock/x', 'the system'],
  ['/home', 'the system'],
  ['/home/fedora', 'the account of the image'],
  ['/home/me/.ssh', 'SSH'],
  ['/root/.ssh', 'SSH'],
  ['/var/home', 'the system'],
  ['/var/home//fedora/', 'the account of the image'],
  ['/var/home/me/.ssh/x', 'SSH'],
  ['/var/roothome/.ssh', 'SSH'],
  ['/var/usrlocal/bin', 'the system'],
  ['/run', 'the system'],
  ['/bin', 'the system'],
  ['/lib/systemd', 'the system'],
  ['/var/lib', 'the system'],
  ['/var/lib/cloud', 'cloud-init'],
  ['/var/lib/cloud/instances', 'cloud-init'],
  ['/var/lib/systemd', 'systemd'],
  ['/var/log/journal', 'systemd'],
  ['/var/lib/private', 'systemd'],
  ['/var/lib/dpkg', 'the package manager'],
  ['/var/lib/rpm', 'the package manager'],
  ['/var/cache/apt/archives', 'the package manager'],
  ['/var/lib/NetworkManager', 'the network'],
])('%s is needed by %s', (mount, need) =>
  expect(wrongMount(mount)).toBe(`be a folder that the guest does not need, such as /mnt/data (${need} needs this folder)`));
