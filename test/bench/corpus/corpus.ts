/**
 * A mailbox as people have them: threads, newsletters in HTML, several charsets and encodings, and in one of sixteen mails an
 * attachment of 20 KB to 2 MB. On average a mail has 62 KB, 2.7 KB of that its text.
 */
import type { StoredMessage } from '#test/servers/dovecot.ts';
import { createRandom, type Random } from '#test/support/random.ts';
import { Words } from './words.ts';

const withAttachment = 0.06;
const newsletters = 0.4;
const maxThread = 20;
/** Before base64, which adds a third. */
const attachmentBytes = [15_000, 1_450_000] as const;
const firstDay = Date.UTC(2022, 0, 3, 8);
const hour = 60 * 60_000;
const base64Line = 76;

export interface Corpus {
  /** Anew with each call, one at a time: the whole mailbox does not fit into memory. */
  messages(): Generator<StoredMessage & { readonly raw: Buffer }>;
  /** A word that a share of the mails have: the lower its rank, the more. */
  wordOfRank(rank: number): string;
}

export function createCorpus(count: number): Corpus {
  const words = new Words(createRandom(1));
  return {
    *messages() {
      const maker = new MailMaker(createRandom(2));
      for (let at = 0; at < count; at += 1) yield maker.make(at);
    },
    wordOfRank: (rank) => words.ofRank(rank),
  };
}

interface Thread {
  readonly subject: string;
  readonly length: number;
  readonly ids: string[];
}

/** A part as it stands in a mail: its fields and its encoded content. */
interface Part {
  readonly headers: readonly string[];
  readonly body: string;
}

class MailMaker {
  readonly #random: Random;
  readonly #words = new Words(createRandom(1));
  readonly #people: readonly string[];
  readonly #threads: Thread[] = [];
  /** Attachments are pieces of it: to make each anew would take longer than to measure. */
  readonly #noise: string;

  constructor(random: Random) {
    this.#random = random;
    this.#people = Array.from({ length: 400 }, (_, at) => {
      const [first, last] = [this.#words.ofRank(200 + at), this.#words.ofRank(1_000 + at)];
      return `${encodeWord(capital(first))} ${encodeWord(capital(last))} <p${String(at)}@company${String(at % 40)}.test>`;
    });
    this.#noise = noiseOf(random);
  }

  make(number: number): StoredMessage & { raw: Buffer } {
    const random = this.#random;
    const date = new Date(firstDay + number * hour + random.whole(0, 3_000_000));
    const id = `m${String(number)}.${String(random.whole(1, 1e9))}@company.test`;
    const newsletter = random.chance(newsletters);
    const thread = this.#thread(newsletter);
    const content = newsletter ? this.#newsletter() : this.#letter();
    const whole = random.chance(withAttachment) ? this.#attached(content) : content;
    const lines = [
      'Return-Path: <bounce@company.test>',
      `Received: from mx.company.test by mail.company.test with ESMTPS id ${String(number)}; ${rfc2822(date)}`,
      `From: ${random.pick(this.#people)}`,
      `To: Anna Albrecht <anna@company.test>${random.chance(0.3) ? `, ${random.pick(this.#people)}` : ''}`,
      ...(random.chance(0.2) ? [`Cc: ${random.pick(this.#people)}, ${random.pick(this.#people)}`] : []),
      `Subject: ${thread.ids.length > 0 ? 'Re: ' : ''}${encodeWord(thread.subject)}`,
      `Message-ID: <${id}>`,
      ...(thread.ids.length > 0
        ? [
            `In-Reply-To: <${thread.ids.at(-1)!}>`,
            `References: ${thread.ids.map((one) => `<${one}>`).join('\r\n ')}`,
          ]
        : []),
      `Date: ${rfc2822(date)}`,
      ...(newsletter ? ['List-Unsubscribe: <https://news.company.test/off>', 'Precedence: bulk'] : []),
      'MIME-Version: 1.0',
      ...whole.headers,
    ];
    thread.ids.push(id);
    return {
      raw: Buffer.from(`${lines.join('\r\n')}\r\n\r\n${whole.body}\r\n`, 'latin1'),
      date,
      flags: random.chance(0.85) ? ['\\Seen'] : [],
    };
  }

  /** A new one, or one that is not over yet. */
  #thread(newsletter: boolean): Thread {
    const random = this.#random;
    if (!newsletter && this.#threads.length > 0 && random.chance(0.6)) {
      const at = random.whole(0, this.#threads.length - 1);
      const thread = this.#threads[at]!;
      if (thread.ids.length + 1 >= thread.length) this.#threads.splice(at, 1);
      return thread;
    }
    const subject = Array.from({ length: random.whole(2, 7) }, () => this.#words.word()).join(' ');
    const thread = { subject: capital(subject), length: random.whole(1, maxThread), ids: [] };
    if (!newsletter && thread.length > 1) this.#threads.push(thread);
    return thread;
  }

  #letter(): Part {
    const random = this.#random;
    // Most are short and some are long.
    const text = this.#words.text(Math.min(20_000, 250 * Math.exp(random.next() * 3.6)));
    return encodedText('text/plain', text, random.pick(['utf-8', 'utf-8', 'iso-8859-1']), random);
  }

  #newsletter(): Part {
    const text = this.#words.text(this.#random.whole(1_000, 4_000));
    const paragraphs = text
      .split('\n\n')
      .map(
        (paragraph) =>
          `<tr><td style="padding:8px 24px;font-family:Arial,sans-serif;font-size:14px;line-height:20px;color:#333333">` +
          `<p>${paragraph.trim()}</p><a href="https://news.company.test/r/${String(this.#random.whole(1, 1e9))}">mehr lesen</a></td></tr>`,
      );
    const html =
      '<!doctype html><html><head><style>td{border:0} .m{max-width:600px}</style></head><body><table class="m" role="presentation">' +
      `${paragraphs.join('\n')}</table></body></html>`;
    return multipart('alternative', [
      encodedText('text/plain', text, 'utf-8', this.#random),
      encodedText('text/html', html, 'utf-8', this.#random),
    ]);
  }

  #attached(content: Part): Part {
    const name = `${capital(this.#words.word())}.pdf`;
    const bytes = this.#random.whole(...attachmentBytes);
    const lines = Math.ceil((bytes * 4) / 3 / base64Line);
    const from = this.#random.whole(0, Math.floor(this.#noise.length / (base64Line + 2)) - lines);
    const start = from * (base64Line + 2);
    return multipart('mixed', [
      content,
      {
        headers: [
          'Content-Type: application/pdf',
          'Content-Transfer-Encoding: base64',
          `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}`,
        ],
        body: this.#noise.slice(start, start + lines * (base64Line + 2)),
      },
    ]);
  }
}

/** Lines of base64, more of them than the longest attachment has. */
function noiseOf(random: Random): string {
  const bytes = Buffer.alloc(attachmentBytes[1] * 2);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(Math.floor(random.next() * 2 ** 32), at);
  return base64(bytes);
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
}

function multipart(kind: string, parts: readonly Part[]): Part {
  const boundary = `=_${kind}_bench`;
  const body = parts
    .map((part) => `--${boundary}\r\n${part.headers.join('\r\n')}\r\n\r\n${part.body}\r\n`)
    .join('');
  return {
    headers: [`Content-Type: multipart/${kind}; boundary="${boundary}"`],
    body: `${body}--${boundary}--\r\n`,
  };
}

/** In one of the three ways that mail comes in. The bytes stand in the string as latin1. */
function encodedText(type: string, text: string, charset: 'utf-8' | 'iso-8859-1', random: Random): Part {
  const bytes = Buffer.from(text.replaceAll('\n', '\r\n'), charset === 'utf-8' ? 'utf8' : 'latin1');
  const encoding = random.pick(['quoted-printable', 'quoted-printable', 'base64', '8bit']);
  return {
    headers: [`Content-Type: ${type}; charset=${charset}`, `Content-Transfer-Encoding: ${encoding}`],
    body:
      encoding === 'base64'
        ? base64(bytes)
        : encoding === '8bit'
          ? folded(bytes.toString('latin1'))
          : quotedPrintable(bytes.toString('latin1')),
  };
}

/** No line is longer than 998 bytes, and few longer than a screen is wide. */
function folded(text: string): string {
  return text.replace(/([^\r\n]{60,75}) /g, '$1\r\n');
}

function quotedPrintable(text: string): string {
  const hex = (byte: string): string => `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return text.replace(/[=\x80-\xff]/g, hex).replace(/((?:=..|[^\r\n=]){68,70})(?=[^\r\n]{4})/g, '$1=\r\n');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function encodeWord(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
