/** Names in a guest, for the checks of the plan and for the files of the guest. */

export const UNIT_FOLDER = '/etc/systemd/system';

/** The variable with the name of a client's peer. */
export const PEER_VARIABLE = 'VIRTWORK_PEER';

/** Placeholder for the name of the peer. The guest replaces it at boot, because only its own host name shows which peer it has. */
export const PEER_TOKEN = `@${PEER_VARIABLE}@`;
