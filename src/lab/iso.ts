/** Contents by file name, in lower case. Level 1 of ISO 9660 has upper case, which Linux shows as lower case. */
export type IsoFiles = { readonly [name: string]: Buffer | string };

const SECTOR = 2048;
/** Sectors by content. The first 16 are not part of the file system. */
const SECTORS = { descriptor: 16, terminator: 17, paths: 18, pathsBigEndian: 19, root: 20, firstFile: 21 } as const;
/** Offsets in a directory record (ECMA-119, 9.1). */
const RECORD = { length: 0, sector: 2, size: 10, flags: 25, volumeNumber: 28, nameLength: 32, name: 33 } as const;
/** Offsets in the primary volume descriptor (ECMA-119, 8.4). */
const VOLUME = {
  systemName: 8,
  name: 40,
  unused: 72,
  sectors: 80,
  setSize: 120,
  number: 124,
  sectorSize: 128,
  pathTableSize: 132,
  paths: 140,
  pathsBigEndian: 148,
  root: 156,
  otherNames: 190,
  dates: 813,
  structureVersion: 881,
} as const;
const DIRECTORY = 2;
const LABEL = 'cfgdata';

/**
 * A CD image with a few files in its root, as KubeVirt creates one from a Secret.
 * @throws RangeError when the names do not fit into one sector
 * @see ECMA-119, and docs/decisions/iso.md for why this does not use a library
 */
export function isoImage(files: IsoFiles): Buffer {
  let next: number = SECTORS.firstFile;
  const placed = Object.entries(files).map(([name, given]) => {
    const content = Buffer.from(given);
    const sector = next;
    next += Math.ceil(content.length / SECTOR);
    return { name, content, sector };
  });
  const image = Buffer.alloc(next * SECTOR);
  const root = (name: string) => record({ name, sector: SECTORS.root, size: SECTOR, flags: DIRECTORY });
  const entries = placed.map(({ name, content, sector }) =>
    record({ name: `${name.toUpperCase()};1`, sector, size: content.length, flags: 0 }),
  );
  const directory = Buffer.concat([root('\0'), root('\x01'), ...entries]);
  if (directory.length > SECTOR) throw new RangeError(`a directory of ${directory.length} bytes does not fit into a sector`);
  directory.copy(image, SECTORS.root * SECTOR);
  for (const { content, sector } of placed) content.copy(image, sector * SECTOR);
  describe(image.subarray(SECTORS.descriptor * SECTOR), next, root('\0'));
  image.write('\xffCD001\x01', SECTORS.terminator * SECTOR, 'latin1');
  pathTable('LE').copy(image, SECTORS.paths * SECTOR);
  pathTable('BE').copy(image, SECTORS.pathsBigEndian * SECTOR);
  return image;
}

interface Entry {
  readonly name: string;
  readonly sector: number;
  readonly size: number;
  readonly flags: number;
}

/** A directory record. Its length is even. */
function record({ name, sector, size, flags }: Entry): Buffer {
  const length = RECORD.name + name.length + ((name.length + 1) % 2);
  const bytes = Buffer.alloc(length);
  bytes[RECORD.length] = length;
  both32(bytes, RECORD.sector, sector);
  both32(bytes, RECORD.size, size);
  bytes[RECORD.flags] = flags;
  both16(bytes, RECORD.volumeNumber, 1);
  bytes[RECORD.nameLength] = name.length;
  bytes.write(name, RECORD.name, 'latin1');
  return bytes;
}

/** Writes the primary volume descriptor. */
function describe(bytes: Buffer, sectors: number, root: Buffer): void {
  bytes.fill(' ', VOLUME.systemName, VOLUME.unused);
  bytes.write('\x01CD001\x01', 0, 'latin1');
  bytes.write(LABEL, VOLUME.name, 'latin1');
  both32(bytes, VOLUME.sectors, sectors);
  both16(bytes, VOLUME.setSize, 1);
  both16(bytes, VOLUME.number, 1);
  both16(bytes, VOLUME.sectorSize, SECTOR);
  both32(bytes, VOLUME.pathTableSize, pathTable('LE').length);
  bytes.writeUInt32LE(SECTORS.paths, VOLUME.paths);
  bytes.writeUInt32BE(SECTORS.pathsBigEndian, VOLUME.pathsBigEndian);
  root.copy(bytes, VOLUME.root);
  bytes.fill(' ', VOLUME.otherNames, VOLUME.dates);
  bytes[VOLUME.structureVersion] = 1;
}

/** A path table with the root only: length of its name, sector, number of its parent, name. */
function pathTable(order: 'LE' | 'BE'): Buffer {
  const bytes = Buffer.alloc(10);
  bytes[0] = 1;
  bytes[`writeUInt32${order}`](SECTORS.root, 2);
  bytes[`writeUInt16${order}`](1, 6);
  return bytes;
}

/** ISO 9660 stores most numbers in both byte orders. */
function both32(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value, at);
  bytes.writeUInt32BE(value, at + 4);
}

function both16(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt16LE(value, at);
  bytes.writeUInt16BE(value, at + 2);
}
