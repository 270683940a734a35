/** Milliseconds that this process has used of processors: unlike a clock it stands still while other programs run. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
