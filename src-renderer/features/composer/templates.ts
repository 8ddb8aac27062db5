/** Templates with their placeholders filled. What cannot be filled stays as it is written, marked, and is asked about before sending. Pure. */
import type { Template } from '#shared/contract/writing.ts';
import { firstNameOf } from '#shared/domain/contacts.ts';
import { escapeHtml } from './bodyText.ts';

/** What a template may name, each in both languages: templates travel between people. */
const names = {
  name: 'name',
  firstname: 'firstname',
  vorname: 'firstname',
  address: 'address',
  adresse: 'address',
  subject: 'subject',
  betreff: 'subject',
  date: 'date',
  datum: 'date',
  time: 'time',
  uhrzeit: 'time',
  me: 'me',
  ich: 'me',
} as const;
export type Placeholder = (typeof names)[keyof typeof names];
/** As they are written where they are offered: each language has its own words, and every template knows both. */
export const placeholderWords: Readonly<Record<'en' | 'de', Readonly<Record<Placeholder, string>>>> = {
  en: {
    firstname: '{firstname}',
    name: '{name}',
    address: '{address}',
    subject: '{subject}',
    date: '{date}',
    time: '{time}',
    me: '{me}',
  },
  de: {
    firstname: '{vorname}',
    name: '{name}',
    address: '{adresse}',
    subject: '{betreff}',
    date: '{datum}',
    time: '{uhrzeit}',
    me: '{ich}',
  },
};

/** As they are offered, in the order of use. */
export const placeholders: readonly Placeholder[] = [
  'firstname',
  'name',
  'address',
  'subject',
  'date',
  'time',
  'me',
];

const pattern = /\{([\p{L}][\p{L}\p{N}_-]{0,29})\}/gu;

export type PlaceholderValues = Readonly<Record<Placeholder, string>>;

function meaning(word: string): Placeholder | null {
  const key = word.toLowerCase();
  return Object.hasOwn(names, key) ? names[key as keyof typeof names] : null;
}

/** Those that no template knows, each once, as written. */
export function unknownPlaceholders(text: string): string[] {
  return [
    ...new Set(
      [...text.matchAll(pattern)].filter(([, word = '']) => meaning(word) === null).map(([all]) => all),
    ),
  ];
}

/** What the mail says about its first recipient and its sender; '' where it says nothing yet. */
export function placeholderValues(mail: {
  readonly to: { readonly name: string; readonly address: string } | undefined;
  readonly subject: string;
  readonly me: string;
  readonly date: string;
  readonly time: string;
}): PlaceholderValues {
  const { to, subject, me, date, time } = mail;
  return {
    name: to?.name ?? '',
    firstname: firstNameOf(to?.name ?? ''),
    address: to?.address ?? '',
    subject,
    date,
    time,
    me,
  };
}

function fill(
  text: string,
  values: PlaceholderValues,
  write: (value: string) => string,
  mark: (placeholder: string) => string,
): { text: string; open: string[] } {
  const open: string[] = [];
  const filled = text.replace(pattern, (all, word: string) => {
    const known = meaning(word);
    const value = known === null ? '' : values[known];
    if (value !== '') return write(value);
    open.push(all);
    return mark(all);
  });
  return { text: filled, open };
}

/** Not a <mark>: the editor takes that for a block. */
function markOpen(placeholder: string): string {
  return `<span data-open="1" style="background-color:#ffe9a3">${placeholder}</span>`;
}

export interface FilledTemplate {
  readonly html: string | null;
  readonly text: string;
  readonly subject: string;
  /** As written; still to be filled by hand. */
  readonly open: readonly string[];
}

export function fillTemplate({ html, text, subject }: Template, values: PlaceholderValues): FilledTemplate {
  const same = (value: string): string => value;
  const plain = fill(text, values, same, same);
  const rich = html === null ? null : fill(html, values, escapeHtml, markOpen);
  const head = fill(subject, values, same, same);
  return {
    html: rich?.text ?? null,
    text: plain.text,
    subject: head.text,
    open: [...new Set([...plain.open, ...head.open])],
  };
}

/** The first placeholder of ours that still stands in a text that is about to go out. */
export function openPlaceholder(text: string): string | null {
  for (const [all, word = ''] of text.matchAll(pattern)) if (meaning(word) !== null) return all;
  return null;
}
