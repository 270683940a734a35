import { type Finding, type Kept, readAnswer, type Summary } from './answer';
import type { Ask, Trouble, TroubleKind } from './ask';
import type { ResultsFolder } from './folder';
import { faulty, recordNamed } from './messages';
import type { TrialsState } from './result';

/** Milliseconds after which a guest is not asked further questions: it may be hostile, and answer each one slowly. */
const LONGEST = 600_000;
/** Boots in one round: more would be a guest that invents them. */
const BOOTS = 3;

/** Troubles that do not pass by themselves. */
const FINAL: readonly TroubleKind[] = ['unmeasured', 'halted'];

export interface VmResultsProps {
  readonly name: string;
  /** The group that its records must have. @default that of its state */
  readonly group?: string;
  /** Where its records are kept. @default only their outcomes are, in memory */
  readonly folder?: ResultsFolder;
}

/** The results of one VM, as they come. */
export class VmResults {
  readonly name: string;
  /** The last valid state. Absent: none yet. */
  state: TrialsState | undefined;
  /** Why the last round got no answer. */
  trouble: Trouble | undefined;
  /** What could not be read in the last round. */
  faults: readonly Finding[] = [];
  /** The last record of each trial of each plan. */
  private readonly held = new Map<string, Summary>();
  /** The trials whose records are known to be those of the current boot of the guest. */
  private confirmed = new Set<string>();

  constructor(private readonly props: VmResultsProps) {
    this.name = props.name;
    if (props.folder && props.group !== undefined) {
      for (const { summary } of props.folder.of(props.group, props.name)) this.hold(summary);
    }
  }

  get group(): string {
    return this.props.group ?? this.state?.group ?? '';
  }

  /** The records of the current plan, in its order. */
  get records(): Summary[] {
    const all = [...this.held.values()].filter(({ plan }) => plan === this.state?.plan);
    return all.sort((a, b) => a.trial.localeCompare(b.trial));
  }

  /** Every trial of the plan has a record. */
  get isComplete(): boolean {
    return this.state !== undefined && this.records.length >= this.state.planned;
  }

  /** The VM has answered, and every trial is done. */
  get isGood(): boolean {
    const isDone = this.records.every(({ outcome }) => outcome === 'done');
    return this.trouble === undefined && this.faults.length === 0 && this.isComplete && isDone;
  }

  /** There is nothing more to wait for. */
  get isSettled(): boolean {
    return this.trouble ? FINAL.includes(this.trouble.kind) : this.isComplete || this.state?.phase === 'finished';
  }

  /**
   * Gets the records that are missing, and the state.
   * @throws what the folder or the question throws
   */
  async update(ask: Ask): Promise<void> {
    const deadline = Date.now() + LONGEST;
    this.trouble = undefined;
    this.faults = [];
    let boots = 0;
    for (let from: number | undefined = this.firstMissing(); from !== undefined; ) {
      const answer = await ask(from);
      if ('trouble' in answer) {
        this.trouble = answer.trouble;
        return;
      }
      const { state, kept, faults } = readAnswer(answer.body, {
        vm: this.name,
        from,
        ...(this.props.group ? { group: this.props.group } : {}),
      });
      this.faults = faults;
      if (!state) return;
      if (state.boot !== this.state?.boot || state.plan !== this.state.plan) {
        boots += 1;
        this.confirmed = new Set(
          [...this.held.values()].filter(({ plan, boot }) => plan === state.plan && boot === state.boot).map(({ trial }) => trial),
        );
      }
      this.state = state;
      const before = this.confirmed.size;
      for (const each of kept) this.keep(each);
      const [next] = this.unconfirmed(state);
      const isProgress: boolean = this.confirmed.size > before || Number(next) < from;
      from = next !== undefined && isProgress && boots <= BOOTS && Date.now() < deadline ? Number(next) : undefined;
    }
    this.addMissing();
  }

  private keep(kept: Kept): void {
    this.props.folder?.keep(kept);
    this.hold(kept.summary);
    this.confirmed.add(kept.summary.trial);
  }

  private hold(summary: Summary): void {
    this.held.set(`${summary.plan} ${summary.trial}`, summary);
  }

  /** The first record to ask for. The plan may be another one meanwhile; the state shows that. */
  private firstMissing(): number {
    const plan = this.state?.plan ?? [...this.held.values()].at(-1)?.plan;
    let first = 1;
    while (this.held.has(`${plan} ${String(first).padStart(3, '0')}`)) first += 1;
    return first;
  }

  /** The trials that the guest has records of, and that this process does not have from this boot. */
  private unconfirmed({ records }: TrialsState): string[] {
    return records.filter((trial) => !this.confirmed.has(trial));
  }

  private addMissing(): void {
    const named = new Set(this.faults.map(({ trial }) => trial));
    const missing = this.state ? this.unconfirmed(this.state).filter((trial) => !named.has(trial)) : [];
    this.faults = [
      ...this.faults.filter(({ trial }) => trial === undefined || !this.confirmed.has(trial)),
      ...missing.map((trial): Finding => ({ fault: 'missing', trial, message: faulty(recordNamed(trial), 'missing') })),
    ];
  }
}
