/** Writes a mail as bytes (RFC 5322, MIME): what the demo's correspondents would have sent. */
import libmime from 'libmime';
import type { Correspondent } from './script.ts';

export interface MailPart {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export interface MailToWrite {
  readonly from: Correspondent;
  readonly to: readonly Correspondent[];
  readonly cc: readonly Correspondent[];
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly text: string;
  readonly html: string | null;
  readonly parts: readonly MailPart[];
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export function mailBytes(mail: MailToWrite): Buffer {
  const headers: [string, string][] = [
    ['From', addresses([mail.from])],
    ['To', addresses(mail.to)],
    ...(mail.cc.length > 0 ? [['Cc', addresses(mail.cc)] as [string, string]] : []),
    ['Subject', words(mail.subject)],
    ['Date', new Date(mail.date).toUTCString().replace('GMT', '+0000')],
    ['Message-ID', mail.messageId],
    ...(mail.inReplyTo === null ? [] : [['In-Reply-To', mail.inReplyTo] as [string, string]]),
    ...(mail.references.length === 0
      ? []
      : [['References', mail.references.join('\r\n ')] as [string, string]]),
    ...mail.headers.map(([name, value]): [string, string] => [name, value]),
    ['MIME-Version', '1.0'],
  ];
  const boundary = `=_${Buffer.from(mail.messageId).toString('hex').slice(0, 24)}`;
  const plain = textPart('plain', mail.text);
  const body =
    mail.html === null
      ? plain
      : multipart('alternative', `${boundary}_a`, [plain, textPart('html', mail.html)]);
  const whole =
    mail.parts.length === 0
      ? body
      : multipart('mixed', `${boundary}_m`, [body, ...mail.parts.map(attachmentPart)]);
  return Buffer.from(`${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${whole}`, 'latin1');
}

function addresses(list: readonly Correspondent[]): string {
  return list
    .map(({ name, address }) => {
      const phrase = /^[A-Za-z0-9 ]*$/.test(name)
        ? name
        : /^[\x20-\x7e]*$/.test(name)
          ? JSON.stringify(name)
          : words(name);
      return `${phrase} <${address}>`;
    })
    .join(',\r\n ');
}

/** Encoded words where a line is not plain ASCII, folded between them. */
function words(text: string): string {
  return libmime.encodeWords(text, 'Q', 52).replace(/ (?==\?)/g, '\r\n ');
}

function textPart(subtype: 'plain' | 'html', text: string): string {
  return `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}\r\n`;
}

function attachmentPart(part: MailPart): string {
  const base64 = part.content.toString('base64').replace(/.{76}/g, '$&\r\n');
  const filename = /^[\w .-]*$/.test(part.filename)
    ? `filename="${part.filename}"`
    : `filename*=UTF-8''${encodeURIComponent(part.filename)}`;
  return `Content-Type: ${part.contentType}\r\nContent-Disposition: attachment; ${filename}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`;
}

function multipart(subtype: string, boundary: string, parts: readonly string[]): string {
  const inner = parts.map((part) => `--${boundary}\r\n${part}`).join('\r\n');
  return `Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n\r\n${inner}\r\n--${boundary}--\r\n`;
}

/** RFC 2045 section 6.7. */
export function quotedPrintable(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => {
      const coded = [...Buffer.from(line, 'utf8')].map((byte, at, bytes) => {
        const safe = byte === 9 || (byte >= 32 && byte <= 126 && byte !== 61);
        const last = at === bytes.length - 1;
        return safe && !(last && byte <= 32)
          ? String.fromCharCode(byte)
          : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      });
      let written = '';
      let column = 0;
      for (const unit of coded) {
        if (column + unit.length > 75) {
          written += '=\r\n';
          column = 0;
        }
        written += unit;
        column += unit.length;
      }
      return written;
    })
    .join('\r\n');
}
