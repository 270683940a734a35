import { basename, extname } from 'node:path';
import type { Problem } from '../../errors';
import type { GuestFile, ParamSpec, Placeholder, Unit } from '../entry';
import { readByLibraries } from '../guest-libraries';
import { neverStarted } from '../messages/entry';
import * as say from '../messages/params';
import { optionalHint } from '../messages/wording';
import { breakOut } from '../params/break-out';
import { isNarrow } from '../params/narrow-param';
import { variableName } from '../params/param-value';
import { PEER, SERVICE } from '../params/placeholders';
import type { Problems } from '../problems';
import type { CheckedWorkloadFile } from '../workload-file';

/** The units and files of an entry, and the params that its workload.yaml declares. */
export interface Uses {
  readonly workloadFile: CheckedWorkloadFile;
  /** Some placeholder could not be read, so it is not known which params are used. */
  readonly unread: boolean;
  readonly units: readonly Unit[];
  /** Units that no boot starts. */
  readonly trialUnits: readonly Unit[];
  readonly files: readonly GuestFile[];
  readonly params: readonly ParamSpec[];
}

/** What workload.yaml must have for the placeholders that are not params. */
const NEEDS: ReadonlyMap<string, string> = new Map([
  [SERVICE, say.NEEDS_SERVICE],
  [PEER, say.NEEDS_PEER],
]);

/** Every placeholder has a value that fits, every param is used, and every unit is started by a boot. */
export function checkUses(uses: Uses): Problems {
  return {
    problems: [...undeclared(uses), ...brokenDefaults(uses), ...inCode(uses)],
    warnings: [...unstartedUnits(uses), ...unusedParams(uses), ...literalPlaceholders(uses)],
  };
}

interface Use {
  readonly piece: Unit | GuestFile;
  readonly placeholder: Placeholder;
}

function usesOf({ units, trialUnits, files }: Uses): Use[] {
  return [...units, ...trialUnits, ...files].flatMap((piece) => (piece.placeholders ?? []).map((placeholder) => ({ piece, placeholder })));
}

function undeclared(uses: Uses): Problem[] {
  const { file, data, incomplete } = uses.workloadFile;
  if (incomplete.has('params')) return [];
  const known = [
    ...uses.params.map((param) => param.key),
    ...(data.service || incomplete.has('service') ? [SERVICE] : []),
    ...((data.roles && data.service) || incomplete.has('service') || incomplete.has('roles') ? [PEER] : []),
  ];
  return usesOf(uses)
    .filter(({ placeholder }) => !known.includes(placeholder.key))
    .map(({ piece, placeholder: { key, line } }) => {
      const needs = NEEDS.get(key);
      const text = needs === undefined ? say.undeclaredPlaceholder(key, known, file.name) : say.placeholderNeeds(key, known, needs);
      return { where: `${piece.source}:${line}`, ...text };
    });
}

/** Defaults that do not fit where they are written. */
function brokenDefaults(uses: Uses): Problem[] {
  // Unlike map, flatMap skips the holes that wrong params leave.
  const params = new Map(uses.params.flatMap((param, index) => [[param.key, { value: param.default, index }] as const]));
  return usesOf(uses).flatMap(({ piece, placeholder }) => {
    const param = params.get(placeholder.key);
    const broken = param && breakOut(placeholder, piece.source, param.value);
    if (!broken) return [];
    const message = say.defaultBreaksOut(placeholder.key, broken.must, param.value);
    const where = uses.workloadFile.file.locate(['params', param.index, 'default']);
    return [{ where, message, ...optionalHint(broken.hint) }];
  });
}

/** Placeholders in code, where quotes do not keep a value from adding to it: the value itself must be harmless. */
function inCode(uses: Uses): Problem[] {
  const wide = new Set(uses.params.filter((param) => !isNarrow(param)).map(({ key }) => key));
  return usesOf(uses).flatMap(({ piece, placeholder: { key, line, place } }) => {
    if (place?.code === undefined || !wide.has(key)) return [];
    const hasVariables = 'text' in piece || place.reader === 'a shell';
    const text = say.wideParamInCode(key, place.code, hasVariables ? variableName(key) : undefined);
    return [{ where: `${piece.source}:${line}`, ...text }];
  });
}

/** Targets of a boot that start units of a type. */
const TARGET: { readonly [type: string]: string } = { '.timer': 'timers.target', '.socket': 'sockets.target', '.path': 'paths.target' };

function unstartedUnits({ units }: Uses): Problem[] {
  return units
    .filter(({ name, text }) => text !== '' && !units.some((unit) => unit.triggers === name) && !/^\[Install\]/m.test(text))
    .map(({ source }) => ({ where: source, ...neverStarted(TARGET[extname(source)] ?? 'multi-user.target') }));
}

/** Params that nothing reads, neither by their placeholder nor by their variable. */
function unusedParams(uses: Uses): Problem[] {
  if (uses.unread) return [];
  const isUsed = paramsOf([...uses.units, ...uses.trialUnits, ...uses.files]);
  return uses.params.flatMap(({ key, type }, index) => {
    // virtwork itself uses the name of a network.
    if (type === 'network' || isUsed(key)) return [];
    return [{ where: uses.workloadFile.file.locate(['params', index]), message: say.unusedParam(key, variableName(key)) }];
  });
}

/** @returns whether one of the pieces reads the param with a key */
export function paramsOf(pieces: readonly (Unit | GuestFile)[]): (key: string) => boolean {
  const text = pieces.map((piece) => ('text' in piece ? piece.text : String(piece.content))).join('\n');
  const placeholders = pieces.flatMap(({ placeholders = [] }) => placeholders.map(({ key }) => key));
  const keys = new Set([...placeholders, ...readByLibraries(text)]);
  return (key) => keys.has(key) || text.includes(variableName(key));
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
      const line = content.slice(0, at).split('\n').length;
      return [{ where: `${source}:${line}`, ...say.literalPlaceholder(key, `${basename(source)}.hbs`) }];
    });
  });
}
