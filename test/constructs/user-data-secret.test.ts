import type { Manifest } from '../../src/validation/manifest';
import { SHIPPED } from '../support/entries';
import { manifestsOf } from '../support/manifests';

const SUBSTITUTE = 'kustomize.toolkit.fluxcd.io/substitute';

function holdsDollar(object: Manifest): boolean {
  return JSON.stringify(object).includes('$');
}

test.each(SHIPPED)('of %s: no object holds {{, which Helm and others would read', async (entry) => {
  expect((await manifestsOf(entry)).filter((object) => JSON.stringify(object).includes('{{'))).toEqual([]);
});

test.each(SHIPPED)('of %s: Flux substitutes nothing in an object that holds a $', async (entry) => {
  const objects = (await manifestsOf(entry)).filter(holdsDollar);
  expect(objects.map(({ kind, metadata }) => ({ kind, substitute: metadata.annotations?.[SUBSTITUTE] }))).toEqual(
    objects.map(() => ({ kind: 'Secret', substitute: 'disabled' })),
  );
  expect(objects).not.toEqual([]);
});
