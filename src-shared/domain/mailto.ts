/** mailto: links (RFC 6068). */
import { MailtoDraft } from '../contract/host.ts';

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const lineControls = /[\u0000-\u001f\u007f\u2028\u2029]+/g;

const textControls = /[\u0000-\u0008\u000b-\u001f\u007f]+/g;

/**
 * A draft from a mailto: link: recipients, subject and text, and nothing else whatever it asks for (W11); null where it is none.
 * Line breaks in header fields become blanks (N20).
 */
export function parseMailto(url: string): MailtoDraft | null {
  if (!/^mailto:/i.test(url) || url.length > 200_000) return null;
  const [path = '', query = ''] =
    url
      .slice('mailto:'.length)
      .split('#')[0]
      ?.split(/\?(.*)/s) ?? [];
  const fields = { to: decode(path), cc: '', bcc: '', subject: '', body: '' };
  for (const part of query.split('&')) {
    const at = part.indexOf('=');
    if (at < 0) continue;
    const name = decode(part.slice(0, at)).toLowerCase();
    const value = decode(part.slice(at + 1));
    if (name === 'to' || name === 'cc' || name === 'bcc') {
      fields[name] = fields[name] === '' ? value : `${fields[name]}, ${value}`;
    } else if (name === 'subject' || name === 'body') fields[name] = value;
  }
  const line = (text: string): string => text.replace(lineControls, ' ').trim();
  const draft = {
    to: line(fields.to),
    cc: line(fields.cc),
    bcc: line(fields.bcc),
    subject: line(fields.subject).slice(0, 2000),
    body: fields.body.replace(/\r\n?/g, '\n').replace(textControls, '').slice(0, 100_000),
  };
  const parsed = MailtoDraft.safeParse(draft);
  return parsed.success ? parsed.data : null;
}
