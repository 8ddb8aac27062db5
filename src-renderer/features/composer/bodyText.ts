/** The text of a mail between its two forms: HTML to plain text (quotes as ">" lines) and plain text to HTML. Pure. */
import {
  compile,
  type BlockTextBuilder,
  type DomNode,
  type FormatOptions,
  type RecursiveCallback,
} from 'html-to-text';

/** Written out with each quote, so that it is seen as one in programs that know no rules for it. */
export const quoteStyle = 'margin:0 0 0 0.4em;padding:0 0 0 0.8em;border-left:2px solid #b8c4c4';

/** The letter that recipients see; without it many programs fall back to one from typewriter days. */
const wrapperOpen = '<div style="font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.45">';
const wrapperClose = '</div>';

export function wrapBody(html: string): string {
  return html === '' ? '' : `${wrapperOpen}${html}${wrapperClose}`;
}

/** The text inside what `wrapBody` put round it; anything else comes back as it is. */
export function unwrapBody(html: string): string {
  return html.startsWith(wrapperOpen) && html.endsWith(wrapperClose)
    ? html.slice(wrapperOpen.length, -wrapperClose.length)
    : html;
}

/** Stands for an empty line while the text is made, because empty blocks fall together; a private-use letter that no mail needs. */
const emptyLine = '\uE0F0';

/** An editor's line is a block that may end with a <br>; one that holds nothing else is an empty line. */
function formatLine(
  element: DomNode,
  walk: RecursiveCallback,
  builder: BlockTextBuilder,
  options: FormatOptions,
): void {
  const children = [...(element.children ?? [])];
  if (children.at(-1)?.name === 'br') children.pop();
  builder.openBlock({ leadingLineBreaks: options.leadingLineBreaks ?? 1 });
  const blank = children.every(({ type, data }) => type === 'text' && (data ?? '').trim() === '');
  if (blank && element.children?.length) builder.addLiteral(emptyLine);
  else walk(children, builder);
  builder.closeBlock({ trailingLineBreaks: options.trailingLineBreaks ?? 1 });
}

const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: 20_000_000, maxDepth: 200, ellipsis: '…' },
  formatters: { line: formatLine },
  selectors: [
    { selector: 'div', format: 'line' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    { selector: 'img', format: 'skip' },
    { selector: 'ul', options: { itemPrefix: '- ', leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'ol', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'blockquote', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
      selector,
      options: { uppercase: false, leadingLineBreaks: 2, trailingLineBreaks: 1 },
    })),
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
  ],
});

export function htmlToText(html: string): string {
  return (
    convert(html)
      .replaceAll(emptyLine, '')
      .replaceAll('\u00a0', ' ')
      .replace(/\u200b/g, '')
      // A link that shows where it leads but for the protocol, as the editor writes one, is told once.
      .replace(/(^|\s)(\S+) <(https?:\/\/)\2\/?>/gm, '$1$3$2')
      .replace(/[ \t]+$/gm, '')
      // The mark of a signature ends with a blank (RFC 3676, 4.3).
      .replace(/^--$/gm, '-- ')
      .replace(/^\n+|\s+$/g, '')
  );
}

export function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? character,
  );
}

function lineHtml(line: string): string {
  if (line.trim() === '') return '<div><br></div>';
  // Runs of blanks are seen as typed.
  const kept = escapeHtml(line).replace(/ {2,}/g, (blanks) => `${'\u00a0'.repeat(blanks.length - 1)} `);
  return `<div>${kept}</div>`;
}

/** One block a line; lines that begin with ">" become nested quotes. */
export function textToHtml(text: string): string {
  const html: string[] = [];
  let depth = 0;
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    const marks = /^(?:> ?)+/.exec(line)?.[0] ?? '';
    const wanted = Math.min(30, marks.replace(/[^>]/g, '').length);
    for (; depth < wanted; depth += 1) html.push(`<blockquote type="cite" style="${quoteStyle}">`);
    for (; depth > wanted; depth -= 1) html.push('</blockquote>');
    html.push(lineHtml(line.slice(marks.length)));
  }
  html.push('</blockquote>'.repeat(depth));
  return html.join('');
}

/** Would dropping the formatting lose anything that a reader sees? */
export function isPlainHtml(html: string): boolean {
  return !/<(?!\/?(?:div|p|br|blockquote|span)\b)[a-z/!]/i.test(html) && !/<span\b[^>]*\bstyle=/i.test(html);
}
