/** An administrator's file with client ids (oauth-clients.json). */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { OAuthClients } from '#shared/domain/oauthClients.ts';
import { MailError } from '#shared/errors/MailError.ts';

/** Empty where there is none. Throws `file-unreadable`, and `invalid-input` with every fault; no value of it is quoted. */
export function readClientFile(path: string): OAuthClients {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new MailError('file-unreadable', { file: path }, { cause });
  }
  const file = basename(path);
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    const faults = [{ path: file, code: 'not-json', message: 'this is not valid JSON' }];
    throw new MailError('invalid-input', { file }, { faults });
  }
  const parsed = OAuthClients.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new MailError(
    'invalid-input',
    { file },
    {
      faults: parsed.error.issues.map((issue) => ({
        path: [file, ...issue.path.map(String)].join(': '),
        code: issue.code.replaceAll('_', '-'),
        message: issue.message,
      })),
    },
  );
}
