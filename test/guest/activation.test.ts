import { activation } from '../../src/guest/activation';

test.each([
  ['/etc/sysusers.d/x.conf', 'sysusers /etc/sysusers.d/x.conf'],
  ['/usr/lib/sysusers.d/x.conf', 'sysusers /usr/lib/sysusers.d/x.conf'],
  ['/usr/local/lib/tmpfiles.d/x.conf', 'tmpfiles /usr/local/lib/tmpfiles.d/x.conf'],
  ['/etc/sysctl.d/90-x.conf', 'sysctl /etc/sysctl.d/90-x.conf'],
  ['/etc/sysctl.conf', 'sysctl /etc/sysctl.conf'],
  ['/etc/modules-load.d/x.conf', 'modules /etc/modules-load.d/x.conf'],
  ['/etc/binfmt.d/x.conf', 'binfmt /etc/binfmt.d/x.conf'],
  ['/etc/udev/rules.d/99-x.rules', 'udev /etc/udev/rules.d/99-x.rules'],
  ['/etc/udev/hwdb.d/x.hwdb', 'hwdb /etc/udev/hwdb.d/x.hwdb'],
  ['/etc/pki/ca-trust/source/anchors/ca.pem', 'ca-trust /etc/pki/ca-trust/source/anchors/ca.pem'],
  ['/usr/local/share/ca-certificates/ca.crt', 'ca-certificates /usr/local/share/ca-certificates/ca.crt'],
  ['/etc/ld.so.conf.d/x.conf', 'ldconfig /etc/ld.so.conf.d/x.conf'],
  ['/usr/local/lib/libx.so.1', 'ldconfig /usr/local/lib/libx.so.1'],
  ['/etc/systemd/journald.conf.d/x.conf', 'restart systemd-journald.service'],
  ['/etc/systemd/resolved.conf', 'restart systemd-resolved.service'],
  ['/etc/systemd/network/10-x.network', 'restart systemd-networkd.service'],
  ['/etc/systemd/system.conf.d/x.conf', 'reexec /etc/systemd/system.conf.d/x.conf'],
  ['/etc/NetworkManager/conf.d/x.conf', 'restart NetworkManager.service'],
  ['/etc/ssh/sshd_config.d/x.conf', 'restart sshd.service ssh.service'],
])('%s takes effect at the first boot', (path, line) => {
  expect(activation([path])).toEqual([line]);
});

test.each([
  '/etc/sysctl.d/README',
  '/etc/systemd/system/x.service',
  '/etc/systemd/system/x.service.d/y.conf',
  '/etc/cron.d/x',
  '/etc/security/limits.d/x.conf',
  '/usr/local/share/ca-certificates/ca.pem',
  '/opt/etc/sysctl.d/x.conf',
])('%s needs nothing', (path) => {
  expect(activation([path])).toEqual([]);
});

test('a service that several files belong to is restarted once', () => {
  expect(activation(['/etc/systemd/journald.conf.d/b.conf', '/etc/systemd/journald.conf.d/a.conf'])).toHaveLength(1);
});
