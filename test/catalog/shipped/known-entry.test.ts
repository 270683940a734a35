import { cpSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFiles } from '../../../src/catalog/files/guest-files';
import { readEntry } from '../../../src/catalog/read';
import { filesWithoutTexts, hashOf, knownEntry, knownPiece, textsOf, withoutTexts } from '../../../src/catalog/shipped/known-entry';
import { BUILT_IN } from '../../support/entries';
import { ROOT, tempDir } from '../../support/render';

const KNOWN = new Map<string, string>();
const PIECES = new Map<string, string>();
jest.mock('../../../src/catalog/shipped/known-entries', () => ({
  get KNOWN_PIECES() {
    return PIECES;
  },
  get KNOWN_ENTRIES() {
    return KNOWN;
  },
}));

const CATALOG = join(ROOT, 'catalog');

function read(folder: string, name: string) {
  const findings = { problems: [], warnings: [] };
  const entry = readEntry(folder, name, true, findings);
  expect(findings).toEqual({ problems: [], warnings: [] });
  if (!entry) throw new Error(name);
  return entry;
}

/** As the build does it. */
function know(name: string): void {
  const folder = join(CATALOG, name);
  KNOWN.delete(name);
  KNOWN.set(name, JSON.stringify({ hash: hashOf(textsOf(folder)), entry: withoutTexts(read(folder, name)) }));
}

afterEach(() => {
  KNOWN.clear();
  PIECES.clear();
});

test.each(BUILT_IN)('%s is the same as when it is read', (name) => {
  const expected = read(join(CATALOG, name), 'shown/here');
  know(name);
  expect(knownEntry(join(CATALOG, name), 'shown/here')).toEqual(expected);
});

describe('an entry that was changed since the build is read', () => {
  test.each<[string, (folder: string) => void]>([
    ['a text is another', (folder) => writeFileSync(join(folder, 'workload.yaml'), 'description: other\n')],
    ['a file is new', (folder) => writeFileSync(join(folder, 'files/new'), '')],
    ['a file is gone', (folder) => rmSync(join(folder, 'README.md'))],
    [
      'a file is a link',
      (folder) => {
        rmSync(join(folder, 'README.md'));
        symlinkSync(join(CATALOG, 'cpu/README.md'), join(folder, 'README.md'));
      },
    ],
  ])('%s', (_, change) => {
    know('cpu');
    const folder = join(tempDir(), 'cpu');
    cpSync(join(CATALOG, 'cpu'), folder, { recursive: true });
    expect(knownEntry(folder, 'cpu')).toBeDefined();
    change(folder);
    expect(knownEntry(folder, 'cpu')).toBeUndefined();
  });
});

test('an entry that the build does not know is read', () => expect(knownEntry(join(CATALOG, 'cpu'), 'cpu')).toBeUndefined());

test.each(readdirSync(join(CATALOG, '_shared')))('the shared piece %s is the same as when it is read, until it changes', (piece) => {
  const folder = join(tempDir(), piece);
  cpSync(join(CATALOG, '_shared', piece), folder, { recursive: true });
  const files = readFiles(folder, 'files', 'shown', { problems: [], warnings: [] });
  PIECES.set(piece, JSON.stringify({ hash: hashOf(textsOf(folder)), files: filesWithoutTexts(files, 'shown') }));
  expect(knownPiece(folder, 'shown')).toEqual(files);
  writeFileSync(join(folder, 'files/new'), '');
  expect(knownPiece(folder, 'shown')).toBeUndefined();
});
