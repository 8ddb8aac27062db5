/** The page that the browser shows when it comes back: done, or what went wrong. No script, nothing loaded, in the app's language. */
import { toWire, type MailError } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { createTranslate, type Language } from '#shared/i18n/translate.ts';

export interface RedirectPage {
  readonly status: number;
  readonly html: string;
}

export function donePage(identity: string | null, language: Language): RedirectPage {
  const t = createTranslate(language);
  const text = identity === null ? t('signIn.page.done.text') : t('signIn.page.done.as', { identity });
  return page(200, language, 'good', t('signIn.page.done.title'), [text, t('signIn.page.close')]);
}

export function faultPage(error: MailError, language: Language): RedirectPage {
  const t = createTranslate(language);
  const { message, hint } = errorText(toWire(error), language);
  return page(200, language, 'bad', t('signIn.page.failed.title'), [message, hint, t('signIn.page.back')]);
}

/** `foreign`: what came belongs to no sign-in that waits here. `over`: it was answered already. */
export function notePage(what: 'foreign' | 'over', language: Language): RedirectPage {
  const t = createTranslate(language);
  return page(400, language, 'bad', t(`signIn.page.${what}.title`), [t(`signIn.page.${what}.text`)]);
}

function page(
  status: number,
  language: Language,
  tone: 'good' | 'bad',
  title: string,
  paragraphs: readonly string[],
): RedirectPage {
  const mark = tone === 'good' ? 'M5 12.5l4.5 4.5L19 7.5' : 'M12 6.5v7M12 17.4v.1';
  const html = `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Postkorb</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f4f5f7, #16181c); color: light-dark(#1d2026, #e6e8ec); }
main { box-sizing: border-box; width: min(30rem, calc(100vw - 2rem)); padding: 2rem 2.25rem; background: light-dark(#fff, #1f2228); border: 1px solid light-dark(#dfe2e7, #33373f); border-radius: 12px; }
svg { display: block; width: 2.5rem; height: 2.5rem; padding: .4rem; box-sizing: border-box; border-radius: 50%; fill: none; stroke: #fff; stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; background: ${tone === 'good' ? '#1f7a4d' : '#b3412c'}; }
h1 { margin: 1rem 0 .5rem; font-size: 1.25rem; line-height: 1.3; }
p { margin: .5rem 0 0; overflow-wrap: anywhere; }
p:last-child { color: light-dark(#59606c, #a3abb8); }
</style>
<main>
<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${mark}"/></svg>
<h1>${escaped(title)}</h1>
${paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n')}
</main>
</html>
`;
  return { status, html };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${String(letter.charCodeAt(0))};`);
}
