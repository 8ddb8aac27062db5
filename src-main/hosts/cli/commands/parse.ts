/** parse: mails from files, without a profile. */
import { readFile } from 'node:fs/promises';
import { PartId } from '#shared/domain/ids.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';
import { describeError } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { wholeMessageJson, wholeMessageWords, type PrintableMessage } from '../messageJson.ts';

async function parseFile(file: string): Promise<PrintableMessage> {
  let raw: Uint8Array;
  try {
    raw = await readFile(file);
  } catch (cause) {
    throw new MailError('file-unreadable', { file }, { cause });
  }
  const { parseMessage } = await import('#engine/mime/parseMessage.ts');
  const parsed = await parseMessage(raw);
  return {
    ...parsed,
    id: null,
    attachments: parsed.attachments.map(({ partId, filename, contentType, size, inline, contentId }) => ({
      id: PartId.parse(partId),
      filename,
      contentType,
      size,
      inline,
      contentId,
    })),
  };
}

export function registerParseCommand({ program, run }: CommandContext): void {
  program
    .command('parse <file...>')
    .description('show mails from .eml files as "show" does; several files: one JSON object a line')
    .action((files: string[]) =>
      run(async ({ output }) => {
        const [first] = files;
        if (files.length === 1 && first !== undefined) {
          const message = await parseFile(first);
          output.result(wholeMessageJson(message), () => wholeMessageWords(message));
          return 0;
        }
        let failed = 0;
        for (const file of files) {
          try {
            const message = await parseFile(file);
            if (output.json) output.line({ file, ...wholeMessageJson(message) });
            else output.text(`== ${file}\n${wholeMessageWords(message)}\n`);
          } catch (error) {
            failed += 1;
            const described = describeError(toWire(error), output.language);
            if (output.json) output.line({ file, error: described });
            else output.note(`${file}: ${described.message}`);
          }
        }
        return failed === 0 ? 0 : 1;
      }),
    );
}
