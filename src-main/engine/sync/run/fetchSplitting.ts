/**
 * A command about many messages that a server refuses because of one of them is repeated with halves, until the one is found: one
 * malformed message never stops the next.
 */
import { isMailError } from '#shared/errors/MailError.ts';

/** A refusal of the command, not of the connection: the next one may be answered. */
function refusedAlone(error: unknown): boolean {
  return isMailError(error) && (error.code === 'server-refused' || error.code === 'protocol-error');
}

export async function fetchSplitting(
  uids: readonly number[],
  usable: () => boolean,
  fetch: (uids: readonly number[]) => Promise<void>,
  onBad: (uid: number, error: unknown) => void,
): Promise<void> {
  try {
    await fetch(uids);
  } catch (error) {
    if (!refusedAlone(error) || !usable() || uids.length === 0) throw error;
    const [only] = uids;
    if (uids.length === 1 && only !== undefined) {
      onBad(only, error);
      return;
    }
    const middle = uids.length >> 1;
    // The newer half first.
    await fetchSplitting(uids.slice(middle), usable, fetch, onBad);
    await fetchSplitting(uids.slice(0, middle), usable, fetch, onBad);
  }
}
