import { hasUnseen, show, visible, withoutKeys } from '../../src/text/show';

test.each<[string, string]>([
  ['\u001b[31mred', '\\u001b[31mred'],
  ['\u0007\b\r\u0000', '\\u0007\\u0008\\u000d\\u0000'],
  ['\u007f\u009b31m', '\\u007f\\u009b31m'],
  ['\u202eabc\u202c', '\\u202eabc\\u202c'],
  ['\u2066a\u2069\u061c', '\\u2066a\\u2069\\u061c'],
  ['a\u200bb\u200d\ufeff\u00ad\u2060', 'a\\u200bb\\u200d\\ufeff\\u00ad\\u2060'],
  ['line\u2028para\u2029', 'line\\u2028para\\u2029'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['tab\tand\nline', 'tab\tand\nline'],
  ['é ü 漢字 🎉 …', 'é ü 漢字 🎉 …'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(hasUnseen(shown)).toBe(false);
});

test('the meaning of JSON does not change', () => {
  const value = { key: '\u001b\u009b\u202e\u200b\u{e0041}\r"\\' };
  expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
});

test.each([
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [1.5, '1.5'],
  [null, 'null'],
  [undefined, 'undefined'],
])('%p is shown as %s', (value, shown) => expect(show(value)).toBe(shown));

test('a long value is cut', () => {
  expect(show('x'.repeat(1000))).toHaveLength(78);
});

/** Made up, each with the form of the real ones. */
const BODY = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5';
test.each([
  `ghp_${BODY}`,
  `gho_${BODY}`,
  `github_pat_11ABCDEFG0aBcD_${BODY}`,
  `glpat-${BODY.slice(0, 20)}`,
  `xoxb-123456789012-${BODY}`,
  `sk-${BODY}`,
  `sk-proj-${BODY}`,
  `npm_${BODY}`,
  `dckr_pat_${BODY}`,
  `sha256~${BODY}`,
  `hvs.${BODY}`,
  'AKIAIOSFODNN7EXAMPLE',
  'wJ4lrXU7nF3Mq/K7mD3Ng/bPxRf1CyE9aMpL3kE8yZ',
  `eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.${BODY}`,
  `$6$rounds=5000$salt$${BODY}`,
  `$2y$10$${BODY}`,
  `$y$j9T$salt$${BODY}`,
  `Bearer ${BODY}`,
  'AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3J',
])('the token %s is not shown', (token) => {
  expect(show(token)).toBe('a value that looks like a key or a password and is not shown');
  expect(withoutKeys(`got ${token}, which is none`)).toBe('got (not shown), which is none');
});

test('the password in a URL is not shown', () => {
  expect(withoutKeys('/tmp/https:/me:secret@host/x')).toBe('/tmp/https:/me:(not shown)@host/x');
  expect(withoutKeys('at https://me:Sup3r-S3cret@host.example/x and oci://u:p@h')).toBe(
    'at https://me:(not shown)@host.example/x and oci://u:(not shown)@h',
  );
});

test.each([
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'https://host.example:8443/x@y',
  'http://[::1]:80/',
  'npm_config_registry',
  '/Users/JohnDoe1/Projects/OpenShift/VirtWork/MyCatalogOfEntries',
  'gluster-storage-class-1',
  'quay.io/containerdisks/fedora@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  'dataSource:openshift-virtualization-os-images/rhel9',
])('%s is shown', (text) => expect(withoutKeys(text)).toBe(text));
