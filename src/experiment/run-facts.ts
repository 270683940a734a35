/** What is recorded of a run next to its results, in facts.json of its folder: `virtwork.facts/1`. */
export interface RunFacts {
  readonly schema: 'virtwork.facts/1';
  /** `hash` of the plan. */
  readonly plan?: string;
  /** Name of how the storage was tuned, which the user gives. @default not given */
  readonly tuning?: string;
  /** As it was when the run began, or went on. Other places record what they know under other names. */
  readonly cluster?: ClusterFacts;
  /** Since when it is like that, in ISO 8601: when the run began or went on. */
  readonly since?: string;
  /** What it was like before the run was interrupted, where that differs. */
  readonly earlier?: readonly { readonly since?: string; readonly cluster?: ClusterFacts }[];
  /** By ID. Groups that have not been measured are absent. */
  readonly groups: { readonly [group: string]: GroupFacts };
}

export interface GroupFacts {
  /** When the last attempt began, in ISO 8601. */
  readonly started?: string;
  /** How long it took, from the first manifest to the last volume that was deleted. @default none has ended */
  readonly seconds?: number;
  /** Attempts that have ended. */
  readonly attempts?: number;
  /** On a cluster {@link VmFacts}. Other places record at least the times that they know. */
  readonly vms?: { readonly [vm: string]: VmFacts | VmTimes };
  /** Further rounds of a ramp by their number, from 2. */
  readonly rounds?: { readonly [round: string]: GroupFacts };
}

/** What is known of a cluster when it is measured. What could not be listed is named in `unknown`. */
export interface ClusterFacts {
  /** What `kubectl version` prints. */
  readonly version?: unknown;
  readonly kubevirt: readonly object[];
  readonly storageClasses: readonly object[];
  readonly storageProfiles: readonly object[];
  readonly csiDrivers: readonly object[];
  readonly nodes: readonly object[];
  readonly unknown: readonly string[];
}

/** How long a VM took until it could work, in seconds. What is not known is absent. */
export interface VmTimes {
  /** From the creation of the VM until its volumes were ready and its pod was created. */
  readonly provisioning?: number;
  /** From the creation of the pod until it ran on its node, with its volumes attached. */
  readonly attach?: number;
  /** From then until the guest ran. */
  readonly start?: number;
  /** From then until the guest agent answered. @default there is no agent */
  readonly boot?: number;
}

/** What is known of a VM that was measured. Times are those of the cluster. */
export interface VmFacts extends VmTimes {
  readonly node?: string;
  readonly pod?: string;
  readonly claims: readonly ClaimFacts[];
  /** Phases of the instance, with the time at which each began. */
  readonly phases: { readonly [phase: string]: string };
  readonly created?: string;
}

export interface ClaimFacts {
  readonly name: string;
  readonly volume?: string;
  readonly storageClass?: string;
  readonly volumeMode?: string;
  readonly accessModes?: readonly string[];
  readonly capacity?: string;
}
