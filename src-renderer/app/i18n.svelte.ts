/** The window's language: texts, dates and sizes, all derived from one setting. */
import { createTranslate, localeOf, resolveLanguage } from '#shared/i18n/translate.ts';
import type { Language, Translate } from '#shared/i18n/translate.ts';
import { createFormats } from './formats.ts';
import type { Formats } from './formats.ts';

export class I18n {
  /** Set by the settings as soon as they are known. */
  setting = $state<'system' | Language>('system');
  readonly #locale: string;
  readonly language: Language = $derived.by(() => resolveLanguage(this.setting, this.#locale));
  readonly t: Translate = $derived.by(() => createTranslate(this.language));
  /** In the language of the moment, whenever it is called: for titles that are made once and asked for later. */
  readonly translate: Translate = (key, ...params) => this.t(key, ...params);
  /** For dates and for collation: the system's region where it speaks the chosen language ("en-GB"), otherwise the language alone. */
  readonly locale: string = $derived.by(() => localeOf(this.setting, this.#locale));
  readonly formats: Formats = $derived.by(() => createFormats(this.locale));

  constructor(locale: string) {
    this.#locale = locale;
  }
}
