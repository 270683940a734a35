import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyProblem, splitKeys } from '../../src/options/authorized-key';
import { authorizedKeys } from '../../src/options/kinds';
import { cpuTime } from '../support/cpu-time';
import { tempDir } from '../support/render';
import { ED25519, GOOD_KEYS, keyLine, RSA, rsaLine } from '../support/ssh-keys';
import { needs } from '../support/tools';

const [, DATA = ''] = ED25519.split(' ');

/** Good lines, options apart. */
const GOOD = [
  ...GOOD_KEYS,
  `${ED25519} me@host`,
  `${ED25519} laptop, the old one, ssh-rsa before`,
  `  ${ED25519}\tme`,
  `ssh-ed25519\t${DATA}`,
  `from="10.0.0.0/8,!10.0.0.1" ${ED25519} me`,
  `command="echo \\"hello, world\\"",no-pty ${RSA} me`,
];
/** Lines that are not keys, and what they are instead. */
const BAD: readonly [string, string][] = [
  ['hello', 'a string that is not a key'],
  [`ssh-ed25519`, 'a string that is not a key'],
  [`ssh-foo ${DATA}`, 'a string that looks like a part of a key'],
  [`ssh-ed25519 ${DATA.slice(0, -2)}`, 'a key of type ssh-ed25519 whose data is not complete base64'],
  [`ssh-ed25519 ${DATA.slice(0, -4)}`, 'a key of type ssh-ed25519 whose data is incomplete or damaged'],
  [`ssh-ed25519 ${DATA}AAAA`, 'a key of type ssh-ed25519 whose data is incomplete or damaged'],
  [`ssh-rsa ${DATA}`, 'a key of type ssh-rsa whose data is a key of type ssh-ed25519'],
  [keyLine('ssh-ed25519', Buffer.alloc(31)), 'a key of type ssh-ed25519 whose data is incomplete or damaged'],
  [
    keyLine('ecdsa-sha2-nistp256', 'nistp384', Buffer.alloc(97, 4)),
    'a key of type ecdsa-sha2-nistp256 whose data is incomplete or damaged',
  ],
  [rsaLine(1016), 'a key of type ssh-rsa of 1016 bits, but sshd requires at least 1024'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----', 'a private key'],
  ['-----BEGIN RSA PRIVATE KEY-----', 'a private key'],
  ['PuTTY-User-Key-File-3: ssh-ed25519', 'a private key'],
  ['b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW', 'a string that looks like a part of a key'],
  ['---- BEGIN SSH2 PUBLIC KEY ----', 'a key in another format; convert it with ssh-keygen -i'],
];
/** Options that sshd accepts, and options that it rejects. */
const OPTIONS = ['no-pty', 'restrict,pty', 'cert-authority,principals="a,b"', 'No-X11-Forwarding', 'permitopen="a:1",permitopen="[::1]:*"'];
const MORE_OPTIONS = [
  'permitlisten="80"',
  'tunnel="0"',
  'environment="A=b"',
  'expiry-time="20300101Z"',
  'no-touch-required',
  'from="*.a.b"',
];
const BAD_OPTIONS: readonly [string, string][] = [
  ['no-pyt', 'with an option that sshd does not know: no-pyt'],
  ['no-restrict', 'with an option that sshd does not know: no-restrict'],
  ['from=10.0.0.0/8', 'whose options sshd cannot read: write name or name="value", separated by commas without blanks'],
  ['from', 'with the option from without a value in quotes'],
  ['command="a",command="b"', 'with the option command twice'],
  ['constructor="a"', 'with an option that sshd does not know: constructor'],
  ['constructor', 'with an option that sshd does not know: constructor'],
  ['expiry-time="tomorrow"', 'with the option expiry-time, whose value sshd does not accept'],
];

describe('a line of an authorized_keys file', () => {
  test.each(GOOD)('%s', (line) => expect(keyProblem(line)).toBeUndefined());
  test.each(BAD)('%s', (line, problem) => expect(keyProblem(line)).toBe(problem));
  test.each([...OPTIONS, ...MORE_OPTIONS])('with %s', (options) => expect(keyProblem(`${options} ${ED25519} me`)).toBeUndefined());
  test.each(BAD_OPTIONS)('rejected with %s', (options, problem) =>
    expect(keyProblem(`${options} ${ED25519} me`)).toBe(`a key of type ssh-ed25519 ${problem}`));
  test('of type ssh-dss', () => expect(keyProblem(keyLine('ssh-dss', 'x'))).toBe('a key of type ssh-dss, which sshd no longer accepts'));
});

describe('a string with several lines is split', () => {
  const [a, b] = [`${ED25519} a`, `${RSA} b`];
  test.each<[string, string, string[]]>([
    ['separated by a comma', `${a},${b}`, [a, b]],
    ['separated by a comma and a blank', `${a}, ${b} , ${a}`, [a, b, a]],
    ['separated by line breaks', `${a}\n# mine\n\r\n${b}\r\n`, [a, b]],
    ['a comma in a comment', `${ED25519} laptop, old,${b}`, [`${ED25519} laptop, old`, b]],
    ['a comment that mentions a type', `${ED25519} me,an ssh-rsa one`, [`${ED25519} me,an ssh-rsa one`]],
    ['commas between options', `no-pty,from="a,b" ${a}`, [`no-pty,from="a,b" ${a}`]],
    ['options of the next key', `${a},no-pty,from="x, ssh-rsa y" ${b}`, [a, `no-pty,from="x, ssh-rsa y" ${b}`]],
    ['a damaged key after a good one', `${a},ssh-rsa oops c`, [a, 'ssh-rsa oops c']],
  ])('%s', (_, text, lines) => expect(splitKeys(text)).toEqual(lines));
});

describe('ssh-keygen agrees', () => {
  const test = needs('ssh-keygen');
  const dir = tempDir();
  const accepts = (line: string): boolean => {
    writeFileSync(join(dir, 'line'), `${line}\n`);
    return spawnSync('ssh-keygen', ['-l', '-f', join(dir, 'line')], { timeout: 10_000 }).status === 0;
  };
  test.each(GOOD)('%s', (line) => expect(accepts(line)).toBe(true));
  // For a private key, ssh-keygen reports on the public key next to it.
  test.each(BAD.filter(([, problem]) => problem !== 'a private key'))('not %s', (line) => expect(accepts(line)).toBe(false));

  test('certificates', () => {
    const make = (...words: string[]) => spawnSync('ssh-keygen', ['-q', ...words], { cwd: dir, timeout: 10_000 });
    for (const type of ['ed25519', 'rsa', 'ecdsa']) {
      make('-t', type, '-N', '', '-f', type);
      make('-s', type, '-I', 'me', '-n', 'virtwork', `${type}.pub`);
      const line = readFileSync(join(dir, `${type}-cert.pub`), 'utf8').trim();
      expect([accepts(line), keyProblem(line)]).toEqual([true, undefined]);
      const [name, data = ''] = line.split(' ');
      expect(keyProblem(`${name} ${data.slice(0, -8)}`)).toBeDefined();
    }
  });
});

test.each(['# ssh-ed25519 AAAA', ' ', '#a\n#b'])('%j contains no key', (text) => {
  expect(authorizedKeys.parse(text)).toMatchObject({ got: 'no key' });
});

test.each([
  ['commas', ','],
  ['quotes', ',"'],
  ['options', 'command="a",'],
  ['types', 'ssh-ed25519 ,'],
  ['almost keys', ',a ssh-rsa AAAA'],
  ['blanks', ', '],
  ['beginnings', 'BEGIN A '],
])('a string of %s is split in bounded time', (_, piece) => {
  const started = cpuTime();
  for (const length of [65_000, 1_000_000]) for (const key of splitKeys(piece.repeat(length / piece.length)).slice(0, 10)) keyProblem(key);
  expect(cpuTime() - started).toBeLessThan(5000);
});
