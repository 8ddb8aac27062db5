/** What the command line prints: one JSON value on stdout with --json, words otherwise; everything else goes to stderr. */
import {
  isMailError,
  MailError,
  toWire,
  type MailErrorCode,
  type WireError,
} from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { faultText } from '#shared/i18n/faultText.ts';

export type Language = 'de' | 'en';

export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export interface JsonError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly faults?: readonly { path: string; code: string; message: string }[];
}

/** The input could not be used: nothing was tried. */
const unusable: ReadonlySet<MailErrorCode> = new Set([
  'invalid-input',
  'unknown-command',
  'not-found',
  'file-unreadable',
  'file-exists',
  'not-a-mail',
  'no-recipients',
  'plaintext-not-allowed',
  'store-newer',
  'not-supported',
  'no-organisation',
  'join-link-invalid',
  'no-group-message',
  'sign-in-not-configured',
  'config-not-json',
  'config-wrong-type',
  'config-too-large',
  'config-invalid',
  'proxy-setting',
]);
/** A rule says no. */
const refused: ReadonlySet<MailErrorCode> = new Set([
  'not-permitted',
  'duplicate-account',
  'archive-address-inside',
  'settings-not-tested',
  'servers-elsewhere',
  'policy-no-personal-accounts',
  'policy-domain',
  'policy-host',
  'policy-archive-address',
  'policy-remote-content',
  'policy-setting',
  'policy-unreadable',
  'other-organisation',
  'fingerprint-mismatch',
  'invite-code-wrong',
  'config-redirected',
  'config-unsigned',
  'config-unknown-signer',
  'config-rollback',
  'config-fork',
  'group-foreign',
  'member-key-unconfirmed',
]);

/** CLI.md: 1 tried and failed, 2 unusable input, 3 refused by a rule. */
export function exitStatus(error: unknown): 1 | 2 | 3 {
  if (!isMailError(error)) return 1;
  if (unusable.has(error.code)) return 2;
  return refused.has(error.code) ? 3 : 1;
}

export function describeError(wire: WireError, language: Language): JsonError {
  const { message, hint } = errorText(wire, language);
  const faults = wire.faults?.map(({ path, code, ...fault }) => ({
    path,
    code,
    message: faultText({ code, ...fault }, language),
  }));
  return { code: wire.code, message, hint, ...(faults ? { faults } : {}) };
}

/** Prints to the streams it is given; made once a run. */
export class Output {
  readonly json: boolean;
  readonly language: Language;
  readonly #streams: Streams;

  constructor(options: { json: boolean; language: Language; streams: Streams }) {
    this.json = options.json;
    this.language = options.language;
    this.#streams = options.streams;
  }

  /** The command's answer: `value` as JSON, or the lines `words` makes of it. */
  result<T>(value: T, words: (value: T) => string | readonly string[]): void {
    if (this.json) {
      this.#streams.out(`${JSON.stringify(value, null, 2)}\n`);
      return;
    }
    const lines = words(value);
    const text = typeof lines === 'string' ? lines : lines.join('\n');
    if (text !== '') this.#streams.out(`${text}\n`);
  }

  /** One JSON object on one line, for commands that print many. */
  line(value: unknown): void {
    this.#streams.out(`${JSON.stringify(value)}\n`);
  }

  text(text: string): void {
    this.#streams.out(text);
  }

  note(text: string): void {
    this.#streams.err(`${text}\n`);
  }

  failure(error: unknown): void {
    const described = describeError(toWire(error), this.language);
    if (this.json) {
      this.#streams.out(`${JSON.stringify({ error: described }, null, 2)}\n`);
      return;
    }
    this.note(described.message);
    for (const fault of described.faults ?? []) this.note(`  ${fault.path}: ${fault.message}`);
    if (described.hint !== '') this.note(described.hint);
  }
}

export function invalid(path: string, code: string, message: string): MailError {
  return new MailError('invalid-input', {}, { faults: [{ path, code, message }] });
}

/** A table of columns aligned by spaces; the last column is left as long as it is. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

export function iso(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}
