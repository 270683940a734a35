import { nameUuid } from '../../src/kubernetes/name-uuid';

/** Computed with another program: Python's uuid.uuid5. */
test.each([
  ['virtwork/default', '7ce1ab17-fec0-574e-9698-4cf3ac324731'],
  ['', '88d81d8d-24e1-525e-9a82-c714b1e87e9b'],
  ['é', 'ef3a383e-cc46-5321-b025-8c5e39816c29'],
])('the UUID of %j', (name, uuid) => expect(nameUuid(name)).toBe(uuid));
