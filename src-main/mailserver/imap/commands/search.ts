/** SEARCH and UID SEARCH, with RETURN (RFC 4731) and WITHIN (RFC 5032). */
import type { Arguments } from '../Arguments.ts';
import type { Commands, Done } from '../command.ts';
import type { ImapSession } from '../ImapSession.ts';
import { bad, Refusal } from '../Refusal.ts';
import { readSearchKeys } from '../searchKeys.ts';
import { numberSet, quoted } from '../wire.ts';

export const searchCommands: Commands = {
  SEARCH: { when: 'selected', withholdsExpunges: true, run: (session, args) => search(session, args, false) },
  'UID SEARCH': { when: 'selected', run: (session, args) => search(session, args, true) },
};

function search(session: ImapSession, args: Arguments, byUid: boolean): Done {
  args.space();
  let returns: string[] | null = null;
  if (session.has('ESEARCH') && args.takeWord('RETURN')) {
    args.space();
    returns = args.list(() => args.atom().toUpperCase());
    if (returns.length === 0) returns = ['ALL'];
    const unknown = returns.find((option) => !['MIN', 'MAX', 'ALL', 'COUNT'].includes(option));
    if (unknown !== undefined) throw bad(`unknown return option ${unknown}`);
    args.space();
  }
  if (args.takeWord('CHARSET')) {
    args.space();
    const charset = args.astring().toUpperCase();
    if (charset !== 'UTF-8' && charset !== 'US-ASCII') {
      throw new Refusal('NO', 'Unknown charset', 'BADCHARSET (UTF-8 US-ASCII)');
    }
    args.space();
  }
  const { current } = session;
  const { matches, usesModseq } = readSearchKeys(args, {
    largestSequence: current.exists,
    largestUid: current.largestUid,
    now: session.surroundings.clock.now(),
    has: (capability) => session.has(capability),
  });
  args.end();
  if (usesModseq) session.enabled.add('CONDSTORE');
  const hits = current.all().filter((seen) => matches(seen));
  const numbers = hits.map(({ sequence, mail }) => (byUid ? mail.uid : sequence));
  const highest = hits.reduce((max, { mail }) => Math.max(max, mail.modseq), 0);
  const modseq = usesModseq && hits.length > 0 ? highest : null;
  if (returns === null) {
    const suffix = modseq === null ? '' : ` (MODSEQ ${modseq.toString()})`;
    session.untagged(`SEARCH${numbers.map((number) => ` ${number.toString()}`).join('')}${suffix}`);
  } else session.untagged(extendedAnswer(args.tag, returns, numbers, byUid, modseq));
  return { text: 'Search completed' };
}

function extendedAnswer(
  tag: string,
  returns: readonly string[],
  numbers: readonly number[],
  byUid: boolean,
  modseq: number | null,
): string {
  let answer = `ESEARCH (TAG ${quoted(tag)})${byUid ? ' UID' : ''}`;
  const first = numbers[0];
  const last = numbers.at(-1);
  if (returns.includes('MIN') && first !== undefined) answer += ` MIN ${first.toString()}`;
  if (returns.includes('MAX') && last !== undefined) answer += ` MAX ${last.toString()}`;
  if (returns.includes('ALL') && numbers.length > 0) answer += ` ALL ${numberSet(numbers)}`;
  if (returns.includes('COUNT')) answer += ` COUNT ${numbers.length.toString()}`;
  if (modseq !== null) answer += ` MODSEQ ${modseq.toString()}`;
  return answer;
}
