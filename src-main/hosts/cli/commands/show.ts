/** show, attachment */
import { writeFile } from 'node:fs/promises';
import { MessageId, PartId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { invalid } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { wholeMessageJson, wholeMessageWords } from '../messageJson.ts';
import { messageNumber, withEngine } from '../session.ts';

export function registerShowCommands({ program, run }: CommandContext): void {
  program
    .command('show <message>')
    .description('one message; its text is fetched where it is not here yet')
    .option('--raw', 'its source, as the server holds it')
    .action((message: string, flags: { raw?: boolean }) =>
      run((options) => {
        const id = MessageId.parse(messageNumber(message));
        const { output } = options;
        return withEngine(options, async (client) => {
          if (flags.raw) {
            const { raw } = await client.call('messages.source', { id });
            if (output.json) output.result({ id, raw: Buffer.from(raw).toString('utf8') }, () => '');
            else output.text(Buffer.from(raw).toString('utf8'));
            return;
          }
          const content = await client.call('messages.get', { id });
          const [row] = (await client.call('messages.rows', { refs: [{ id }] })).messages;
          output.result({ ...wholeMessageJson(content), ...(row?.group ? { group: row.group } : {}) }, () =>
            wholeMessageWords(content),
          );
        });
      }),
    );

  program
    .command('attachment <message> <attachment>')
    .description('save an attachment ("show" lists them by id)')
    .requiredOption('--out <file>', 'where to; an existing file is replaced')
    .action((message: string, attachment: string, flags: { out: string }) =>
      run((options) => {
        const id = MessageId.parse(messageNumber(message));
        const part = PartId.safeParse(attachment);
        if (!part.success)
          throw invalid(
            'ATTACHMENT',
            'invalid',
            `"${attachment}" is no attachment id; "postkorb show" lists them`,
          );
        return withEngine(options, async (client) => {
          const { filename, contentType, content } = await client.call('messages.attachment', {
            id,
            part: part.data,
          });
          try {
            await writeFile(flags.out, content);
          } catch (cause) {
            throw new MailError('file-unreadable', { file: flags.out }, { cause });
          }
          options.output.result(
            { filename, contentType, size: content.byteLength, out: flags.out },
            () => `${flags.out}  ${content.byteLength} bytes`,
          );
        });
      }),
    );
}
