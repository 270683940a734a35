import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Finds missing parts of shipped workloads, other than the files of their entries.
 * @param root folder of the project
 * @param shipped names in catalog/index.yaml
 * @returns a sentence for each missing part
 */
export function missingParts(root: string, shipped: readonly string[]): string[] {
  const folders = readdirSync(join(root, 'catalog'), { withFileTypes: true })
    .filter((file) => file.isDirectory() && !/^[._]/.test(file.name))
    .map(({ name }) => name);
  const parts = (name: string) => [
    { file: `test/lab/boot/${name}.boot.ts`, what: 'the test that boots it; start from a copy of test/lab/boot/sysbench.boot.ts' },
    { file: `catalog/${name}/README.md`, what: 'what it does, what monitoring shows, how to stop it' },
  ];
  return [
    ...folders
      .filter((name) => !shipped.includes(name))
      .map((name) => `catalog/${name} is not listed: add ${name} to default, opt-in or examples in catalog/index.yaml`),
    ...shipped
      .filter((name) => !folders.includes(name))
      .map((name) => `catalog/index.yaml lists ${name}: add the folder catalog/${name}, or remove the name`),
    ...folders
      .flatMap(parts)
      .filter(({ file }) => !existsSync(join(root, file)))
      .map(({ file, what }) => `add ${file}: ${what}`),
    ...folders.flatMap((name) => missingChecks(root, name)),
  ];
}

/** Survival checks that are missing in the boot test of an entry. */
function missingChecks(root: string, name: string): string[] {
  const file = `test/lab/boot/${name}.boot.ts`;
  if (!existsSync(join(root, file))) return [];
  const text = readFileSync(join(root, file), 'utf8');
  const hasDisk = /^storage:/m.test(readFileSync(join(root, 'catalog', name, 'workload.yaml'), 'utf8'));
  return [
    ...(/^ *survives\(/m.test(text) ? [] : [`${file}: call survives() of test/lab/survives.ts`]),
    ...(!hasDisk || /^ {2,}data: /m.test(text) ? [] : [`${file}: add data to survives(), which checks that the data disk keeps its files`]),
  ];
}
