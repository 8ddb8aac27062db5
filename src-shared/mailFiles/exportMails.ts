/** An export as its client runs it: mails in pieces of a few megabytes, each asked for when the one before was written. */
import type { EngineClient, ResponseOf } from '../contract/contract.ts';
import type { ExportSource, MailFileFormat } from '../contract/mailFiles.ts';

type Read = ResponseOf<'mailFiles.read'>;

export interface ExportStep extends Read {
  /** Mails that were asked for so far. */
  readonly done: number;
  readonly total: number;
}

/** So much is on its way at once, unless a single mail is larger. */
const stepBytes = 4 * 1024 * 1024;
const stepMails = 100;

/** Errors: what a connection throws; what was given out before is complete. */
export async function* exportMails(
  client: EngineClient,
  source: ExportSource,
  format: MailFileFormat,
  signal: AbortSignal,
): AsyncGenerator<ExportStep> {
  const { messages } = await client.call('mailFiles.list', { source }, { signal });
  const total = messages.length;
  for (let at = 0; at < total;) {
    const step: { id: (typeof messages)[number]['id']; folderId: (typeof messages)[number]['folderId'] }[] =
      [];
    let bytes = 0;
    for (const { id, folderId, size } of messages.slice(at, at + stepMails)) {
      if (step.length > 0 && bytes + size > stepBytes) break;
      step.push({ id, folderId });
      bytes += size;
    }
    at += step.length;
    const read = await client.call('mailFiles.read', { messages: step, format }, { signal });
    yield { ...read, done: at, total };
  }
}
