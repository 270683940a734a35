import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, refuse, UserError } from '../errors';
import { makeFolder } from '../files/make-folder';
import { replaceFile, writeNew } from '../files/new-file';
import { compareBase, type Differences, reported, writeBase } from '../synth/base';
import { IN_THE_WAY } from '../synth/messages';
import { begins, isFile, isThere } from '../synth/own-files';
import type { PoolsPlan } from '../synth/pools';
import { render } from '../synth/render';
import type { RenderedFile } from '../synth/rendered-file';
import { SharedBytes } from '../synth/shared-bytes';
import { leftovers, OWNER_ONLY, stagedPrefix } from '../synth/staged-files';
import { Templates } from '../synth/templates';
import type { PlannedExperiment } from './plan-experiment';
import { renderGroup } from './pod/render-group';

/** Name of the plan in the folder of an experiment. */
export const PLAN_FILE = 'plan.json';
const GROUPS = 'groups';
/** Folder of the pools and classes, which an administrator applies. */
export const POOLS_FOLDER = 'pools';
/** How every plan begins, by which virtwork recognizes its own. */
const BEGINNING = '{\n  "schema": "virtwork.plan/';

/** What is written for an experiment. */
export interface RenderedExperiment {
  /** The base with the namespace; empty if the experiment has none. */
  readonly root: readonly RenderedFile[];
  /** The base of each group, by its ID. */
  readonly groups: ReadonlyMap<string, readonly RenderedFile[]>;
  /** Empty if the experiment has none. */
  readonly pools: readonly RenderedFile[];
  readonly plan: string;
}

/** What writing an experiment changed: paths in its folder; of a group, and of pools that are removed, that of its folder alone, with a slash at its end. */
export interface ExperimentChanges {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Renders and validates all groups.
 * @throws UserError when a rendered object breaks a rule of KubeVirt or CDI
 */
export function renderExperiment({ plan, options, groups, pools }: PlannedExperiment): RenderedExperiment {
  const { namespace, createNamespace, runId } = options;
  const problems: Problem[] = [];
  const templates = new Templates();
  const rendered = [...groups].map(([id, each]): [string, readonly RenderedFile[]] => [
    id,
    reporting(problems, () => renderGroup(each, templates)) ?? [],
  ]);
  const ofPools = pools ? reporting(problems, () => filesOf(pools)) : [];
  refuse(problems);
  return {
    root: createNamespace ? render({ namespace, createNamespace, runId, workloads: [], warnings: [] }) : [],
    groups: new Map(rendered),
    pools: ofPools ?? [],
    plan: `${JSON.stringify(plan, null, 2)}\n`,
  };
}

/** Loaded here, because few experiments have pools. */
function filesOf(pools: PoolsPlan): RenderedFile[] {
  return (require('../synth/pools') as typeof import('../synth/pools')).poolFiles(pools);
}

function reporting<T>(problems: Problem[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/**
 * Writes an experiment, and deletes groups that virtwork wrote before and that the experiment no longer has. Files that virtwork did not write
 * are never touched.
 *
 * Each group is replaced as {@link writeBase} replaces a base. A plan that changes is deleted first and written last, so after an interruption
 * there is no plan, or the one of the groups that are there.
 * @throws UserError when a file is in the way, or the folder cannot be written
 */
export function writeExperiment(dir: string, experiment: RenderedExperiment): ExperimentChanges {
  return reported('written', dir, () => {
    refuse(compareExperiment(dir, experiment).foreign);
    makeFolder(join(dir, GROUPS));
    const path = join(dir, PLAN_FILE);
    const isCurrent = isFile(path) && readFileSync(path, 'utf8') === experiment.plan;
    if (!isCurrent) rmSync(path, { force: true });
    const pools = writePools(join(dir, POOLS_FOLDER), experiment.pools);
    const root = writeBase(dir, experiment.root);
    const shared: Shared = { prefix: stagedPrefix(), bytes: new SharedBytes() };
    const groups = [...experiment.groups].filter(([id, files]) => writeGroup(join(dir, GROUPS), id, files, shared)).map(([id]) => id);
    const stale = staleGroups(dir, experiment);
    for (const id of stale) removeFolder(join(dir, GROUPS, id));
    for (const draft of leftovers(join(dir, GROUPS), 'folder')) rmSync(join(dir, GROUPS, draft), { recursive: true });
    if (!isCurrent) replaceFile(path, experiment.plan, 0o666);
    return {
      written: [...pools.written, ...root.written, ...groups.map((id) => `${GROUPS}/${id}/`), ...(isCurrent ? [] : [PLAN_FILE])],
      removed: [...pools.removed, ...root.removed, ...stale.map((id) => `${GROUPS}/${id}/`)],
    };
  });
}

/**
 * Compares a folder with an experiment, and writes nothing.
 * @throws UserError when the folder cannot be read
 */
export function compareExperiment(dir: string, experiment: RenderedExperiment): Differences {
  return reported('read', dir, () => {
    const folders = [
      ...(experiment.pools.length > 0 ? [join(dir, POOLS_FOLDER)] : []),
      join(dir, GROUPS),
      ...[...experiment.groups.keys()].map((id) => join(dir, GROUPS, id)),
    ];
    const links = folders.filter(isInTheWay);
    if (links.length > 0) return { ...NO_DIFFERENCE, foreign: links.map((where) => ({ where, ...IN_THE_WAY })) };
    const bases: [prefix: string, differences: Differences][] = [
      ['', compareBase(dir, experiment.root)],
      [`${POOLS_FOLDER}/`, comparePools(join(dir, POOLS_FOLDER), experiment.pools)],
      ...[...experiment.groups].map(([id, files]): [string, Differences] => [
        `${GROUPS}/${id}/`,
        isThere(join(dir, GROUPS, id))
          ? compareBase(join(dir, GROUPS, id), files)
          : { ...NO_DIFFERENCE, missing: files.map(({ name }) => name) },
      ]),
    ];
    const all = (which: 'missing' | 'changed' | 'lineEnds' | 'stale') =>
      bases.flatMap(([prefix, differences]) => differences[which].map((name) => prefix + name));
    const path = join(dir, PLAN_FILE);
    const there = lstatSync(path, { throwIfNoEntry: false });
    const isOurs = there !== undefined && isPlan(path);
    return {
      missing: [...all('missing'), ...(there ? [] : [PLAN_FILE])],
      changed: [...all('changed'), ...(isOurs && readFileSync(path, 'utf8') !== experiment.plan ? [PLAN_FILE] : [])],
      lineEnds: all('lineEnds'),
      stale: [...all('stale'), ...staleGroups(dir, experiment).map((id) => `${GROUPS}/${id}/`)],
      foreign: [...bases.flatMap(([, { foreign }]) => foreign), ...(there === undefined || isOurs ? [] : [{ where: path, ...IN_THE_WAY }])],
    };
  });
}

/** Whether there is a folder, and not a link to one. */
function isRealFolder(dir: string): boolean {
  return lstatSync(dir, { throwIfNoEntry: false })?.isDirectory() === true;
}

function comparePools(dir: string, files: readonly RenderedFile[]): Differences {
  return files.length > 0 || isRealFolder(dir) ? compareBase(dir, files) : NO_DIFFERENCE;
}

function writePools(dir: string, files: readonly RenderedFile[]): Pick<ExperimentChanges, 'written' | 'removed'> {
  const named = (names: readonly string[]) => names.map((name) => `${POOLS_FOLDER}/${name}`);
  if (files.length > 0) {
    const { written, removed } = writeBase(dir, files);
    return { written: named(written), removed: named(removed) };
  }
  if (!isRealFolder(dir) || compareBase(dir, []).stale.length === 0) return { written: [], removed: [] };
  removeFolder(dir);
  return { written: [], removed: [`${POOLS_FOLDER}/`] };
}

/** What all groups are written with. */
interface Shared {
  /** What the names of drafts begin with. */
  readonly prefix: string;
  readonly bytes: SharedBytes;
}

/** A new group is written elsewhere and then moved, which takes half the time of replacing a base. @returns whether something has changed */
function writeGroup(folder: string, id: string, files: readonly RenderedFile[], shared: Shared): boolean {
  const dir = join(folder, id);
  if (isThere(dir)) {
    const { written, removed } = writeBase(dir, files);
    return written.length + removed.length > 0;
  }
  const draft = join(folder, shared.prefix + id);
  try {
    mkdirSync(draft);
    for (const { name, text, isSecret } of files) writeNew(join(draft, name), shared.bytes.of(text()), isSecret && OWNER_ONLY);
    renameSync(draft, dir);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  return true;
}

const NO_DIFFERENCE: Differences = { missing: [], changed: [], lineEnds: [], stale: [], foreign: [] };

/** Whether something other than a folder has the path. A link is one, because virtwork does not follow links in its folders. */
function isInTheWay(path: string): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there !== undefined && !there.isDirectory();
}

/** Folders of groups that virtwork wrote, and that the experiment no longer has. */
function staleGroups(dir: string, { groups }: RenderedExperiment): string[] {
  const folder = join(dir, GROUPS);
  if (!isRealFolder(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (each) =>
        each.isDirectory() &&
        !each.name.startsWith('.') &&
        !groups.has(each.name) &&
        compareBase(join(folder, each.name), []).stale.length > 0,
    )
    .map(({ name }) => name)
    .sort();
}

/** Removes what virtwork wrote, and the folder unless the user has files in it. */
function removeFolder(dir: string): void {
  writeBase(dir, []);
  if (readdirSync(dir).length === 0) rmdirSync(dir);
}

function isPlan(path: string): boolean {
  return isFile(path) && begins(path, [BEGINNING]);
}
