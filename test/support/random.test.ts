import { seeded } from './random';

test('the numbers of a seed are the same on every machine', () => {
  const [first, second] = [seeded(1), seeded(2)];
  expect([first(), first(), first()]).toEqual([
    expect.closeTo(0.62707394, 7),
    expect.closeTo(0.00273572, 7),
    expect.closeTo(0.52744703, 7),
  ]);
  expect(second()).toEqual(expect.closeTo(0.73425094, 7));
});
