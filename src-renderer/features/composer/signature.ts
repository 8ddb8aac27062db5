/**
 * The signature in the text of a mail: under the line "-- " (RFC 3676, 4.3), as a block of its own that can be found again. Pure.
 */
import type { Signature } from '#shared/contract/writing.ts';
import { htmlToText, textToHtml } from './bodyText.ts';

export type SignaturePlace = 'above-quote' | 'below-quote';
export type BodyFormat = 'html' | 'plain';

/** The attribute of the block; in the editor alone, and in drafts. */
export const signatureMark = 'data-signature';

export function signatureHtml({ html, text }: Signature): string {
  return `<div ${signatureMark}="1"><div>-- <br></div>${html ?? textToHtml(text)}</div>`;
}

export function signatureText({ html, text }: Signature): string {
  return `-- \n${(html === null ? text : htmlToText(html)).trimEnd()}`;
}

const emptyHtml = '<div><br></div>';
/** Blocks at the beginning that hold nothing: where an answer above the quote is written. */
const leadingHtml = /^(?:<(div|p)><br><\/\1>)*/;

/** Puts it where the setting says; in a text without a quote both are the end. The place for writing stays before it. */
export function withSignature(
  body: string,
  signature: Signature,
  format: BodyFormat,
  place: SignaturePlace,
  answerAbove: boolean,
): string {
  const above = place === 'above-quote' && answerAbove;
  if (format === 'html') {
    const block = signatureHtml(signature);
    const lead = leadingHtml.exec(body)?.[0] ?? '';
    const rest = body.slice(lead.length);
    if (rest === '') return `${emptyHtml}${emptyHtml}${block}`;
    return above
      ? `${lead || emptyHtml}${emptyHtml}${block}${emptyHtml}${rest}`
      : `${body}${emptyHtml}${block}`;
  }
  const block = signatureText(signature);
  const rest = body.replace(/^\n+/, '');
  if (rest.trim() === '') return `\n\n${block}`;
  return above ? `\n\n${block}\n\n${rest}` : `${body.trimEnd()}\n\n${block}`;
}

export type Swap =
  | { readonly kind: 'swapped'; readonly body: string }
  /** It is not there as it was put in: somebody changed or removed it, and it is left as it is. */
  | { readonly kind: 'kept' };

/** In a plain text: the old signature, where it stands unchanged, gives way to the new one. */
export function swapSignatureText(body: string, before: Signature, after: Signature | null): Swap {
  const old = signatureText(before);
  const at = `\n${body}`.lastIndexOf(`\n${old}`);
  const end = at + old.length;
  if (at < 0 || (end < body.length && body[end] !== '\n')) return { kind: 'kept' };
  const [head, tail] = [body.slice(0, at), body.slice(end)];
  const middle = after === null ? '' : signatureText(after);
  return { kind: 'swapped', body: `${after === null ? head.replace(/\n$/, '') : head}${middle}${tail}` };
}

/** Is this what was put in for `signature`? By its text: an editor writes the same thing in other tags. */
export function isUnchanged(html: string, signature: Signature): boolean {
  const bare = (text: string): string => text.replace(/\s+/g, ' ').trim();
  return bare(htmlToText(html)) === bare(htmlToText(signatureHtml(signature)));
}
