/**
 * The log: pino, one JSON object a line, into a file of the profile that is rotated, or to stderr.
 * R20: fields that could carry a secret or mail content are dropped by name at every level; what reaches the log otherwise is
 * the engine's duty (ids, codes, counts).
 */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import type { Log, LogFields, LogLevel as WrittenLevel } from '#engine/ports/ports.ts';

const writtenLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly WrittenLevel[];
export type LogLevel = WrittenLevel | 'silent';

/** Never written, however deep they stand. */
const forbidden = new Set([
  'password',
  'pass',
  'imappassword',
  'smtppassword',
  'secret',
  'token',
  'accesstoken',
  'refreshtoken',
  'authorization',
  'cookie',
  'credentials',
  'subject',
  'body',
  'text',
  'html',
  'snippet',
  'raw',
  'content',
]);

const maximalDepth = 6;

/** A copy without forbidden fields; bytes become their length, errors their name, code and stack's first lines. */
function clean(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return describe(value, depth);
  if (value instanceof Uint8Array) return `<${String(value.byteLength)} bytes>`;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maximalDepth) return '<deep>';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => clean(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !forbidden.has(key.toLowerCase()))
      .map(([key, item]) => [key, clean(item, depth + 1)]),
  );
}

/** Foreign messages may quote what a server or a mail said; the frames name only our own files. */
function describe(error: Error, depth: number): Record<string, unknown> {
  const code = (error as { code?: unknown }).code;
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => line.trim());
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    frames,
    ...(error.cause === undefined || depth >= maximalDepth ? {} : { cause: clean(error.cause, depth + 1) }),
  };
}

/** `takes`: what is told behind the end of a log is lost (it must not end the process), and so is what its level leaves out. */
function wrap(logger: Logger, takes: (level: WrittenLevel) => boolean = () => true): Log {
  const write =
    (level: WrittenLevel) =>
    (message: string, fields?: LogFields): void => {
      if (!takes(level) || !logger.isLevelEnabled(level)) return;
      if (fields === undefined) logger[level](message);
      else logger[level](clean(fields) as object, message);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (name) => wrap(logger.child({ part: name }), takes),
  };
}

const rotateAbove = 5_000_000;
const keptFiles = 4;

/** `postkorb.log` -> `.1` -> ... ; the oldest goes. Done at start: a log grows slowly, and one process owns a profile. */
function rotate(file: string): void {
  if (!existsSync(file) || statSync(file).size < rotateAbove) return;
  rmSync(`${file}.${String(keptFiles)}`, { force: true });
  for (let n = keptFiles - 1; n >= 1; n -= 1) {
    if (existsSync(`${file}.${String(n)}`)) renameSync(`${file}.${String(n)}`, `${file}.${String(n + 1)}`);
  }
  renameSync(file, `${file}.1`);
}

export interface OpenLog extends Disposable {
  readonly log: Log;
  /** From now on, for all parts of the log. */
  readonly setLevel: (level: WrittenLevel) => void;
}

/** Log into `folder`/postkorb.log (owner only). Dispose writes what is still held and closes the file. */
export function openFileLog(folder: string, level: LogLevel = 'info'): OpenLog {
  const file = join(folder, 'postkorb.log');
  rotate(file);
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600, mkdir: true });
  // Children keep the level that they were made with: what is left out is decided here.
  const logger = pino({ level: 'debug', base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  let open = true;
  let from = level === 'silent' ? writtenLevels.length : writtenLevels.indexOf(level);
  return {
    log: wrap(logger, (one) => open && writtenLevels.indexOf(one) >= from),
    setLevel(next) {
      from = writtenLevels.indexOf(next);
    },
    [Symbol.dispose]() {
      open = false;
      destination.end();
    },
  };
}

/** Log to stderr, for a terminal: stdout belongs to the answers. */
export function consoleLog(level: LogLevel = 'warn'): Log {
  return wrap(pino({ level, base: null }, pino.destination({ dest: 2, sync: true })));
}

/** A log into anything that takes lines; tests read what would be written. */
export function logTo(sink: { write(line: string): void }, level: LogLevel = 'info'): Log {
  return wrap(pino({ level, base: null }, sink));
}
