/** The window's language: texts, dates and sizes, all derived from one setting. */
import { createTranslate, resolveLanguage } from '#shared/i18n/translate.ts';
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
  /** Dates follow the system's region where it speaks the chosen language ("en-GB"), otherwise the language alone. */
  readonly formats: Formats = $derived.by(() =>
    createFormats(this.#locale.toLowerCase().startsWith(this.language) ? this.#locale : this.language),
  );

  constructor(locale: string) {
    this.#locale = locale;
  }

  /** For collation: the locale's order where it is of our language. */
  get locale(): string {
    return this.#locale;
  }
}
