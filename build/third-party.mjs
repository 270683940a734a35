// What of other projects is in the package, for those who pass it on.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths in the lock file of the packages of which a bundle holds something. */
export function bundledPackages(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((output) => Object.entries(output.inputs)));
  const packages = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([input]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input.replaceAll('\\', '/'))?.[0]);
  return [...new Set(packages.filter(Boolean))].sort();
}

const RULE = '-'.repeat(80);

/**
 * Their licences, as these demand it.
 * @throws Error when one comes without the text of its licence
 */
export function notices(root, bundled) {
  return `${[
    `virtwork is under the Apache License 2.0, see LICENSE. the .cjs files of lib/ contain code of the packages below. imports/crds, and
lib/imports which is generated from it, describe the APIs of KubeVirt and of its Containerized Data Importer, Copyright The KubeVirt Authors,
under the same license.`,
    ...bundled.flatMap((path) => notice(join(root, path))),
  ].join('\n\n')}\n`;
}

function notice(folder) {
  const { name, version, license } = readJson(join(folder, 'package.json'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.every((file) => /^notice/i.test(file))) throw new Error(`${folder} has no file with its licence`);
  return [
    `${RULE}\n${name} ${version} (${license})\n${RULE}`,
    ...files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim()),
  ];
}

/**
 * A bill of materials in the form of CycloneDX: what the bundles hold, and what is installed beside them. It is made of package.json and the
 * lock file alone, so the same sources give the same bytes. `npm sbom` adds a date and a random number, and lists a package that a
 * development tool bundles in the place of ours, where both have one version.
 */
export function billOfMaterials(root, bundled) {
  const { name, version, description, license, repository } = readJson(join(root, 'package.json'));
  const { packages } = readJson(join(root, 'package-lock.json'));
  const idOf = (path) => `${nameOf(packages, path)}@${packages[path].version}`;
  const installed = installedPackages(packages);
  const paths = [...bundled, ...installed.keys()].filter((path) => path !== '');
  // A package of one version may be installed in several folders.
  const parts = [...new Map(paths.map((path) => [idOf(path), path])).values()].sort(by(idOf));
  const dependsOn = (paths) => [...new Set(paths.map(idOf))].sort();
  const id = `${name}@${version}`;
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      // Not as a package of npm: the registry's package of that name is not this one.
      component: {
        'bom-ref': id,
        type: 'application',
        name,
        version,
        description,
        licenses: [{ license: { id: license } }],
        externalReferences: [{ type: 'vcs', url: repository.url }],
      },
    },
    components: parts.map((path) => ({ 'bom-ref': idOf(path), ...component(packages, path, bundled.includes(path)) })),
    dependencies: [
      { ref: id, dependsOn: dependsOn([...bundled, ...installed.get('')]) },
      ...parts.map((path) => ({ ref: idOf(path), dependsOn: dependsOn(installed.get(path) ?? []) })),
    ],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function component(packages, path, isBundled) {
  const name = nameOf(packages, path);
  const { version, license, integrity, optional } = packages[path];
  return {
    type: 'library',
    name,
    version,
    scope: optional ? 'optional' : 'required',
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') }],
    licenses: [/ /.test(license) ? { expression: license } : { license: { id: license } }],
    ...(isBundled ? { properties: [{ name: 'cdx:npm:package:bundled', value: 'true' }] } : {}),
  };
}

/** What runs beside the bundles, each with what it depends on: paths in the lock file, the first of them that of virtwork itself. */
function installedPackages(packages) {
  const found = new Map();
  const visit = (path) => {
    if (found.has(path)) return;
    const { dependencies, optionalDependencies } = packages[path];
    const paths = Object.keys({ ...dependencies, ...optionalDependencies }).map((name) => resolved(packages, path, name));
    found.set(path, paths);
    paths.forEach(visit);
  };
  visit('');
  return found;
}

/** Where Node finds what the package at a path requires. */
function resolved(packages, path, name) {
  const here = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (here in packages) return here;
  if (path === '') throw new Error(`${name} is not in package-lock.json`);
  return resolved(packages, path.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, ''), name);
}

function nameOf(packages, path) {
  return packages[path].name ?? path.replace(/^.*node_modules\//, '');
}

function by(key) {
  return (a, b) => (key(a) < key(b) ? -1 : 1);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
