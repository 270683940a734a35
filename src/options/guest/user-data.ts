import { isUtf8 } from 'node:buffer';
import type * as Yaml from 'yaml';
import type { Problem } from '../../errors';
import { kindOf } from '../../text/show';
import { nearest } from '../../text/suggest';
import { writtenIn } from '../../yaml/written-yaml';
import { parseYaml } from '../../yaml/yaml-file';
import { type Fields, isMap } from '../structured';
import { CLOUD_CONFIG_KEYS, REFUSED_KEYS } from './cloud-config-keys';
import { USER_DATA } from './messages';

type Text = Omit<Problem, 'where'>;

/** A cloud-config, or everything that is wrong with it. */
export type UserData = { readonly config: Fields } | { readonly problems: readonly Text[] };

const HEADER = /^#cloud-config[ \t]*(?:\n|$)/;
/** First lines of what cloud-init runs or reads in another way. */
const OTHER: readonly (readonly [start: RegExp, what: string])[] = [
  [/^#!/, 'a script'],
  [/^#include/, 'a list of addresses'],
  [/^#cloud-boothook/, 'a boothook'],
  [/^#part-handler/, 'a part handler'],
  [/^#cloud-config-archive/, 'an archive'],
  [/^#cloud-config-jsonp/, 'a JSON patch'],
  [/^(?:Content-Type|MIME-Version):/i, 'a MIME archive'],
];

/** @param name of the file, for messages */
export function userDataFile(name: string, bytes: Buffer): UserData {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return refused(USER_DATA.otherFormat(name, 'a compressed file'));
  if (!isUtf8(bytes) || bytes.includes(0)) return refused(USER_DATA.notText(name));
  return userDataText(name, bytes.toString('utf8').replace(/^\ufeff/, ''), true);
}

/** @param needsHeader a file must say what it is; text in a configuration is a cloud-config anyway */
export function userDataText(name: string, text: string, needsHeader = false): UserData {
  const unix = text.replaceAll('\r\n', '\n');
  const other = OTHER.find(([start]) => start.test(unix))?.[1];
  if (other !== undefined) return refused(USER_DATA.otherFormat(name, other));
  if (/^##\s*template:/.test(unix)) return refused(USER_DATA.template(name));
  if (needsHeader && !HEADER.test(unix)) return refused(USER_DATA.header(name));
  const file = parseYaml(name, unix);
  if (!('data' in file)) return refused(USER_DATA.notYaml(file.where || name, file.message));
  if (!isMap(file.data)) return refused(USER_DATA.notMap(name, kindOf(file.data)));
  return checked(withModes(asCloudInit(unix), file.data));
}

/** A cloud-config as a map of the configuration. */
export function userDataMap(config: Fields): UserData {
  return checked(withModes(config, config));
}

/** cloud-init reads YAML 1.1, in which `yes` is a boolean and 0644 an octal number. */
function asCloudInit(text: string): Fields {
  const { parse } = require('yaml') as typeof Yaml;
  // cloud-init takes dates as strings too.
  const isDate = (tag: Yaml.Tags[number]) => (typeof tag === 'string' ? tag === 'timestamp' : tag.tag.endsWith(':timestamp'));
  return (parse(text, { version: '1.1', logLevel: 'error', customTags: (tags) => tags.filter((tag) => !isDate(tag)) }) ?? {}) as Fields;
}

/** The config with the file modes as they are written: as numbers they would be written in another base. */
function withModes(config: Fields, written: Fields): Fields {
  const [files, texts] = [config.write_files, written.write_files];
  if (!Array.isArray(files) || !Array.isArray(texts)) return config;
  const write_files = files.map((file: unknown, index) => {
    if (!isMap(file) || typeof file.permissions !== 'number') return file;
    return { ...file, permissions: String(writtenIn(texts[index], 'permissions')) };
  });
  return { ...config, write_files };
}

function refused(problem: Text): UserData {
  return { problems: [problem] };
}

function checked(config: Fields): UserData {
  const problems = [...Object.entries(config).flatMap(([key, value]) => wrongKey(key, value)), ...wrongItems(config)];
  return problems.length > 0 ? { problems } : { config };
}

function wrongKey(key: string, value: unknown): Text[] {
  const types = Object.hasOwn(CLOUD_CONFIG_KEYS, key) ? CLOUD_CONFIG_KEYS[key] : undefined;
  if (types === undefined) return [USER_DATA.unknown(key, nearest(key, Object.keys(CLOUD_CONFIG_KEYS)))];
  const why = Object.hasOwn(REFUSED_KEYS, key) ? REFUSED_KEYS[key] : undefined;
  if (why !== undefined) return [USER_DATA.refused(key, ...why)];
  if (types.includes(typeOf(value) as never)) return [];
  return [USER_DATA.item(key, `be ${types.map((type) => WORDS[type]).join(' or ')}, got ${kindOf(value)}`)];
}

const WORDS: { readonly [type in 'array' | 'boolean' | 'integer' | 'null' | 'object' | 'string']: string } = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'empty',
  object: 'a map',
  string: 'a string',
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Items of the lists to which virtwork adds its own. */
function wrongItems({ write_files, users, runcmd, bootcmd, packages }: Fields): Text[] {
  return [
    ...wrongOf('write_files', write_files, wrongFile),
    ...(Array.isArray(users) || users === undefined ? wrongOf('users', users, wrongUser) : [USER_DATA.list('users', kindOf(users))]),
    ...wrongOf('runcmd', runcmd, wrongCommand),
    ...wrongOf('bootcmd', bootcmd, wrongCommand),
    ...wrongOf('packages', packages, wrongPackage),
  ];
}

function wrongOf(key: string, list: unknown, wrong: (item: unknown) => string | undefined): Text[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item, index) => {
    const must = wrong(item);
    return must === undefined ? [] : [USER_DATA.item(`${key}[${index}]`, must)];
  });
}

const FILE_KEYS = ['path', 'content', 'source', 'owner', 'permissions', 'encoding', 'append', 'defer'];

function wrongFile(file: unknown): string | undefined {
  if (!isMap(file)) return `be a map with path and content, got ${kindOf(file)}`;
  if (typeof file.path !== 'string' || !file.path.startsWith('/')) return 'have an absolute path';
  if (/\/\.{1,2}(?:\/|$)/.test(file.path)) return 'have a path without . and ..';
  const unknown = Object.keys(file).find((key) => !FILE_KEYS.includes(key));
  if (unknown !== undefined) return `have only the keys ${FILE_KEYS.join(', ')}, got "${unknown}"`;
  if (file.content !== undefined && typeof file.content !== 'string') return `have a string as content, got ${kindOf(file.content)}`;
  const { permissions = '0644' } = file;
  return /^0?[0-7]{3,4}$/.test(String(permissions)) && String(permissions).startsWith('0') ? undefined : "have permissions such as '0644'";
}

function wrongUser(user: unknown): string | undefined {
  if (typeof user === 'string') return undefined;
  return isMap(user) && (typeof user.name === 'string' || typeof user.snapuser === 'string')
    ? undefined
    : 'be default, a name, or a map with a name';
}

function wrongCommand(command: unknown): string | undefined {
  if (typeof command === 'string') return undefined;
  const isList = Array.isArray(command) && command.length > 0 && command.every((word) => ['string', 'number'].includes(typeof word));
  return isList ? undefined : `be a string or a list of words, got ${kindOf(command)}`;
}

function wrongPackage(name: unknown): string | undefined {
  const isPair = Array.isArray(name) && name.every((each) => typeof each === 'string');
  return typeof name === 'string' || isPair || isMap(name) ? undefined : `be the name of a package, got ${kindOf(name)}`;
}

const SECRET_KEY = /(?:^|[_-])(?:password|passwd|passphrase|secret|token|private[_-]?key)$|^(?:activation-key|ssh_keys)$/i;
const SECRET_TEXT = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY|\$(?:[1567y]|2[abxy]?|gy)\$[\w./$=+,-]{8}|\w:\/\/[^\s/@:]*:[^\s/@]+@/;

/** The places of what looks like a secret in a cloud-config. */
export function secretsIn(value: unknown, place = 'extra_user_data'): string[] {
  if (typeof value === 'string') return SECRET_TEXT.test(value) ? [place] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, `${place}[${index}]`));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const at = `${place}.${key}`;
    const isSet = each !== '' && each !== null && typeof each !== 'boolean';
    return isSet && (SECRET_KEY.test(key) || (key === 'chpasswd' && hasPasswords(each))) ? [at] : secretsIn(each, at);
  });
}

/** `chpasswd: {expire: false}` belongs to a password that another key states. */
function hasPasswords(chpasswd: unknown): boolean {
  return !isMap(chpasswd) || Object.keys(chpasswd).some((key) => key !== 'expire');
}
