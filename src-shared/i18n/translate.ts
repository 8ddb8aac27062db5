/**
 * Typed texts in two languages. A key that does not exist, or a placeholder that is not filled, does not compile; a language that
 * lacks a key does not either. Texts are plain strings with `{name}` placeholders, and a pair `{one, other}` where the number decides.
 */
import { de } from './messages.de.ts';
import { en } from './messages.en.ts';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** `count` chooses the form by the language's plural rules. */
export interface PluralText {
  readonly one: string;
  readonly other: string;
}
export type Text = string | PluralText;
export type TextParams = Readonly<Record<string, string | number>>;

export type MessageKey = keyof typeof en;

type Placeholders<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type ParamsOf<T extends Text> = T extends string
  ? Placeholders<T>
  : T extends PluralText
    ? Placeholders<T['one'] | T['other']> | 'count'
    : never;
/** The placeholders of a key as an argument: none where its text has none. */
export type ArgumentsOf<K extends MessageKey> = [ParamsOf<(typeof en)[K]>] extends [never]
  ? []
  : [params: Readonly<Record<ParamsOf<(typeof en)[K]>, string | number>>];

export type Translate = <K extends MessageKey>(key: K, ...params: ArgumentsOf<K>) => string;

/** Every language has every key; German may turn a plain text into a pair and the other way round. */
const catalogues: Record<Language, Record<MessageKey, Text>> = { en, de };

/** Is this a text that exists? For codes that arrive from the engine ("warning.<code>"). */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
}

/** The user's choice, or the first language of ours in the system's locale ("de-AT" is German), or English. */
export function resolveLanguage(setting: 'system' | Language, locale: string): Language {
  if (setting !== 'system') return setting;
  const primary = locale.toLowerCase().split(/[-_.]/)[0];
  return languages.find((language) => language === primary) ?? 'en';
}

/** The locale that a person reads in: the system's with its region where that is of the chosen language ("de-AT"), else the language. */
export function localeOf(setting: 'system' | Language, locale: string): string {
  const language = resolveLanguage(setting, locale);
  const tag = locale.replaceAll('_', '-');
  return tag.toLowerCase().split('-')[0] === language ? tag : language;
}

/** Puts `params` into `text`; an unknown placeholder stays as it is, so that a fault is seen and nothing breaks. */
export function fill(
  text: Text,
  params: TextParams,
  plurals: Intl.PluralRules,
  numbers: Intl.NumberFormat,
): string {
  let chosen: string;
  if (typeof text === 'string') chosen = text;
  else chosen = plurals.select(Number(params['count'] ?? 0)) === 'one' ? text.one : text.other;
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

/** `t('list.selected', { count: 3 })` in one language. Numbers are written as the language writes them. */
export function createTranslate(language: Language): Translate {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const catalogue = catalogues[language];
  return (key, ...rest) => fill(catalogue[key], rest[0] ?? {}, plurals, numbers);
}

/** A text by a code that came over the wire, with whatever parameters came with it; undefined where there is none. */
export function translateCode(
  language: Language,
  prefix: 'warning' | 'notice' | 'fault',
  code: string,
  params: TextParams,
): string | undefined {
  const key = `${prefix}.${code}`;
  if (!isMessageKey(key)) return undefined;
  return fill(
    catalogues[language][key],
    params,
    new Intl.PluralRules(language),
    new Intl.NumberFormat(language),
  );
}
