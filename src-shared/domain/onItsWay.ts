/** How many mails of the outbox a person believes to be on their way. Pure. */

/** The undo window is shorter. */
const soonMs = 2 * 60_000;

/** Mails that would go out by themselves. Those that are to be sent later were meant to wait; others a person has to look at. */
export function countOnItsWay(
  entries: readonly { readonly state: string; readonly sendAt: number }[],
  now: number,
): number {
  return entries.filter(
    ({ state, sendAt }) =>
      state === 'sending' || state === 'retrying' || (state === 'waiting' && sendAt <= now + soonMs),
  ).length;
}
