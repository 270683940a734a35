// What guests on this machine depend on apart from sources: QEMU, KVM and the images of the lab.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Facts for the hash of a test that boots guests. */
export function labFacts() {
  const { stdout } = spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8', timeout: 60_000 });
  return { qemu: /version (\S+)/.exec(stdout ?? '')?.[1], kvm: existsSync('/dev/kvm'), images: images() };
}

/** Identifies builds of images: each build creates a file system with a new UUID, which is in the superblock. */
function images() {
  const cache = join(process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), '.cache'), 'virtwork/lab');
  return (existsSync(cache) ? readdirSync(cache) : [])
    .filter((name) => existsSync(join(cache, name, 'packages')))
    .sort()
    .map((name) => [name, superblockId(join(cache, name, 'root.img'))]);
}

function superblockId(image) {
  const id = Buffer.alloc(16);
  const file = openSync(image, 'r');
  readSync(file, id, 0, id.length, 1024 + 0x68);
  closeSync(file);
  return id.toString('hex');
}
