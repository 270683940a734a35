const FOLDER = '/etc/virtwork';

/** Where the variables of each trial are. */
export const TRIALS_FOLDER = `${FOLDER}/trials/`;

/** Files that virtwork writes into a guest for its scripts and units. */
export const GUEST_FILES = {
  /** Variables of the workload. */
  environment: `${FOLDER}/workload.env`,
  /** Packages of the workload, one per line. */
  packages: `${FOLDER}/packages`,
  /** Units that the health endpoint watches, one per line. */
  units: `${FOLDER}/units`,
  /** Units among them that may be inactive, because another unit starts them. */
  triggered: `${FOLDER}/triggered`,
  /** Variables with the proxy of the guest, also for units of entries. */
  proxy: `${FOLDER}/proxy.env`,
  /** Lines `OWNER PATH`. */
  owners: `${FOLDER}/owners`,
  /** Files to apply at the first boot, lines `STEP PATH`. */
  apply: `${FOLDER}/apply`,
  /** Files with the placeholder of the peer's name, one per line. */
  peerFiles: `${FOLDER}/peer-files`,
  /** Addresses of the peers in a network, one per line, or `ask PORT`. */
  peers: (network: string) => `${FOLDER}/peers/${network}`,
  /** MAC addresses of the cards in a network, one per line for each VM of the role. */
  cards: (network: string) => `${FOLDER}/cards/${network}`,
  /** The variable with the address of the peer, which virtwork-peer-address writes. */
  peer: '/run/virtwork/peer.env',
  /** Variables of virtwork-trials.service. */
  trials: `${FOLDER}/trials.env`,
  /** Variables of one trial; the names of these files are in the order in which the trials run. */
  trial: (name: string) => `${TRIALS_FOLDER}${name}.env`,
  /** Variables of the trial that runs, which virtwork-trials writes. */
  runningTrial: '/run/virtwork/trial/env',
  /** Variables of virtwork-access.service. */
  access: `${FOLDER}/access.env`,
  /** Variables of the virtwork-disk@ service of a data disk. */
  disk: (name: string) => `${FOLDER}/disk/${name}.env`,
} as const;
