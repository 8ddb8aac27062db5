/** Which attachments can be looked at without another program, and as what. Pure. */
import { cleanFileName, extensionOf, fileNameRisk } from '#shared/domain/fileName.ts';
import type { AttachmentRow } from '#shared/domain/message.ts';

export type PreviewKind = 'picture' | 'text' | 'pdf';

/** Larger ones are saved: they would hold up the window. */
const largestPicture = 20_000_000;
const largestText = 5_000_000;
const largestPdf = 48_000_000;
/** Of a text so much is shown. */
export const shownCharacters = 400_000;

const pictures = /^(png|jpe?g|gif|webp|bmp|ico|avif)$/;
const texts = /^(txt|text|md|csv|tsv|log|json|xml|ya?ml|ini|diff|patch|ics|vcf|eml)$/;

/**
 * null: it is not looked at here. What a picture is its bytes decide when they are there; everything that may hold a program is left to the
 * programs that are made for it. Of a PDF the pages are drawn, and nothing in it runs.
 */
export function previewKind({ filename, contentType, size }: AttachmentRow): PreviewKind | null {
  if (fileNameRisk(filename).dangerous) return null;
  const ending = extensionOf(cleanFileName(filename));
  const type = contentType.toLowerCase();
  if (pictures.test(ending) || (/^image\//.test(type) && !type.includes('svg')))
    return size <= largestPicture ? 'picture' : null;
  if (ending === 'pdf' || (type === 'application/pdf' && ending === ''))
    return size <= largestPdf ? 'pdf' : null;
  if (texts.test(ending) || (type.startsWith('text/') && ending === ''))
    return size <= largestText ? 'text' : null;
  return null;
}

/** A text's characters: UTF-8, with a byte order mark UTF-16, else what Windows wrote in the west. */
export function textOf(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
