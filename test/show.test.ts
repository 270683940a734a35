import { hasUnseen, show, visible } from '../src/show';

test.each<[string, string]>([
  ['\u001b[31mred', '\\u001b[31mred'],
  ['\u0007\b\r\u0000', '\\u0007\\u0008\\u000d\\u0000'],
  ['\u007f\u009b31m', '\\u007f\\u009b31m'],
  ['\u202eabc\u202c', '\\u202eabc\\u202c'],
  ['\u2066a\u2069\u061c', '\\u2066a\\u2069\\u061c'],
  ['a\u200bb\u200d\ufeff\u00ad\u2060', 'a\\u200bb\\u200d\\ufeff\\u00ad\\u2060'],
  ['line\u2028para\u2029', 'line\\u2028para\\u2029'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['tab\tand\nline', 'tab\tand\nline'],
  ['é ü 漢字 🎉 …', 'é ü 漢字 🎉 …'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(hasUnseen(shown)).toBe(false);
});

test('JSON says the same with it', () => {
  const value = { key: '\u001b\u009b\u202e\u200b\u{e0041}\r"\\' };
  expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
});

test('a value is cut', () => {
  expect(show('x'.repeat(1000))).toHaveLength(78);
});
