import { loadPlan } from '../../src/load-plan';
import { tempDir } from '../support/render';

/** Whether virtwork-database-space lets the server and pgbench start on an empty disk of this size in MiB. */
function guestTakes(size: number, scale: number): boolean {
  const log = Math.min(Math.max(Math.floor(size / 10), 64), 1024);
  // The file system itself needs 2 %.
  const free = Math.floor(size * 0.98);
  const emptyServer = 128;
  return free >= emptyServer + log && free - emptyServer >= 24 * scale;
}

async function isPlanned(size: number, scale: number): Promise<boolean> {
  const flags = { workloads: 'database', 'disk-size': `${size}Mi`, params: `database.scale-factor=${scale}` };
  return loadPlan({ flags, env: {}, cwd: tempDir() }).then(
    () => true,
    () => false,
  );
}

const SIZES = [1, 2, 3, 5, 10, 20, 50, 100].map((size) => size * 1024);

test.each(SIZES)('a scale that the plan accepts for a disk of %i MiB fits on the disk in the guest', async (size) => {
  let most = 0;
  for (let step = 1 << 13; step > 0; step >>= 1) if (await isPlanned(size, most + step)) most += step;
  const log = Math.min(Math.floor(size / 10), 1024);
  // The load and its possible log fit in the space that the file system leaves.
  expect(24 * most + log).toBeLessThanOrEqual(size * 0.98);
  expect(guestTakes(size, most)).toBe(true);
  // On the largest disks the log stays at 1 GiB, which the rule does not consider.
  expect(24 * most).toBeGreaterThan(size * 0.98 - log - 128 - size * 0.12);
});

test('the default scale fits on the default disk', async () => expect(await isPlanned(10 * 1024, 50)).toBe(true));
