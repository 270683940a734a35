/** CPU time of this process in milliseconds. Unlike a clock, it does not count the time in which other programs run. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
