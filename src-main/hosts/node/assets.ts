/** The window's files: a fixed list that is read once, so that no request ever becomes a path on disk (W08). */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { MailError } from '#shared/errors/MailError.ts';

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly etag: string;
  /** Its name carries a digest of its content, so that it may be kept for ever. */
  readonly immutable: boolean;
}
/** By path as in a URL: "/index.html", "/assets/main-4f2a.js". "/" is index.html. */
export type Assets = ReadonlyMap<string, Asset>;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
};
/** What a bundler puts between name and ending. */
const digestInName = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/**
 * Reads every file of a known kind under `folder`. Links are left out: what they point at is not part of the build. Throws MailError
 * `file-unreadable` where there is no index.html: the window was not built.
 */
export async function readAssets(folder: string): Promise<Assets> {
  const assets = new Map<string, Asset>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new MailError('file-unreadable', { path: folder }, { cause });
  });
  for (const entry of entries) {
    const contentType = contentTypes[extname(entry.name).toLowerCase()];
    if (!entry.isFile() || contentType === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length).replaceAll('\\', '/');
    // A Uint8Array of its own: a view of a shared pool could not be handed to a Response.
    const body = Uint8Array.from(await readFile(file));
    const digest = createHash('sha256').update(body).digest('base64url').slice(0, 27);
    assets.set(path.startsWith('/') ? path : `/${path}`, {
      body,
      contentType,
      etag: `"${digest}"`,
      immutable: digestInName.test(entry.name),
    });
  }
  const index = assets.get('/index.html');
  if (!index) throw new MailError('file-unreadable', { path: join(folder, 'index.html') });
  assets.set('/', index);
  return assets;
}
