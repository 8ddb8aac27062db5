/** Account passwords in gnome-keyring's Secret Service, by the code that every host uses, in processes of their own as hosts are. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { startSecretService, type SecretService } from '#test/servers/secretService.ts';
import type { SecretsAnswer, SecretsOrder } from './secretsProcess.ts';

const secretsProcess = fileURLToPath(new URL('./secretsProcess.ts', import.meta.url));
const first = { imapPassword: 'canary-one', smtpPassword: null };
const second = { imapPassword: 'canary-two ü', smtpPassword: 'canary-smtp' };

/** A process with the secrets of a profile open. */
class Secrets implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(profile: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [secretsProcess, profile], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async #ask(order: SecretsOrder): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    const line: IteratorResult<string, unknown> = await this.#lines.next();
    if (line.done === true) throw new Error('the process ended');
    const answer = JSON.parse(line.value) as SecretsAnswer;
    return 'error' in answer ? answer.error : answer.value;
  }

  /** The credentials, null, or the code of the error. */
  read = (account: string): Promise<unknown> => this.#ask({ act: 'read', account });
  write = (account: string, credentials: typeof first | typeof second): Promise<unknown> =>
    this.#ask({ act: 'write', account, credentials });
  forget = (account: string): Promise<unknown> => this.#ask({ act: 'delete', account });
  state = (): Promise<unknown> => this.#ask({ act: 'kind' });

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}

const bytesUnder = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

describeWith(['keyring'], 'account passwords in the Secret Service', () => {
  let service: SecretService;
  let profile: string;
  let file: string;
  const open = (where = profile, env = service.env): Secrets => new Secrets(where, env);
  const words = {
    gone: expect.stringMatching(/^the keychain does not answer: passwords are kept in the/) as unknown,
  };

  beforeAll(async () => {
    service = await startSecretService();
  });
  afterAll(() => service[Symbol.asyncDispose]());
  beforeEach(() => {
    profile = mkdtempSync(join(tmpdir(), 'postkorb-secrets-'));
    file = join(profile, 'secrets.json');
  });
  afterEach(async () => {
    rmSync(profile, { recursive: true });
    await service.stop();
    await service.start();
  });

  it('are saved, read by another process, replaced and deleted, and no file of ours holds them', async () => {
    {
      await using secrets = open();
      expect(await secrets.read('a')).toBeNull();
      await secrets.write('a', first);
      await secrets.write('b', second);
      expect(await secrets.state()).toEqual({ kind: 'keychain', notes: [] });
    }
    await service.stop();
    await service.start();
    await using secrets = open();
    expect([await secrets.read('a'), await secrets.read('b')]).toEqual([first, second]);
    await secrets.write('a', second);
    expect(await secrets.read('a')).toEqual(second);
    await secrets.forget('a');
    expect([await secrets.read('a'), await secrets.read('b')]).toEqual([null, second]);
    // Another profile of the same person sees none of it.
    const other = mkdtempSync(join(tmpdir(), 'postkorb-secrets-'));
    {
      await using strange = open(other);
      expect(await strange.read('b')).toBeNull();
    }
    rmSync(other, { recursive: true });
    expect(existsSync(file)).toBe(false);
    expect(bytesUnder(profile) + bytesUnder(service.folder)).not.toContain('canary');
  });

  it('go to the encrypted file where there is no service, and that is said', async () => {
    await service.stop();
    {
      await using secrets = open();
      await secrets.write('a', first);
      expect(await secrets.read('a')).toEqual(first);
      expect(await secrets.state()).toEqual({
        kind: 'encrypted-file',
        notes: [`no keychain: passwords are kept in the encrypted file ${file}, readable by you only`],
      });
    }
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(bytesUnder(profile)).not.toContain('canary');
    // A profile that began with a file stays with it.
    await service.start();
    await using secrets = open();
    expect(await secrets.read('a')).toEqual(first);
    expect(await secrets.state()).toMatchObject({ kind: 'encrypted-file' });
  });

  it('are asked for, never taken for missing, while the keyring is locked; what is typed then goes to the file', async () => {
    {
      await using secrets = open();
      await secrets.write('a', first);
    }
    await service.stop();
    await service.start('locked');
    {
      await using secrets = open();
      expect(await secrets.read('a')).toBe('secrets-unavailable');
      expect(await secrets.read('new')).toBe('secrets-unavailable');
      await secrets.write('new', second);
      expect(await secrets.read('new')).toEqual(second);
      expect(await secrets.state()).toEqual({ kind: 'encrypted-file', notes: [words.gone] });
    }
    await service.stop();
    await service.start();
    await using secrets = open();
    expect([await secrets.read('a'), await secrets.read('new')]).toEqual([first, second]);
    // The next write brings it back.
    await secrets.write('new', first);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ secrets: {} });
    expect(await secrets.read('new')).toEqual(first);
  });

  it('are not lost when the keyring is locked or the service ends in between, and are found again without a new start', async () => {
    await using secrets = open();
    await secrets.write('a', first);
    await secrets.write('b', first);
    await service.lock();
    expect(await secrets.read('a')).toBe('secrets-unavailable');
    await service.stop();
    await secrets.write('a', second);
    await secrets.forget('b');
    expect(await secrets.read('a')).toEqual(second);
    expect(await secrets.state()).toEqual({ kind: 'encrypted-file', notes: [words.gone] });
    await service.start();
    await expect.poll(() => secrets.read('b')).toBeNull();
    expect(await secrets.read('a')).toEqual(second);
    expect(await secrets.state()).toMatchObject({ kind: 'keychain' });
    // What was deleted meanwhile is gone from the keyring too.
    expect(existsSync(`${file}.forgotten`)).toBe(false);
    await using later = open();
    expect(await later.read('b')).toBeNull();
  });

  it('a service that hangs keeps nobody waiting for ever', async () => {
    await using secrets = open();
    await secrets.write('a', first);
    service.hang();
    try {
      expect(await secrets.read('a')).toBe('secrets-unavailable');
      await secrets.write('a', second);
      expect(await secrets.read('a')).toEqual(second);
    } finally {
      service.resume();
    }
  });
});
