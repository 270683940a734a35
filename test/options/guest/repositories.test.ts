import { repositoryFile } from '../../../src/options/guest/repositories';

const REPO = '[a]\nname=A\nbaseurl=https://m/$releasever/\n';
const SOURCES = 'Types: deb\nURIs: https://m/debian\nSuites: trixie\nComponents: main\n';
const ARMORED = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAA==\n-----END PGP PUBLIC KEY BLOCK-----\n';

function read(name: string, content: string | Buffer) {
  const file = repositoryFile(name, Buffer.from(content));
  return 'kind' in file ? file : file.map(({ message }) => message).join('\n');
}

test.each<[string, string | Buffer, object]>([
  ['x/a.repo', REPO, { name: 'a.repo', kind: 'dnf', isSecret: false }],
  [
    'a.repo',
    '# only a comment\n[a]\nbaseurl=\n  https://m/1/\n  https://m/2/\n[b]\nmetalink = https://m/l?a=b\nenabled=0',
    { kind: 'dnf' },
  ],
  ['a.repo', REPO.replace('https://', 'https://user:pw@'), { isSecret: true }],
  ['a.repo', `${REPO}username=u\npassword=pw\n`, { isSecret: true }],
  ['a.repo', `# https://user:pw@host\n${REPO}`, { isSecret: false }],
  [
    'a.list',
    '# c\n\ndeb [arch=amd64 signed-by=/etc/apt/keyrings/m.asc] https://m/debian trixie main contrib # c\ndeb-src file:/m ./\n',
    { kind: 'apt' },
  ],
  ['a.sources', `# c\n${SOURCES}\n\n${SOURCES}Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n AA==\n`, { kind: 'apt' }],
  ['a.sources', 'Types: deb deb-src\nURIs: http://m/flat\nSuites: ./\n', { kind: 'apt' }],
  ['a.asc', ARMORED, { kind: 'key' }],
  ['RPM-GPG-KEY-mirror', ARMORED, { kind: 'key' }],
  ['a.gpg', Buffer.from([0x99, 0x01, 0x0d, 0x04]), { kind: 'key' }],
])('%s is read: %j', (name, content, expected) => expect(read(name, content)).toMatchObject(expected));

test.each<[string, string | Buffer, string]>([
  ['a.txt', REPO, 'must name files that end in .repo (dnf), .list or .sources (apt), .asc or .gpg (keys), got "a.txt"'],
  ['a b.repo', REPO, 'the file "a b.repo" must have a name of letters, digits, dots, hyphens and underscores'],
  ['a.repo', Buffer.from([0xff, 0xfe]), '"a.repo" must be UTF-8 text'],
  ['a.repo', '', '"a.repo" contains no repository: it must have a section such as [base] with a baseurl'],
  ['a.repo', 'baseurl=https://m\n', 'line 1 of "a.repo" must have a section such as [base] before it'],
  ['a.repo', '[a]\nname=A\n', 'section [a] of "a.repo" must have baseurl, metalink or mirrorlist'],
  ['a.repo', '[a]\nbaseurl=m/debian\n', 'section [a] of "a.repo" must have an address that begins with http://'],
  ['a.repo', `${REPO}${REPO}`, 'section [a] of "a.repo" must occur only once'],
  ['a.repo', `[main]\nproxy=x\n${REPO}`, 'section [main] of "a.repo" must not be [main]'],
  ['a.repo', `${REPO}enabled: 1\n`, 'line 4 of "a.repo" must be a comment, a section such as [base], or KEY=VALUE'],
  ['a.repo', '<html>\n', 'line 1 of "a.repo" must be a comment'],
  ['a.list', '# none\n', '"a.list" contains no repository'],
  ['a.list', 'deb https://m/debian trixie\n', 'line 1 of "a.list" must be as in: deb https://mirror.example.com/debian trixie main'],
  ['a.list', 'https://m/debian trixie main\n', 'line 1 of "a.list" must be as in'],
  ['a.list', SOURCES, 'line 1 of "a.list" must be as in'],
  ['a.sources', '\n', '"a.sources" contains no repository'],
  ['a.sources', 'Types: deb\nSuites: trixie\n', 'the repository at line 1 of "a.sources" must have the fields URIs'],
  ['a.sources', SOURCES.replace('Components: main\n', ''), 'must have Components, or Suites that end in /'],
  ['a.sources', SOURCES.replace('deb\n', 'rpm\n'), 'must have Types of deb, deb-src or both'],
  ['a.sources', 'deb https://m/debian trixie main\n', 'line 1 of "a.sources" must be a comment, FIELD: VALUE'],
  ['a.asc', ARMORED.replaceAll('PUBLIC', 'PRIVATE'), 'which contains a private key'],
  ['a.gpg', Buffer.from([0x95, 0x01]), 'which contains a private key'],
  ['a.asc', Buffer.from([0x99, 0x01]), 'must begin with -----BEGIN PGP PUBLIC KEY BLOCK-----'],
  ['a.gpg', ARMORED, 'must be an OpenPGP public key that is not armored'],
])('%s is rejected: %j', (name, content, message) => expect(read(name, content)).toContain(message));
