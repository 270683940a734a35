/** Contents by file name, in small letters: the oldest form of ISO 9660 has capitals, which Linux shows as small letters. */
export type IsoFiles = { readonly [name: string]: Buffer | string };

const SECTOR = 2048;
/** Sectors by their use; what comes before the first is none of the file system's. */
const [DESCRIPTOR, TERMINATOR, PATHS, PATHS_BIG_ENDIAN, ROOT, FIRST_FILE] = [16, 17, 18, 19, 20, 21] as const;
const DIRECTORY = 2;

/**
 * A CD image with a few files in its root, as KubeVirt makes one of a Secret. No tool for that is part of every system.
 * @see ECMA-119
 */
export function isoImage(files: IsoFiles): Buffer {
  let next: number = FIRST_FILE;
  const placed = Object.entries(files).map(([name, given]) => {
    const content = Buffer.from(given);
    const sector = next;
    next += Math.ceil(content.length / SECTOR);
    return { name, content, sector };
  });
  const image = Buffer.alloc(next * SECTOR);
  const root = (name: string) => record({ name, sector: ROOT, size: SECTOR, flags: DIRECTORY });
  const entries = placed.map(({ name, content, sector }) =>
    record({ name: `${name.toUpperCase()};1`, sector, size: content.length, flags: 0 }),
  );
  const directory = Buffer.concat([root('\0'), root('\x01'), ...entries]);
  if (directory.length > SECTOR) throw new RangeError(`a directory of ${directory.length} bytes does not fit into a sector`);
  directory.copy(image, ROOT * SECTOR);
  for (const { content, sector } of placed) content.copy(image, sector * SECTOR);
  describe(image.subarray(DESCRIPTOR * SECTOR), next, root('\0'));
  image.write('\xffCD001\x01', TERMINATOR * SECTOR, 'latin1');
  pathTable('LE').copy(image, PATHS * SECTOR);
  pathTable('BE').copy(image, PATHS_BIG_ENDIAN * SECTOR);
  return image;
}

interface Entry {
  readonly name: string;
  readonly sector: number;
  readonly size: number;
  readonly flags: number;
}

/** A line of a directory. */
function record({ name, sector, size, flags }: Entry): Buffer {
  const length = 33 + name.length + ((name.length + 1) % 2);
  const bytes = Buffer.alloc(length);
  bytes[0] = length;
  both32(bytes, 2, sector);
  both32(bytes, 10, size);
  bytes[25] = flags;
  both16(bytes, 28, 1);
  bytes[32] = name.length;
  bytes.write(name, 33, 'latin1');
  return bytes;
}

function describe(bytes: Buffer, sectors: number, root: Buffer): void {
  bytes.fill(' ', 8, 72);
  bytes.write('\x01CD001\x01', 0, 'latin1');
  bytes.write('cfgdata', 40, 'latin1');
  both32(bytes, 80, sectors);
  both16(bytes, 120, 1);
  both16(bytes, 124, 1);
  both16(bytes, 128, SECTOR);
  both32(bytes, 132, pathTable('LE').length);
  bytes.writeUInt32LE(PATHS, 140);
  bytes.writeUInt32BE(PATHS_BIG_ENDIAN, 148);
  root.copy(bytes, 156);
  bytes.fill(' ', 190, 813);
  bytes[881] = 1;
}

/** The root alone. */
function pathTable(order: 'LE' | 'BE'): Buffer {
  const bytes = Buffer.alloc(10);
  bytes[0] = 1;
  bytes[`writeUInt32${order}`](ROOT, 2);
  bytes[`writeUInt16${order}`](1, 6);
  return bytes;
}

/** Numbers stand there in both orders of their bytes. */
function both32(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value, at);
  bytes.writeUInt32BE(value, at + 4);
}

function both16(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt16LE(value, at);
  bytes.writeUInt16BE(value, at + 2);
}
