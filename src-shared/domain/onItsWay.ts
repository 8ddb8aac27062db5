/** Which mails of the outbox a person believes to be on their way. Pure. */

/** The undo window is shorter. */
const soonMs = 2 * 60_000;

/** Mails that are to be sent later are not, nor are those that a person has to look at. */
export function isOnItsWay(
  { state, sendAt }: { readonly state: string; readonly sendAt: number },
  now: number,
): boolean {
  return state === 'sending' || state === 'retrying' || (state === 'waiting' && sendAt <= now + soonMs);
}
