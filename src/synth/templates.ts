import type { Problem } from '../errors';

/** A document of a file. */
export interface Document {
  readonly kind: string;
  /** The role whose VMs it stands for. @default it stands for itself */
  readonly role?: string;
  /** In pieces, of which files that are alike have the same ones. */
  readonly text: readonly string[];
}

/** What rendering a file results in. */
export interface Rendered {
  readonly documents: readonly Document[];
  readonly problems: readonly Problem[];
}

/** What a file is rendered from. */
export interface Source {
  /** All of it, without what the parts are rendered from. */
  readonly data: object;
  /** Strings in it that files which are alike have others for. */
  readonly names: readonly string[];
  /** Parts of the documents that are rendered from something else. */
  readonly parts: readonly string[];
}

/** Text, and indexes of words between it. */
type Pieces = readonly (string | number)[];

interface Template {
  /** Those of the file that was rendered and checked. */
  readonly names: readonly string[];
  readonly documents: readonly (Omit<Document, 'text'> & { readonly pieces: Pieces })[];
}

/**
 * The bases of an experiment are alike: many files differ from others only in names, such as that of the group. Such a file is rendered
 * and checked once, and each other one is its text with other words. Rendering copies names as they are, and YAML needs no quotes for them.
 */
export class Templates {
  private readonly known = new Map<string, Template>();

  /** @param render renders and checks the file */
  file({ data, names, parts }: Source, render: () => Rendered): Rendered {
    if (!names.every(isPlain)) return render();
    const words = [...parts, ...names];
    // Where two words are the same, other files cannot have different ones.
    const same = words.map((word) => words.indexOf(word));
    const key = JSON.stringify([same, split(JSON.stringify(data), names)]);
    const known = this.known.get(key);
    // What is correct with long names is correct with shorter ones.
    if (known?.names.every((name, index) => name.length >= (names[index] as string).length))
      return { documents: filled(known, words), problems: [] };
    const rendered = render();
    if (rendered.problems.length === 0) {
      const documents = rendered.documents.map(({ text, ...document }) => ({ ...document, pieces: split(text.join(''), words) }));
      this.known.set(key, { names, documents });
    }
    return rendered;
  }
}

/** Names of objects with a hyphen, and UUIDs: YAML writes all of them in the same way. */
function isPlain(name: string): boolean {
  return /^(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(name);
}

function split(text: string, words: readonly string[]): Pieces {
  // A word may contain shorter ones.
  const longest = [...words.entries()].sort(([, a], [, b]) => b.length - a.length);
  return longest.reduce<Pieces>(
    (pieces, [index, word]) =>
      pieces.flatMap((piece) =>
        typeof piece === 'number' ? piece : piece.split(word).flatMap((part, at) => (at === 0 ? [part] : [index, part])),
      ),
    [text],
  );
}

function filled({ documents }: Template, words: readonly string[]): Document[] {
  return documents.map(({ pieces, ...document }) => ({
    ...document,
    text: pieces.map((piece) => (typeof piece === 'number' ? (words[piece] as string) : piece)),
  }));
}
