import { loadAll as all, dump } from 'js-yaml';

/** The documents of a YAML stream. */
export function loadAll(text) {
  return all(text);
}

export function dumpAll(documents) {
  return documents.map((document) => dump(document, { lineWidth: -1, noRefs: true })).join('---\n');
}
