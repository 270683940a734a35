import type { Problem } from '../errors';
import { variableName } from '../param-value';
import type { YamlFile } from '../yaml-file';
import type { Entry, GuestFile, Unit } from './entry';
import type { Findings } from './faults';
import { PEER, SERVICE } from './placeholders';

type Piece = Unit | GuestFile;

/** What the placeholders need that are no params. */
const NEEDS: { readonly [key: string]: string } = {
  [SERVICE]: 'a service in workload.yaml',
  [PEER]: 'roles, and a service with a selector-role, in workload.yaml',
};

/** Every placeholder has a value, every param is read by somebody, and every unit is started by a boot. */
export function checkUses(entry: Entry, file: YamlFile, { problems, warnings }: Findings): void {
  const pieces: readonly Piece[] = entry.roles.flatMap((role) => [...role.units, ...role.files]);
  problems.push(...undeclared(entry, file, pieces));
  warnings.push(...neverStarted(entry), ...unusedParams(entry, file, pieces));
}

function undeclared(entry: Entry, file: YamlFile, pieces: readonly Piece[]): Problem[] {
  const known = [
    ...entry.params.map((param) => param.key),
    ...(entry.service ? [SERVICE] : []),
    ...(entry.multiRole && entry.service ? [PEER] : []),
  ];
  return pieces.flatMap(({ source, placeholders = [] }) =>
    placeholders
      .filter(({ key }) => !known.includes(key))
      .map(({ key, line }) => ({
        where: `${source}:${line}`,
        message: `{{${key}}} is not declared; known: ${known.join(', ') || 'none'}`,
        hint: NEEDS[key] ?? `declare it under params in ${file.name}, or write \\{{ for a literal {{`,
      })),
  );
}

function neverStarted(entry: Entry): Problem[] {
  return entry.roles
    .flatMap((role) => role.units)
    .filter(({ text }) => !/^\[Install\]/m.test(text))
    .map(({ source }) => ({
      where: source,
      message: 'has no [Install] section, so no boot starts it',
      hint: '[Install] with WantedBy=multi-user.target',
    }));
}

/** Params that nothing reads, neither by their placeholder nor by their variable. */
function unusedParams(entry: Entry, file: YamlFile, pieces: readonly Piece[]): Problem[] {
  const used = new Set(pieces.flatMap(({ placeholders = [] }) => placeholders.map(({ key }) => key)));
  const text = pieces.map((piece) => ('text' in piece ? piece.text : String(piece.content))).join('\n');
  return entry.params.flatMap(({ key }, index) =>
    used.has(key) || text.includes(variableName(key))
      ? []
      : [
          {
            where: file.locate(['params', index]),
            message: `param ${key} is used nowhere: neither {{${key}}} nor ${variableName(key)}`,
          },
        ],
  );
}
