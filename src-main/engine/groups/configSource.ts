/**
 * Where the shared config lies: read with an ETag, written so that nobody's publication is lost (docs/decisions/0011). What is read here
 * is text from a stranger; configFile.ts decides whether it is believed.
 */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { maxConfigBytes } from '#shared/domain/group/config.ts';
import { directNetwork, type Network } from '#engine/net/network.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { publicUrl, request, type HttpAnswer, type HttpRequest } from './configHttp.ts';

export interface FetchedConfig {
  /** null: unchanged since `etag`. */
  readonly text: string | null;
  readonly etag: string | null;
}

/** Called with what lies there right before it is replaced (null: nothing); throws to leave it as it is. */
export type BeforeReplace = (current: string | null) => void;

const isUrl = (source: string): boolean => /^https?:/i.test(source);
const pathOf = (source: string): string => (/^file:/i.test(source) ? fileURLToPath(source) : source);
/** A lock that is older was left by a crash. */
const staleLockMs = 60_000;

/** Errors: config-unreachable, config-wrong-type, config-too-large, config-redirected. */
export async function fetchConfig(
  source: string,
  etag: string | null,
  signal: AbortSignal,
  network: Network = directNetwork,
): Promise<FetchedConfig> {
  if (!isUrl(source)) return fetchFile(pathOf(source), etag);
  const answer = await request(
    {
      method: 'GET',
      url: source,
      headers: { Accept: 'application/json', ...(etag === null ? {} : { 'If-None-Match': etag }) },
    },
    signal,
    network,
  );
  const where = publicUrl(source);
  if (answer.status === 304) return { text: null, etag };
  if (answer.status !== 200)
    throw new MailError('config-unreachable', { where, reason: `HTTP ${answer.status.toString()}` });
  const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^(|text\/plain|application\/octet-stream|application\/([a-z0-9.-]+\+)?json)$/.test(type)) {
    throw new MailError('config-wrong-type', { where, type });
  }
  return { text: answer.body, etag: answer.headers.etag ?? null };
}

/** A file's ETag is its time and size: whoever replaces it changes them. */
async function fetchFile(path: string, etag: string | null): Promise<FetchedConfig> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    if (size > maxConfigBytes) throw new MailError('config-too-large', { where: path });
    const now = `${mtimeMs.toString()}-${size.toString()}-${ino.toString()}`;
    return now === etag ? { text: null, etag } : { text: await readFile(path, 'utf8'), etag: now };
  } catch (error) {
    if (error instanceof MailError) throw error;
    throw new MailError('config-unreachable', {
      where: path,
      reason: (error as NodeJS.ErrnoException).code ?? '',
    });
  }
}

/** Replaces what lies there. Errors: what `before` throws, config-conflict, config-unreachable. */
export async function storeConfig(
  source: string,
  text: string,
  before: BeforeReplace,
  signal: AbortSignal,
  network: Network = directNetwork,
): Promise<void> {
  if (isUrl(source)) await put(source, text, before, { signal, network });
  else await replaceFile(pathOf(source), text, before);
}

async function replaceFile(path: string, text: string, before: BeforeReplace): Promise<void> {
  const lock = `${path}.lock`;
  const fresh = `${path}.${randomUUID()}.new`;
  const age = await stat(lock).then(
    // eslint-disable-next-line no-restricted-properties -- by the clock that dates files, not by the engine's
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => null,
  );
  if (age !== null && age > staleLockMs) await rm(lock, { force: true });
  try {
    // Exclusive: of two publishers at once one gets it.
    await (await open(lock, 'wx')).close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new MailError('config-conflict', { where: path });
    throw new MailError('config-unreachable', { where: path, reason: code ?? '' });
  }
  try {
    before(await readFile(path, 'utf8').catch(() => null));
    const file = await open(fresh, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
    await rm(lock, { force: true });
  }
}

interface Way {
  readonly signal: AbortSignal;
  readonly network: Network;
}

const ask = (wanted: HttpRequest, { signal, network }: Way): Promise<HttpAnswer> =>
  request(wanted, signal, network);

async function put(url: string, text: string, before: BeforeReplace, way: Way): Promise<void> {
  const where = publicUrl(url);
  if (await honoursIfMatch(url, way)) {
    const current = await look(url, way);
    before(current.text);
    const condition: Record<string, string> =
      current.etag === null ? { 'If-None-Match': '*' } : { 'If-Match': current.etag };
    const answer = await write(url, text, condition, way);
    if (answer.status === 412) throw new MailError('config-conflict', { where });
    assertStored(answer, where);
    return;
  }
  const lock = `${url}.lock/`;
  const locked = await takeLock(lock, way);
  if (locked === 'held') throw new MailError('config-conflict', { where });
  try {
    before((await look(url, way)).text);
    assertStored(await write(url, text, {}, way), where);
    if ((await look(url, way)).text !== text) throw new MailError('config-conflict', { where });
  } finally {
    if (locked === 'taken')
      await ask({ method: 'DELETE', url: lock, headers: { Depth: 'infinity' } }, way).catch(() => undefined);
  }
}

async function look(url: string, way: Way): Promise<FetchedConfig> {
  const answer = await ask({ method: 'GET', url, headers: { 'Cache-Control': 'no-cache' } }, way);
  if (answer.status === 404) return { text: null, etag: null };
  if (answer.status !== 200)
    throw new MailError('config-unreachable', {
      where: publicUrl(url),
      reason: `HTTP ${answer.status.toString()}`,
    });
  const { etag = null } = answer.headers;
  // A weak one compares as equal to nothing (RFC 9110, 8.8.3.2): as good as none.
  return { text: answer.body, etag: etag?.startsWith('W/') === true ? null : etag };
}

function write(
  url: string,
  body: string,
  condition: Readonly<Record<string, string>>,
  way: Way,
): Promise<HttpAnswer> {
  return ask(
    { method: 'PUT', url, body, headers: { 'Content-Type': 'application/json', ...condition } },
    way,
  );
}

function assertStored({ status }: HttpAnswer, where: string): void {
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403)
    throw new MailError('not-permitted', { where, reason: `HTTP ${status.toString()}` });
  throw new MailError('config-unreachable', { where, reason: `HTTP ${status.toString()}` });
}

/** Tried on a file of its own: a server that ignores the condition would overwrite what it must not. */
async function honoursIfMatch(url: string, way: Way): Promise<boolean> {
  const scratch = `${url}.${randomUUID()}.probe`;
  const where = publicUrl(url);
  const { status } = await write(scratch, '{}', { 'If-Match': '"postkorb-no-such-version"' }, way).catch(
    (error: unknown) => {
      // What fails at a name that nobody knows failed at the place of the config.
      if (!isMailError(error) || error.code !== 'config-unreachable') throw error;
      throw new MailError(error.code, { ...error.params, where }, { cause: error });
    },
  );
  if (status === 412) return true;
  assertStored({ status, headers: {}, body: '' }, where);
  await ask({ method: 'DELETE', url: scratch }, way).catch(() => undefined);
  return false;
}

/** MKCOL is atomic. "without": the server has no collections; the read-back is all there is. */
async function takeLock(lock: string, way: Way): Promise<'taken' | 'held' | 'without'> {
  const owner = `${lock}owner`;
  for (let tries = 0; tries < 2; tries += 1) {
    const { status } = await ask({ method: 'MKCOL', url: lock }, way);
    if (status === 201) {
      await write(owner, randomUUID(), {}, way);
      return 'taken';
    }
    const { status: there, headers } = await ask({ method: 'GET', url: owner }, way);
    if (there === 404 && tries === 0 && (status === 405 || status === 409)) {
      // Just made, or left by a crash between the two steps: told apart by looking again.
      await pause(1000, undefined, { signal: way.signal });
      if ((await ask({ method: 'GET', url: owner }, way)).status !== 404) return 'held';
    } else if (there !== 200) {
      return 'without';
    } else {
      const age = Date.parse(headers.date ?? '') - Date.parse(headers['last-modified'] ?? '');
      if (!(age > staleLockMs)) return 'held';
    }
    await ask({ method: 'DELETE', url: lock, headers: { Depth: 'infinity' } }, way);
  }
  return 'held';
}
