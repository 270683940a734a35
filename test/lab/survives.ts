import { garbage, slow } from './clients';
import { eventually, type Lab } from './guest';

/** The survival checks of a shipped workload. */
export interface Survival {
  /** The workload units of each VM, by VM name without its prefix. */
  readonly units: { readonly [vm: string]: readonly string[] };
  /** The program that the unit needs; with `reset`, a script that root runs before the unit starts again. */
  readonly tool: { readonly vm: string; readonly unit: string; readonly program: string; readonly reset?: string };
  /** Fails when the workload has no effect. */
  readonly effect: () => Promise<void>;
  /** Seconds until a VM is healthy after its boot. @default what an emulated guest takes for a boot */
  readonly seconds?: number;
  /** Writes data to the data disk, and checks it under a new root disk. @default no data disk */
  readonly data?: { readonly leave: () => void; readonly find: () => void };
}

/** Seconds that an emulated guest may take to boot again. */
const BOOT = 500;

/** Tests for `npm run test:guest -- --all` only. docs/lab-report.md has a column for each kind. */
export function survives(lab: Lab, { units, tool, effect, seconds = BOOT, data }: Survival): void {
  if (process.env.ALL_GUEST_TESTS !== '1') return;
  const healthy = () => eventually(() => expect(lab.vms().map(({ state }) => state)).toEqual(lab.vms().map(() => 'healthy')), seconds);

  test.each(
    Object.entries(units).flatMap(([vm, each]) => each.map((unit): [string, string] => [vm, unit])),
  )('killed: %s %s is back within RestartSec', async (vm, unit) => {
    // A oneshot unit has no process to kill.
    const script = `test "$(systemctl show -P MainPID ${unit})" != 0 || exit 0
        wait=$(systemctl show -P RestartUSec ${unit} | sed 's/min/*60+/; s/s$//')
        systemctl kill -s KILL --kill-who=main ${unit}
        for i in $(seq $((wait + 30))); do sleep 1; systemctl is-active --quiet ${unit} && test "$(systemctl show -P NRestarts ${unit})" -gt 0 && exit 0; done; exit 1`;
    lab.exec(vm, script);
    await healthy();
  });

  test('broken twin: without its tool the unit is reported as unhealthy', async () => {
    const { vm, unit, program, reset = 'true' } = tool;
    lab.exec(vm, `mount --bind /bin/false "$(command -v ${program})"; ${reset}; systemctl restart --no-block ${unit}`);
    await eventually(() => {
      const { health } = lab.vms().find(({ name }) => name === `virtwork-${vm}`) ?? {};
      expect(health).toMatchObject({ status: 503, text: expect.stringMatching(new RegExp(`^(?!ok).*${unit}`, 'm')) });
    });
    lab.exec(vm, `umount "$(command -v ${program})"; ${reset}; systemctl restart --no-block ${unit}`);
    await healthy();
  });

  test('reboot: the same state again', async () => {
    for (const vm of Object.keys(units)) lab.exec(vm, 'systemctl reboot --no-block; true');
    await new Promise((resolve) => {
      setTimeout(resolve, 15_000);
    });
    await healthy();
    await effect();
  });

  test('fresh root: the same state again', async () => {
    data?.leave();
    lab.restart();
    await healthy();
    data?.find();
    await effect();
  });

  test('the health endpoint withstands garbage, slow and many clients', async () => {
    const { healthPort } = lab.vms()[0] as { healthPort: number };
    await garbage(healthPort);
    // From one address, which may have at most eight connections.
    const done = slow(healthPort, 4);
    try {
      const many = await Promise.all(
        Array.from({ length: 4 }, () => fetch(`http://127.0.0.1:${healthPort}/healthz`).then((response) => response.text())),
      );
      // All get a true answer. Under emulation, systemd may be too slow to report the state.
      const untrue = many.flatMap((text) => text.trim().split('\n')).filter((line) => !/^ok |no answer from systemd$/.test(line));
      expect(untrue).toEqual([]);
    } finally {
      await done();
    }
    await healthy();
  });
}
