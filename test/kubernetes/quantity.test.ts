import { aboutBytes, canonicalQuantity, formatBytes, parseBytes } from '../../src/kubernetes/quantity';

test.each([
  ['0', '0'],
  ['1024Mi', '1Gi'],
  ['2048Mi', '2Gi'],
  ['1.5Gi', '1536Mi'],
  ['1536Mi', '1536Mi'],
  ['0.5Gi', '512Mi'],
  ['1000', '1k'],
  ['1500', '1500'],
  ['2000M', '2G'],
  ['4096M', '4096M'],
  ['1e3', '1k'],
  ['10Gi', '10Gi'],
  ['1Ti', '1Ti'],
  ['1024Gi', '1Ti'],
  ['1Ki', '1Ki'],
  ['1.000000001Gi', '1073741826'],
])('%s is written %s', (given, written) => expect(canonicalQuantity(given)).toBe(written));

test.each(['', 'Gi', '2GB', '2gb', '-1Gi', '1 Gi', '1.Gi', '.5Gi', 'NaN', '0x10', '1Gi2'])('%j is not a quantity of bytes', (given) =>
  expect(parseBytes(given)).toBeUndefined());

test('the canonical form is the same amount', () => {
  for (const given of ['1.5Gi', '3000Mi', '7T', '12345678', '1e6']) expect(parseBytes(canonicalQuantity(given))).toBe(parseBytes(given));
});

test('sums are written with the largest unit that fits', () => expect(formatBytes(20n * 1024n ** 3n)).toBe('20Gi'));

test.each([
  [0n, '0'],
  [1n, '1'],
  [1024n, '1Ki'],
  [1025n, '1025'],
  [parseBytes('2Gi') as bigint, '2Gi'],
  [parseBytes('1.2Gi') as bigint, '1229Mi'],
  [parseBytes('600320Mi') as bigint, '587Gi'],
  [parseBytes('10Ti') as bigint, '10Ti'],
])('%s bytes are about %s', (bytes, text) => expect(aboutBytes(bytes)).toBe(text));
