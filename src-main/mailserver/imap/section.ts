/** The bytes that a BODY[...] names. */
import type { HeaderField } from '../mime/headers.ts';
import { partAt } from '../mime/parseMime.ts';
import type { MimePart } from '../mime/parseMime.ts';
import type { MailContent } from '../storage/StoredMail.ts';
import type { BodySection } from './fetchItems.ts';

const lineBreak = Buffer.from('\r\n');

/** null: there is no such part. */
export function sectionBytes(content: MailContent, { part: path, what, names }: BodySection): Buffer | null {
  const { raw } = content;
  if (path.length === 0 && what === 'all') return raw;
  const root = content.structure;
  const part = partAt(root, path);
  if (part === null) return null;
  if (what === 'all') return raw.subarray(part.bodyStart, part.end);
  if (what === 'mime') return raw.subarray(part.start, part.bodyStart);
  // HEADER and TEXT are a message's: the whole one, or one that is a part.
  const message: MimePart | null = path.length === 0 ? root : part.embedded;
  if (message === null) return null;
  if (what === 'text') return raw.subarray(message.bodyStart, message.end);
  if (what === 'header') return raw.subarray(message.start, message.bodyStart);
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const fits = (field: HeaderField): boolean => wanted.has(field.name) === (what === 'fields');
  return Buffer.concat([
    ...message.fields.filter(fits).map((field) => raw.subarray(field.start, field.end)),
    lineBreak,
  ]);
}
