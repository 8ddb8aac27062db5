/** What a person who joins typed or was sent: a join link, or the path of a config file. */

export interface JoinTarget {
  /** An address or a path. */
  readonly source: string;
  /** null: nothing vouches for what lies there. */
  readonly fingerprint: string | null;
}

/** The engine judges it; here it is read only to say what is vouched for. */
export function readJoinTarget(text: string): JoinTarget {
  const trimmed = text.trim();
  const query = /^postkorb:\/\/join\/?\?(.*)$/i.exec(trimmed)?.[1];
  if (query === undefined) return { source: trimmed, fingerprint: null };
  const params = new URLSearchParams(query);
  return { source: params.get('url') ?? '', fingerprint: params.get('key') };
}

/** A link that vouches for what a person has seen, so that nothing else can be joined in its place. */
export function pinned(source: string, fingerprint: string): string {
  return `postkorb://join?${new URLSearchParams({ url: source, key: fingerprint }).toString()}`;
}
