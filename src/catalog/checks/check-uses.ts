import { basename, extname } from 'node:path';
import type { Problem } from '../../errors';
import type { GuestFile, ParamSpec, Unit } from '../entry';
import { breakOut } from '../params/break-out';
import { isNarrow } from '../params/narrow-param';
import { variableName } from '../params/param-value';
import { PEER, SERVICE } from '../params/placeholders';
import { hint, type Problems } from '../problems';
import type { CheckedWorkloadFile } from '../workload-file';

/** What an entry brings, and what of it its workloadFile declares. */
export interface Uses {
  readonly workloadFile: CheckedWorkloadFile;
  /** A placeholder of it could not be read, so it is not known which params it uses. */
  readonly unread: boolean;
  readonly units: readonly Unit[];
  readonly files: readonly GuestFile[];
  readonly params: readonly ParamSpec[];
}

/** What the placeholders need that are no params. */
const NEEDS: ReadonlyMap<string, string> = new Map([
  [SERVICE, 'a service in workload.yaml'],
  [PEER, 'roles, and a service with a selector-role, in workload.yaml'],
]);

/** Every placeholder has a value, every param is read by somebody, and every unit is started by a boot. */
export function checkUses(uses: Uses, { problems, warnings }: Problems): void {
  problems.push(...undeclared(uses), ...brokenDefaults(uses), ...inCode(uses));
  warnings.push(...neverStarted(uses), ...unusedParams(uses), ...literalPlaceholders(uses));
}

function undeclared({ workloadFile: { file, data, incomplete }, units, files, params }: Uses): Problem[] {
  if (incomplete.has('params')) return [];
  const known = [
    ...params.map((param) => param.key),
    ...(data.service || incomplete.has('service') ? [SERVICE] : []),
    ...((data.roles && data.service) || incomplete.has('service') || incomplete.has('roles') ? [PEER] : []),
  ];
  return [...units, ...files].flatMap(({ source, placeholders = [] }) =>
    placeholders
      .filter(({ key }) => !known.includes(key))
      .map(({ key, line }) => ({
        where: `${source}:${line}`,
        message: `{{${key}}} is not declared; known: ${known.join(', ') || 'none'}`,
        hint: NEEDS.get(key) ?? `declare it under params in ${file.name}, or write \\{{ for a literal {{`,
      })),
  );
}

/** Defaults that do not fit where they are written. */
function brokenDefaults({ workloadFile: { file }, units, files, params }: Uses): Problem[] {
  return params.flatMap(({ key, default: value }, index) =>
    [...units, ...files].flatMap(({ source, placeholders = [] }) =>
      placeholders
        .filter((each) => each.key === key)
        .flatMap((placeholder) => {
          const broken = breakOut(placeholder, source, value);
          if (!broken) return [];
          const message = `the default of param ${key} must ${broken.must}, got ${JSON.stringify(value)}`;
          return [{ where: file.locate(['params', index, 'default']), message, ...hint(broken.hint) }];
        }),
    ),
  );
}

/** Placeholders in code, where no quotes keep a value from adding to it: the value itself has to be harmless. */
function inCode({ units, files, params }: Uses): Problem[] {
  const wide = new Set(params.filter((param) => !isNarrow(param)).map(({ key }) => key));
  return [...units, ...files].flatMap((piece) =>
    (piece.placeholders ?? []).flatMap(({ key, line, place }) => {
      if (place?.code === undefined || !wide.has(key)) return [];
      const message = `{{${key}}} stands in code that ${place.code} runs, so param ${key} must not take every text`;
      const hasVariables = 'text' in piece || place.reader === 'a shell';
      const hint = hasVariables ? `${NARROW}; or the variable ${variableName(key)}` : NARROW;
      return [{ where: `${piece.source}:${line}`, message, hint }];
    }),
  );
}

const NARROW = 'type: int, number or bool, an enum, or a pattern such as "^[a-z0-9-]*$" in workload.yaml';

/** Targets of a boot that start units of a type. */
const TARGET: { readonly [type: string]: string } = { '.timer': 'timers.target', '.socket': 'sockets.target', '.path': 'paths.target' };

function neverStarted({ units }: Uses): Problem[] {
  return units
    .filter(({ name, text }) => text !== '' && !units.some((unit) => unit.triggers === name) && !/^\[Install\]/m.test(text))
    .map(({ source }) => ({
      where: source,
      message: 'has no [Install] section, so no boot starts it',
      hint: `[Install] with WantedBy=${TARGET[extname(source)] ?? 'multi-user.target'}`,
    }));
}

/** Params that nothing reads, neither by their placeholder nor by their variable. */
function unusedParams({ workloadFile: { file }, unread, units, files, params }: Uses): Problem[] {
  if (unread) return [];
  const pieces = [...units, ...files];
  const used = new Set(pieces.flatMap(({ placeholders = [] }) => placeholders.map(({ key }) => key)));
  const text = pieces.map((piece) => ('text' in piece ? piece.text : String(piece.content))).join('\n');
  return params.flatMap(({ key }, index) =>
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

/** What looks like a placeholder of the entry, in a file that has none. */
function literalPlaceholders({ workloadFile: { data }, files, params }: Uses): Problem[] {
  const keys = [...params.map(({ key }) => key), ...(data.service ? [SERVICE, PEER] : [])];
  return files.flatMap(({ source, content, placeholders }) => {
    if (placeholders !== undefined || typeof content !== 'string' || !content.includes('{{')) return [];
    // Each of them once: a file of data may have very many.
    return keys.flatMap((key) => {
      const at = content.indexOf(`{{${key}}}`);
      if (at < 0) return [];
      return [
        {
          where: `${source}:${content.slice(0, at).split('\n').length}`,
          message: `{{${key}}} stays as it is: only units and files whose names end in .hbs have placeholders`,
          hint: `${basename(source)}.hbs`,
        },
      ];
    });
  });
}
