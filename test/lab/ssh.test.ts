import { LabFolder, type LabVm } from '../../src/lab/folder';
import { sshCommand } from '../../src/lab/ssh';
import { outputOf } from '../support/run';
import { needs } from '../support/tools';

const VM = { name: 'virtwork-a-0', user: 'debian', sshPort: 2201 } as LabVm;
const command = sshCommand(new LabFolder('/tmp/a lab/100%'), VM);

/** The options that ssh reads from its command line, by name. */
function understood(): { readonly [option: string]: string } {
  const text = outputOf('ssh', ['-G', ...command.slice(1)], { env: { ...process.env, SSH_AUTH_SOCK: '/tmp/agent' } });
  return Object.fromEntries(text.split('\n').map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]));
}

test('ssh reads no configuration of this user', () => {
  expect(command.slice(0, 3)).toEqual(['ssh', '-F', '/dev/null']);
});

needs('ssh')('ssh offers a guest nothing of this machine, and knows its host key', () => {
  expect(understood()).toMatchObject({
    batchmode: 'yes',
    identitiesonly: 'yes',
    identityagent: 'none',
    identityfile: '/tmp/a lab/100%%/id_ed25519',
    preferredauthentications: 'publickey',
    stricthostkeychecking: 'accept-new',
    hostkeyalias: 'virtwork-a-0',
    userknownhostsfile: '/tmp/a lab/100%/vms/virtwork-a-0/known_hosts',
    globalknownhostsfile: '/dev/null',
    updatehostkeys: 'false',
    forwardagent: 'no',
    forwardx11: 'no',
    clearallforwardings: 'yes',
    tunnel: 'false',
    controlmaster: 'false',
    permitlocalcommand: 'no',
    port: '2201',
    user: 'debian',
  });
});
