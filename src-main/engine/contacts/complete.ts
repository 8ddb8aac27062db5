/** Whom a typed text may mean: address book, whom the user writes to, the organisation, and who wrote to him, in this order. */
import {
  findContactAddresses,
  findCorrespondents,
  findGroups,
  hiddenAmong,
  type FoundAddress,
} from '#engine/store/correspondents.repo.ts';
import type { ReadDb } from '#engine/store/handles.ts';
import type { SuggestedPerson, Suggestion } from '#shared/contract/contacts.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import { findableWords, meetsAll, wantedWords } from '#shared/domain/contacts.ts';

export interface CompletionRequest {
  readonly text: string;
  readonly limit: number;
  readonly except: readonly string[];
}

type Source = Extract<Suggestion, { kind: 'person' }>['source'];

interface Candidate {
  readonly found: FoundAddress;
  readonly source: Source;
}

/** Groups that are shown beside people. */
const maxGroups = 3;

/** Who is written to stands before who is only known, and that before who was only seen. */
function tier({ found, source }: Candidate): number {
  if (found.sent > 0) return 2;
  return source === 'seen' ? 0 : 1;
}

/** @param members of the organisation: whoever can be written to beside one's own contacts */
export function complete(
  db: ReadDb,
  request: CompletionRequest,
  members: readonly SuggestedPerson[],
): Suggestion[] {
  const wanted = wantedWords(request.text);
  // Something was typed, and nothing of it can be looked for.
  if (wanted.length === 0 && request.text.trim() !== '') return [];
  const except = new Set(request.except.map(normaliseAddress));
  const many = request.limit + except.size;
  const candidates = new Map<string, Candidate>();
  for (const found of findContactAddresses(db, wanted, many))
    candidates.set(found.address, { found, source: 'contact' });
  for (const found of findCorrespondents(db, wanted, many)) {
    if (!candidates.has(found.address))
      candidates.set(found.address, { found, source: found.sent > 0 ? 'written' : 'seen' });
  }
  if (wanted.length > 0) addMembers(db, candidates, members, wanted);
  const typed = normaliseAddress(request.text);
  const people = [...candidates.values()]
    .filter(({ found }) => !except.has(found.address))
    .sort(
      (a, b) =>
        Number(b.found.address === typed) - Number(a.found.address === typed) ||
        tier(b) - tier(a) ||
        b.found.rank - a.found.rank ||
        a.found.name.localeCompare(b.found.name),
    )
    .map(({ found, source }): Suggestion => ({
      kind: 'person',
      name: found.name,
      address: found.shown,
      source,
    }));
  const groups = (wanted.length === 0 ? [] : findGroups(db, wanted, maxGroups)).map(
    ({ id, name, members: all }): Suggestion => ({ kind: 'group', id, name, members: [...all] }),
  );
  return [...groups, ...people].slice(0, request.limit);
}

/** Colleagues are found from the first day on, by the name that the organisation gives them. */
function addMembers(
  db: ReadDb,
  candidates: Map<string, Candidate>,
  members: readonly SuggestedPerson[],
  wanted: readonly string[],
): void {
  const meeting = members.filter(({ name, address }) => meetsAll(findableWords(name, address), wanted));
  const keys = meeting.map(({ address }) => normaliseAddress(address));
  const hidden = hiddenAmong(db, keys);
  meeting.forEach(({ name, address }, at) => {
    const key = keys[at] ?? '';
    const known = candidates.get(key);
    if (hidden.has(key) || known?.source === 'contact') return;
    const found = known?.found ?? { address: key, shown: address, name, sent: 0, rank: 0 };
    candidates.set(key, { found: { ...found, name }, source: 'member' });
  });
}
