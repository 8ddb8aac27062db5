/** Finds settings by what a person types: every word must occur in the name, the choices or the group of a setting. Pure. */

export interface SearchableSetting {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  /** The choices and explanations beside it: somebody may look for "dark" and mean the theme. */
  readonly more: readonly string[];
}

/** Letters without accents and case, so that "fur" finds "für". */
export function searchKey(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').toLocaleLowerCase();
}

export function matchingSettings(settings: readonly SearchableSetting[], query: string): ReadonlySet<string> {
  const words = searchKey(query).split(/\s+/).filter(Boolean);
  return new Set(
    settings
      .filter(({ group, name, more }) => {
        const text = searchKey([group, name, ...more].join(' '));
        return words.every((word) => text.includes(word));
      })
      .map(({ id }) => id),
  );
}
