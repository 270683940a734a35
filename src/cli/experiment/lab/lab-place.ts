import { join } from 'node:path';
import type { Checked } from '../../../companion/experiment/check';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import { shownPath } from '../../../files/shown-path';
import { LabFolder } from '../../../lab/folder';
import type { LabProps } from '../../../lab/up';
import type { Plan } from '../../../plan/plan';
import type { Place } from '../cluster/place';
import { type Classes, classesIn } from './classes';
import { machineFacts } from './facts';
import { LabGroup, vmsOf } from './lab-group';
import { downCommand, THE_LAB, THIS_MACHINE } from './messages';

export interface LabPlaceProps extends Pick<LabProps, 'image' | 'accelerator'> {
  readonly groups: ReadonlyMap<string, Plan>;
  /** The lab of VMs without a storage class that has a directory. */
  readonly folder: LabFolder;
  /** The flag --lab-dir. */
  readonly labDir?: string;
  /** Paths in commands are relative to it. */
  readonly cwd: string;
  /** File of the key that seals records. */
  readonly keyFile: string;
  readonly classes: Classes;
  /** Why groups cannot run, by ID. */
  readonly skipped: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
  readonly signal: AbortSignal;
}

/** The lab in the directory of a storage class. */
const FOLDER = 'virtwork-lab';

/** The groups of an experiment on this machine. The VMs of a storage class with a directory are in a lab of its own, in that directory. */
export class LabPlace implements Place {
  readonly name = THIS_MACHINE;
  readonly where = THE_LAB;
  readonly flags = ['in', 'class', 'lab-dir'];
  private readonly folders: ReadonlyMap<string, LabFolder>;

  constructor(private readonly props: LabPlaceProps) {
    const { classes, keyFile } = props;
    this.folders = new Map([...classes].map(([name, directory]) => [name, new LabFolder(join(directory, FOLDER), keyFile)]));
  }

  removeCommand(groups: readonly string[]): string {
    const byFolder = new Map<LabFolder, string[]>();
    for (const id of groups) {
      const plan = this.planOf(id);
      const folder = this.folderOf(plan);
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), ...vmsOf(plan).filter((name) => folder.has(name))]);
    }
    const { folder: own, labDir, cwd } = this.props;
    return downCommand([...byFolder].map(([folder, names]) => [folder === own ? labDir : shownPath(folder.path, cwd), names] as const));
  }

  async existing(groups: readonly PlannedGroup[]): Promise<ReadonlySet<string>> {
    const there = groups.filter(({ id }) => {
      const plan = this.planOf(id);
      return vmsOf(plan).some((name) => this.folderOf(plan).has(name));
    });
    return new Set(there.map(({ id }) => id));
  }

  async check(groups: readonly PlannedGroup[]): Promise<Checked> {
    const { skipped, warnings } = this.props;
    return { problems: [], skipped: new Map([...skipped].filter(([id]) => groups.some((group) => group.id === id))), warnings };
  }

  async begin(): Promise<{ readonly lab: object }> {
    const { accelerator, image, folder, groups } = this.props;
    const all = [...groups.values()].map((plan) => [this.classOf(plan) ?? 'default', this.folderOf(plan).path] as const);
    return { lab: await machineFacts(accelerator, image, new Map(all.length > 0 ? all : [['default', folder.path]])) };
  }

  async group(group: PlannedGroup, say: (message: string) => void): Promise<LabGroup> {
    const plan = this.planOf(group.id);
    const { image, accelerator, signal } = this.props;
    return new LabGroup({ group, plan, folder: this.folderOf(plan), image, accelerator, signal, say });
  }

  private planOf(id: string): Plan {
    return this.props.groups.get(id) as Plan;
  }

  private classOf(plan: Plan): string | undefined {
    return classesIn(plan).find((name) => this.folders.has(name));
  }

  private folderOf(plan: Plan): LabFolder {
    return this.folders.get(this.classOf(plan) ?? '') ?? this.props.folder;
  }
}
