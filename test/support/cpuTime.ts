/** Processor time of this process so far, in ms: what a piece of work costs, whatever else the machine is doing. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
