import type { Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createConnectionTest } from '#engine/accounts/connectionTest.ts';
import type { TestOutcome } from '#engine/accounts/connectionTest.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { ServerTest, TestStep } from '#shared/contract/accounts.ts';
import type { AccountSettings, Security } from '#shared/domain/account.ts';
import type { MailErrorCode } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { describeWith } from '#test/servers/available.ts';
import { startBlackHole } from '#test/servers/blackHole.ts';
import { createAuthority, selfSigned } from '#test/servers/certificates.ts';
import type { ServerCertificate } from '#test/servers/certificates.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { freePorts } from '#test/servers/ports.ts';
import { startPostfix } from '#test/servers/postfix.ts';
import type { Postfix } from '#test/servers/postfix.ts';
import { startRawServer, talkImap, talkSmtp } from '#test/servers/rawServer.ts';
import { silentLog } from '#test/support/silentLog.ts';

const day = 86_400_000;
const canary = 'Canary-5ecret-of-the-test';

/** Sends `text`, and to whatever comes next an answer that is no TLS. */
function garbage(socket: Socket, text: string): string {
  socket.removeAllListeners('data').once('data', () => socket.write('what is this?\r\n'.repeat(20)));
  return text;
}

describeWith(['dovecot', 'postfix'], 'the connection test', () => {
  const authority = createAuthority();
  let dovecot: Dovecot;
  let postfix: Postfix;
  const test = createConnectionTest({ clock: systemClock(), log: silentLog() });

  beforeAll(async () => {
    // As an administrator installs the authority of a company.
    setDefaultCACertificates([...getCACertificates('default'), authority.cert]);
    dovecot = await startDovecot({ authority });
    postfix = await startPostfix(dovecot);
  });
  afterAll(async () => {
    await postfix[Symbol.asyncDispose]();
    await dovecot[Symbol.asyncDispose]();
  });

  interface Wanted {
    readonly imap?: Partial<AccountSettings['imap']>;
    /** null: an account that only reads. */
    readonly smtp?: Partial<AccountSettings['imap']> | null;
    readonly address?: string;
    readonly trust?: string;
    readonly imapPassword?: string;
    readonly smtpPassword?: string;
    readonly signal?: AbortSignal;
    readonly onStep?: (server: 'imap' | 'smtp', step: TestStep) => void;
  }
  const run = async (wanted: Wanted = {}): Promise<TestOutcome> => {
    const { address = 'anna@xyz.test', imapPassword = dovecot.password } = wanted;
    const server = (port: number, security: Security): AccountSettings['imap'] => ({
      host: 'localhost',
      port,
      security,
      user: 'anna@xyz.test',
    });
    const settings: AccountSettings = {
      name: 'Anna',
      address,
      displayName: 'Anna Albrecht',
      imap: { ...server(dovecot.ports.imaps, 'tls'), ...wanted.imap },
      smtp: wanted.smtp === null ? null : { ...server(postfix.ports.smtps, 'tls'), ...wanted.smtp },
      archiveAddress: null,
      tls: { trust: wanted.trust ?? 'system' },
    };
    const credentials = { imapPassword, smtpPassword: wanted.smtpPassword ?? null };
    const outcome = await test(
      settings,
      credentials,
      wanted.signal ?? new AbortController().signal,
      wanted.onStep,
    );
    expect(outcome.ms).toBeLessThan(10_000);
    expect(JSON.stringify(outcome)).not.toContain(canary);
    return outcome;
  };

  /** The failing step is the last one told, the only bad one, and has words. */
  const expectFailure = (
    server: ServerTest | null,
    step: TestStep['step'],
    ...codes: readonly MailErrorCode[]
  ): void => {
    const last = server?.steps.at(-1);
    expect({ step: last?.step, code: last?.error?.code }).toEqual({
      step,
      code: codes.find((code) => code === last?.error?.code) ?? codes[0],
    });
    expect(server?.ok).toBe(false);
    expect(server?.steps.filter((one) => !one.ok)).toHaveLength(1);
    for (const language of ['en', 'de'] as const) {
      const words = errorText(last!.error!, language);
      expect(words.message).not.toBe('');
      expect(words.hint).not.toBe('');
    }
  };
  const steps = (server: ServerTest | null): string =>
    (server?.steps ?? []).map(({ step }) => step).join(' ');

  it.each([
    ['tls', 'imaps', 'smtps'],
    ['starttls', 'imap', 'submission'],
    ['none', 'imap', 'plain'],
  ] as const)(
    'right settings pass with %s, each step told as it ends and with its time',
    async (security, imap, smtp) => {
      const told: string[] = [];
      const outcome = await run({
        imap: { security, port: dovecot.ports[imap] },
        smtp: { security, port: postfix.ports[smtp] },
        onStep: (server, { step, ok }) => told.push(`${server} ${step} ${ok}`),
      });
      expect(outcome).toMatchObject({ ok: true, imap: { ok: true }, smtp: { ok: true }, slow: null });
      expect(steps(outcome.imap)).toBe('resolve connect tls login folders');
      expect(steps(outcome.smtp)).toBe('resolve connect tls login sender');
      for (const { ms } of [...outcome.imap.steps, ...outcome.smtp!.steps])
        expect(ms).toBeGreaterThanOrEqual(0);
      expect(told.filter((line) => line.startsWith('imap'))).toEqual(
        outcome.imap.steps.map(({ step }) => `imap ${step} true`),
      );
      expect(told).toHaveLength(10);
      expect(outcome.imap.certificate === null).toBe(security === 'none');
    },
  );

  it('an account without SMTP passes by its IMAP server alone', async () => {
    expect(await run({ smtp: null })).toMatchObject({ ok: true, smtp: null });
  });

  it('one bad server fails the test, and the good one is shown as good', async () => {
    const [port = 0] = await freePorts(1);
    const outcome = await run({ smtp: { port } });
    expect(outcome).toMatchObject({ ok: false, imap: { ok: true }, slow: null });
    expectFailure(outcome.smtp, 'connect', 'connection-refused');
  });

  it('a host that does not resolve fails in the step resolve', async () => {
    const host = 'mail.does-not-exist.invalid';
    const outcome = await run({ imap: { host }, smtp: { host } });
    // Without a name server nobody can say that there is no such host.
    expectFailure(outcome.imap, 'resolve', 'host-not-found', 'dns-failed');
    expectFailure(outcome.smtp, 'resolve', 'host-not-found', 'dns-failed');
    expect(outcome.imap.steps.at(-1)?.error?.params['host']).toBe(host);
  });

  it('a closed port fails in the step connect', async () => {
    const [port = 0] = await freePorts(1);
    const outcome = await run({ imap: { port }, smtp: { port } });
    expectFailure(outcome.imap, 'connect', 'connection-refused');
    expectFailure(outcome.smtp, 'connect', 'connection-refused');
  });

  it('TLS on a plain port says so at once', async () => {
    const outcome = await run({
      imap: { port: dovecot.ports.imap },
      smtp: { port: postfix.ports.submission },
    });
    expectFailure(outcome.imap, 'tls', 'tls-on-plain-port');
    expectFailure(outcome.smtp, 'tls', 'tls-on-plain-port');
    expect(outcome.ms).toBeLessThan(2000);
  });

  it.each(['starttls', 'none'] as const)('%s on a TLS port says so', async (security) => {
    const outcome = await run({ imap: { security }, smtp: { security } });
    expectFailure(outcome.imap, 'connect', 'plain-on-tls-port');
    expectFailure(outcome.smtp, 'connect', 'plain-on-tls-port');
    expect(outcome.ms).toBeLessThan(6000);
  });

  const certificates: readonly (readonly [string, MailErrorCode, () => ServerCertificate])[] = [
    ['self-signed', 'certificate-self-signed', () => selfSigned()],
    ['of an unknown authority', 'certificate-untrusted', () => createAuthority('Somebody else').issue()],
    [
      'expired',
      'certificate-expired',
      () =>
        authority.issue({ notBefore: new Date(Date.now() - 9 * day), notAfter: new Date(Date.now() - day) }),
    ],
    [
      'not yet valid',
      'certificate-not-yet-valid',
      () =>
        authority.issue({ notBefore: new Date(Date.now() + day), notAfter: new Date(Date.now() + 9 * day) }),
    ],
    ['for another name', 'certificate-wrong-host', () => authority.issue({ hosts: ['mail.other.test'] })],
  ];
  it.each(certificates)(
    'N04: a certificate that is %s is refused and shown; pinned by its fingerprint it passes, and no other does',
    async (_what, code, make) => {
      const certificate = make();
      const imapAnswers = {
        LIST: (tag: string) => `* LIST () "/" INBOX\r\n${tag} OK done\r\n`,
        STATUS: (tag: string) => `* STATUS INBOX (MESSAGES 0)\r\n${tag} OK done\r\n`,
      };
      await using imap = await startRawServer(
        talkImap(imapAnswers, undefined, 'IMAP4rev1 AUTH=PLAIN SASL-IR'),
        { certificate },
      );
      await using smtp = await startRawServer(talkSmtp({}), { certificate });
      const ports = { imap: { port: imap.port }, smtp: { port: smtp.port } };

      const refused = await run({ ...ports, imapPassword: canary });
      expectFailure(refused.imap, 'tls', code);
      expectFailure(refused.smtp, 'tls', code);
      for (const server of [refused.imap, refused.smtp]) {
        expect(server?.certificate?.fingerprint).toBe(certificate.pin);
      }
      // Before the certificate was judged nothing was said.
      expect(imap.received() + smtp.received()).toBe('');

      expect(await run({ ...ports, trust: certificate.pin })).toMatchObject({ ok: true });

      const other = await run({ ...ports, trust: selfSigned().pin });
      expectFailure(other.imap, 'tls', 'certificate-changed');
      expectFailure(other.smtp, 'tls', 'certificate-changed');
      expect(other.imap.steps.at(-1)?.error?.params['fingerprint']).toBe(certificate.pin);
    },
  );

  it('N04: the same over STARTTLS', async () => {
    await using own = await startDovecot({ certificate: selfSigned() });
    await using mail = await startPostfix(own);
    const ports = {
      imap: { port: own.ports.imap, security: 'starttls' },
      smtp: { port: mail.ports.submission, security: 'starttls' },
      imapPassword: own.password,
    } as const;
    const refused = await run(ports);
    expectFailure(refused.imap, 'tls', 'certificate-self-signed');
    expectFailure(refused.smtp, 'tls', 'certificate-self-signed');
    expect(own.log()).not.toMatch(/Login|Aborted login \(auth failed/);
    expect(await run({ ...ports, trust: own.certificate.pin })).toMatchObject({ ok: true });
  });

  it('a wrong password fails in the step login, with the words of the server', async () => {
    const outcome = await run({ imapPassword: canary });
    expectFailure(outcome.imap, 'login', 'credentials-rejected');
    expectFailure(outcome.smtp, 'login', 'credentials-rejected');
    expect(outcome.imap.steps.at(-1)?.error?.params['response']).toMatch(/authentication failed/i);
    expect(outcome.smtp?.steps.at(-1)?.error?.params['response']).toMatch(/535/);
  });

  it('a password for SMTP of its own is used there alone', async () => {
    const outcome = await run({ smtpPassword: canary });
    expect(outcome.imap.ok).toBe(true);
    expectFailure(outcome.smtp, 'login', 'credentials-rejected');
  });

  it('an address that the login may not send as is refused in the step sender', async () => {
    const outcome = await run({ address: 'boss@xyz.test' });
    expect(outcome.imap.ok).toBe(true);
    expectFailure(outcome.smtp, 'sender', 'sender-refused');
    expect(outcome.smtp?.steps.at(-1)?.error?.params).toMatchObject({ address: 'boss@xyz.test' });
  });

  it('no mail is sent by a test', async () => {
    const before = postfix.log().length;
    expect((await run()).ok).toBe(true);
    expect(postfix.log().slice(before)).not.toMatch(/cleanup|qmgr/);
  });

  it('N01: STARTTLS that is not offered ends before any password', async () => {
    await using imap = await startRawServer(talkImap({}, undefined, 'IMAP4rev1 AUTH=PLAIN SASL-IR'));
    await using smtp = await startRawServer(talkSmtp({}, ['AUTH PLAIN LOGIN']));
    const outcome = await run({
      imap: { port: imap.port, security: 'starttls' },
      smtp: { port: smtp.port, security: 'starttls' },
      imapPassword: canary,
    });
    expectFailure(outcome.imap, 'tls', 'starttls-not-offered');
    expectFailure(outcome.smtp, 'tls', 'starttls-not-offered');
    expect(imap.received() + smtp.received()).not.toMatch(/AUTH|LOGIN|AUTHENTICATE/);
  });

  it('N01: STARTTLS that is offered and then refused ends before any password', async () => {
    await using imap = await startRawServer(talkImap({ STARTTLS: (tag) => `${tag} NO not today\r\n` }));
    await using smtp = await startRawServer(talkSmtp({ STARTTLS: () => '454 not today\r\n' }));
    const outcome = await run({
      imap: { port: imap.port, security: 'starttls' },
      smtp: { port: smtp.port, security: 'starttls' },
    });
    expect(outcome.ok).toBe(false);
    expect(steps(outcome.imap)).toBe('resolve connect tls');
    expect(steps(outcome.smtp)).toBe('resolve connect tls');
    expect(imap.received() + smtp.received()).not.toMatch(/AUTH|LOGIN/);
  });

  it('N02: bytes behind the answer to STARTTLS are an attack', async () => {
    await using imap = await startRawServer(
      talkImap({ STARTTLS: (tag) => `${tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n` }),
    );
    await using smtp = await startRawServer(talkSmtp({ STARTTLS: () => '220 go\r\n250 AUTH PLAIN\r\n' }));
    const outcome = await run({
      imap: { port: imap.port, security: 'starttls' },
      smtp: { port: smtp.port, security: 'starttls' },
    });
    expectFailure(outcome.imap, 'tls', 'starttls-injection');
    expectFailure(outcome.smtp, 'tls', 'starttls-injection');
    expect(imap.received() + smtp.received()).not.toMatch(/AUTH|LOGIN/);
  });

  it('an answer to STARTTLS that no TLS follows is no matter of the port', async () => {
    await using imap = await startRawServer(
      talkImap({ STARTTLS: (tag, socket) => garbage(socket, `${tag} OK begin\r\n`) }),
    );
    await using smtp = await startRawServer(
      talkSmtp({ STARTTLS: (socket) => garbage(socket, '220 go\r\n') }),
    );
    const outcome = await run({
      imap: { port: imap.port, security: 'starttls' },
      smtp: { port: smtp.port, security: 'starttls' },
    });
    expectFailure(outcome.imap, 'tls', 'tls-failed');
    expectFailure(outcome.smtp, 'tls', 'tls-failed');
  });

  it('N03: a greeting that skips the login keeps nobody in clear text', async () => {
    await using imap = await startRawServer(talkImap({}, '* PREAUTH welcome\r\n'));
    const outcome = await run({ imap: { port: imap.port, security: 'starttls' }, smtp: null });
    expect(outcome.imap.ok).toBe(false);
    expect(steps(outcome.imap)).toMatch(/^resolve connect( tls)?$/);
  });

  it('what answers there is another service: said at once', async () => {
    await using web = await startRawServer((socket) => {
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    const outcome = await run({
      imap: { port: web.port, security: 'none' },
      smtp: { port: web.port, security: 'none' },
    });
    expectFailure(outcome.imap, 'connect', 'unexpected-greeting');
    expectFailure(outcome.smtp, 'connect', 'unexpected-greeting');
    expect(outcome.ms).toBeLessThan(2000);
  });

  it('a server that hangs up at once', async () => {
    await using closing = await startRawServer((socket) => {
      socket.destroy();
    });
    for (const security of ['tls', 'starttls'] as const) {
      const outcome = await run({
        imap: { port: closing.port, security },
        smtp: { port: closing.port, security },
      });
      expectFailure(outcome.imap, security === 'tls' ? 'tls' : 'connect', 'connection-closed', 'tls-failed');
      expectFailure(outcome.smtp, security === 'tls' ? 'tls' : 'connect', 'connection-closed', 'tls-failed');
    }
  });

  it('a server that is full says so', async () => {
    await using imap = await startRawServer(talkImap({}, '* BYE Too many connections from your IP\r\n'));
    await using smtp = await startRawServer(
      talkSmtp({}, [], '421 4.7.0 Too many connections, try again later\r\n'),
    );
    const outcome = await run({
      imap: { port: imap.port, security: 'none' },
      smtp: { port: smtp.port, security: 'none' },
    });
    const code = (server: ServerTest | null): string | undefined => server?.steps.at(-1)?.error?.code;
    expect([code(outcome.imap), code(outcome.smtp)]).toEqual([
      'too-many-connections',
      'too-many-connections',
    ]);
  });

  it('N05, N06: a server that keeps silent, at whatever step, or says a byte a second, ends in time with what it did not do', async () => {
    await using stack = new AsyncDisposableStack();
    const start = async (talk: (socket: Socket) => void): Promise<number> =>
      stack.use(await startRawServer(talk)).port;
    const silent = await start(() => undefined);
    const trickle = await start((socket) => {
      const timer = setInterval(() => socket.write('*'), 1000);
      socket.once('close', () => clearInterval(timer));
    });
    const hole = stack.use(await startBlackHole()).port;
    const words = 'IMAP4rev1 AUTH=PLAIN SASL-IR NAMESPACE';
    const imapAt = (answers: Parameters<typeof talkImap>[0]): Promise<number> =>
      start(talkImap(answers, undefined, words));
    const smtpAt = (answers: Parameters<typeof talkSmtp>[0]): Promise<number> => start(talkSmtp(answers));

    /** What comes after it gets no answer. */
    const lastWord = (socket: Socket, text: string): string => {
      socket.removeAllListeners('data').resume();
      return text;
    };

    const cases: readonly (readonly [Security, number, number, TestStep['step'], MailErrorCode])[] = [
      ['tls', hole, hole, 'connect', 'connection-timeout'],
      ['starttls', hole, hole, 'connect', 'connection-timeout'],
      ['none', hole, hole, 'connect', 'connection-timeout'],
      ['tls', silent, silent, 'tls', 'greeting-timeout'],
      ['starttls', silent, silent, 'connect', 'greeting-timeout'],
      ['none', silent, silent, 'connect', 'greeting-timeout'],
      ['none', trickle, trickle, 'connect', 'greeting-timeout'],
      [
        'starttls',
        await start(talkImap({ STARTTLS: (tag, socket) => lastWord(socket, `${tag} OK begin\r\n`) })),
        await smtpAt({ STARTTLS: (socket) => lastWord(socket, '220 go\r\n') }),
        'tls',
        'deadline-exceeded',
      ],
      [
        'none',
        await imapAt({ AUTHENTICATE: () => '', LOGIN: () => '' }),
        await smtpAt({ AUTH: () => '' }),
        'login',
        'deadline-exceeded',
      ],
      [
        'none',
        await imapAt({ LIST: () => '' }),
        await smtpAt({ MAIL: () => '' }),
        'folders',
        'deadline-exceeded',
      ],
    ];
    const outcomes = await Promise.all(
      cases.map(([security, imap, smtp]) =>
        run({ imap: { port: imap, security }, smtp: { port: smtp, security }, imapPassword: canary }),
      ),
    );
    for (const [at, [, , , step, code]] of cases.entries()) {
      expectFailure(outcomes[at]!.imap, step, code);
      const nothingIsSmtp: readonly MailErrorCode[] =
        code === 'greeting-timeout' ? ['unexpected-greeting'] : [];
      expectFailure(outcomes[at]!.smtp, step === 'folders' ? 'sender' : step, code, ...nothingIsSmtp);
    }
  });

  it('N08: an endless line or announcement is cut off', async () => {
    const endless = (prefix: string) => (socket: Socket) => {
      const block = 'x'.repeat(65_536);
      const more = (): void => {
        while (!socket.destroyed && socket.write(block, 'latin1'));
      };
      socket.on('drain', more);
      socket.write(prefix);
      more();
    };
    await using imap = await startRawServer(endless('* OK '));
    await using smtp = await startRawServer(endless('220 '));
    const before = process.memoryUsage().rss;
    const outcome = await run({
      imap: { port: imap.port, security: 'none' },
      smtp: { port: smtp.port, security: 'none' },
    });
    expect(outcome.ok).toBe(false);
    expect(outcome.smtp?.steps.at(-1)?.error?.code).toBe('response-too-large');
    expect(process.memoryUsage().rss - before).toBeLessThan(300 << 20);
  });

  it('a mailbox without an inbox is of no use', async () => {
    await using imap = await startRawServer(talkImap({}, undefined, 'IMAP4rev1 AUTH=PLAIN SASL-IR'));
    const outcome = await run({ imap: { port: imap.port, security: 'none' }, smtp: null });
    expectFailure(outcome.imap, 'folders', 'folders-unusable');
  });

  it('R20: a server that says the password back does not get it into the result', async () => {
    const echo = Buffer.from(`\0anna@xyz.test\0${canary}`).toString('base64');
    await using imap = await startRawServer(
      talkImap(
        {
          AUTHENTICATE: (tag) => `${tag} NO no such ${canary}\r\n`,
          LOGIN: (tag) => `${tag} NO no such ${canary}\r\n`,
        },
        undefined,
        'IMAP4rev1 AUTH=PLAIN SASL-IR',
      ),
    );
    await using smtp = await startRawServer(talkSmtp({ AUTH: () => `535 no such ${canary} ${echo}\r\n` }));
    const outcome = await run({
      imap: { port: imap.port, security: 'none' },
      smtp: { port: smtp.port, security: 'none' },
      imapPassword: canary,
    });
    expectFailure(outcome.imap, 'login', 'credentials-rejected');
    expectFailure(outcome.smtp, 'login', 'credentials-rejected');
    expect(JSON.stringify(outcome)).not.toContain(echo);
  });

  it('a slow login passes with a verdict', async () => {
    await using smtp = await startRawServer(
      talkSmtp({
        AUTH: (socket) => {
          setTimeout(() => socket.write('235 welcome\r\n'), 3200);
          return '';
        },
      }),
    );
    const outcome = await run({ smtp: { port: smtp.port, security: 'none' } });
    expect(outcome.ok).toBe(true);
    expect(outcome.slow?.loginMs).toBeGreaterThanOrEqual(3000);
    expect(outcome.slow?.intervalMinutes).toBe(10);
  });

  it('clear text beyond this machine is refused before anything is tried', async () => {
    await expect(run({ imap: { host: 'mail.xyz.test', security: 'none' } })).rejects.toMatchObject({
      code: 'plaintext-not-allowed',
    });
    await expect(run({ smtp: { host: 'mail.xyz.test', security: 'none' } })).rejects.toMatchObject({
      code: 'plaintext-not-allowed',
    });
  });

  it('is cancelled at once, and leaves nothing behind', async () => {
    await using silent = await startRawServer(() => undefined);
    const controller = new AbortController();
    const begun = performance.now();
    const running = run({
      imap: { port: silent.port },
      smtp: { port: silent.port },
      signal: controller.signal,
      onStep: (_server, { step }) => {
        if (step === 'connect') controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
