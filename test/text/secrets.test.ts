import { keepSecret, withoutSecrets } from '../../src/text/secrets';

const HASH = '$6$0123456789abcdef$QnVuZGVzcmVwdWJsaWs.uVtZrJ9wq0xkT7yLhPzC1Gm5sE3oD8iRbN6aKf2Xj4Wv';

beforeAll(() => keepSecret(HASH));

test('a secret is masked anywhere in a string', () => {
  expect(withoutSecrets(`a ${HASH} b "${HASH}"`)).toBe('a *** b "***"');
  expect(withoutSecrets('nothing')).toBe('nothing');
});

test.each([0, 1, 2, 3, 4, 5, 40])('also in base64, after %d bytes', (before) => {
  const text = Buffer.from(`${'x'.repeat(before)}${HASH}\nand more`).toString('base64');
  const masked = withoutSecrets(`userdata: ${text}`);
  expect(masked).toMatch(/^userdata: [A-Za-z0-9+/]*\*\*\*[A-Za-z0-9+/=]+$/);
  // Only bytes of the secret that share a base64 character with other text remain.
  const left = masked
    .slice('userdata: '.length)
    .split('***')
    .map((part, index) =>
      Buffer.from(index === 0 ? part : 'A'.repeat((4 - (part.replace(/=+$/, '').length % 4)) % 4) + part, 'base64').toString('latin1'),
    );
  expect(left.join('')).not.toMatch(/6\$0123|6aKf2Xj4/);
});
