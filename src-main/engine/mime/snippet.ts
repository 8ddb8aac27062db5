/** The first words of a mail for lists and notifications: what its author wrote now, as a person would see it (H13, H20). */
import { safeLine } from '#shared/domain/safeText.ts';
import { htmlToText } from './htmlToText.ts';

const maxSnippet = 200;
/** So much text holds the first words behind any greeting line, logo text and navigation. */
const enoughText = 4000;

/** "On ... wrote:", "Am ... schrieb ...:", and the lines with which Outlook and others begin what they quote. */
const quoteBegins = [
  /^-{2,}\s?(?:original message|ursprüngliche nachricht|forwarded message|weitergeleitete nachricht|original-nachricht)\s?-{2,}/i,
  /^_{10,}$/,
  /^(?:from|von):\s.{1,200}$/i,
];
const attribution =
  /^(?:on|am|le|el|il|op|den)\s.{5,300}(?:wrote|schrieb|écrit|escribió|scritto|schreef|skrev)\b.{0,300}:$/i;

/** `html`: as received. The HTML is what the reader shows, so its words count; the plain text only where it shows none. */
export function snippetOf(content: { readonly text: string | null; readonly html: string | null }): string {
  if (content.html !== null) {
    const seen = htmlToText(content.html, { links: false, maxOutput: enoughText });
    const snippet = snippetOfText(seen);
    if (snippet !== '') return snippet;
    // A mail of pictures alone, or one that hides its words: its plain alternative would be shown in its stead.
  }
  return content.text === null ? '' : snippetOfText(content.text.slice(0, enoughText * 4));
}

/** Without quotes, attributions and signature, unless the mail is nothing else. */
export function snippetOfText(text: string): string {
  const own: string[] = [];
  const quoted: string[] = [];
  let length = 0;
  for (const line of text.split('\n')) {
    const words = line.trim();
    if (words === '') continue;
    if (line === '-- ' || line === '--') break;
    if (words.startsWith('>')) {
      if (quoted.length < 20) quoted.push(words.replace(/^[>\s]+/, ''));
      continue;
    }
    if (own.length > 0 && quoteBegins.some((pattern) => pattern.test(words))) break;
    if (attribution.test(words)) continue;
    // Ruled lines and boxes drawn with characters say nothing.
    if (/^[\W_]+$/u.test(words) && /^[-=_*#~+|.\s]+$/.test(words)) continue;
    own.push(words);
    length += words.length + 1;
    if (length > maxSnippet) break;
  }
  return safeLine((own.length > 0 ? own : quoted).join(' ').slice(0, maxSnippet * 4), maxSnippet);
}
