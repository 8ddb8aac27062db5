/**
 * Eight `watch` processes, each with a profile of its own, in one organisation whose config comes from a web server over TLS: they race for
 * the same mails, and two of them are killed and come back.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { connectEngine } from '#hosts/node/connectEngine.ts';
import type { EngineConnection } from '#hosts/node/connectEngine.ts';
import type { GroupOutcome } from '#shared/contract/groups.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { describeWith } from '#test/servers/available.ts';
import { createAuthority } from '#test/servers/certificates.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { startNginx, type Nginx } from '#test/servers/nginx.ts';
import { openCliBench } from './cli.ts';
import type { CliBench, Json, Running } from './cli.ts';

const names = ['anna', 'ben', 'cleo', 'dora', 'emil', 'fritz', 'gerda', 'hanna'];
const mails = 6;
/** Who dies before which mail, and comes back before which. */
const deaths = [
  { name: 'gerda', before: 1, back: 3 },
  { name: 'hanna', before: 2, back: 4 },
];
const code = 'KLEE-BLATT-1234';
const address = (name: string): string => `${name}@xyz.test`;
/** How long others may take on a machine that does more than this. */
const patience = { timeout: 120_000, interval: 100 };

/** One person's machine: a profile, a `watch` on it, and a further process that is taken in by it. */
class Member implements AsyncDisposable {
  readonly name: string;
  readonly cli: CliBench;
  #watching: Running | null = null;
  #connection: EngineConnection | null = null;

  constructor(name: string, ca: string) {
    this.name = name;
    this.cli = openCliBench({ ca });
  }

  async start(): Promise<void> {
    this.#watching = this.cli.start('watch');
    await this.#watching.said('watching');
    this.#connection = await connectEngine({ profile: this.cli.profile });
    expect(this.#connection.mode).toBe('attached');
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    await this.#watching?.end('SIGKILL');
    this.#watching = null;
    await this.#leave();
  }

  get client(): EngineConnection['client'] {
    if (this.#connection === null) throw new Error(`${this.name} is not there`);
    return this.#connection.client;
  }

  /** The group's mails as this member's profile numbers them, by subject. */
  async mails(): Promise<Map<string, MessageId>> {
    const { messages } = await this.client.call('messages.list', {
      source: { kind: 'all-inboxes' },
      limit: 100,
    });
    return new Map(messages.map(({ subject, id }) => [subject, id]));
  }

  async claim(subject: string): Promise<GroupOutcome> {
    const messageId = (await this.mails()).get(subject);
    if (messageId === undefined) throw new Error(`${this.name} has no ${subject}`);
    return this.client.call('groups.claim', { messageId });
  }

  /** What he knows of each mail: who has it, and all that happened to it. */
  async everything(): Promise<
    Record<string, { handler: string | null; history: string[]; notes: string[] }>
  > {
    const known = [...(await this.mails())].sort(([a], [b]) => a.localeCompare(b));
    const states = await Promise.all(
      known.map(([, messageId]) => this.client.call('groups.state', { messageId })),
    );
    return Object.fromEntries(
      states.map((state, at) => [
        known[at]![0],
        {
          handler: state.handler?.name ?? null,
          history: state.history.map(
            ({ by, event, accepted, pending }) =>
              `${by.name} ${event}${accepted ? '' : ' too late'}${pending === true ? ' pending' : ''}`,
          ),
          notes: state.notes.map(({ text }) => text),
        },
      ]),
    );
  }

  async #leave(): Promise<void> {
    await this.#connection?.[Symbol.asyncDispose]();
    this.#connection = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave();
    await this.#watching?.end('SIGINT');
    await this.cli[Symbol.asyncDispose]();
  }
}

describeWith(['dovecot', 'nginx'], 'processes of one organisation', () => {
  let mail: Dovecot;
  let web: Nginx;
  let ca: string;
  beforeAll(async () => {
    const authority = createAuthority();
    ca = authority.cert;
    [mail, web] = await Promise.all([
      startDovecot({ authority }),
      startNginx({ certificate: authority.issue() }),
    ]);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all([mail[Symbol.asyncDispose](), web[Symbol.asyncDispose]()]);
  });

  const accountFile = (user: string): Record<string, unknown> => ({
    name: user,
    address: address(user),
    displayName: 'XYZ',
    imap: {
      host: 'localhost',
      port: mail.ports.imaps,
      security: 'tls',
      user: address(user),
      password: mail.password,
    },
    smtp: null,
    archiveAddress: null,
    tls: { trust: 'system' },
  });
  it(
    'a config is published over TLS and fetched once; without the authority nobody is believed',
    { timeout: 400_000 },
    async () => {
      await using anna = openCliBench({ ca: ca });
      await anna.ok('group', 'init', '--organisation', 'XYZ', '--me', address('anna'), '--name', 'Anna');
      await anna.ok('group', 'user', 'add', address('ben'), '--name', 'Ben');
      const published = await anna.ok('group', 'publish', '--to', web.url('/dav/tls.json'));
      expect(published).toMatchObject({ revision: 1 });
      expect(published.url).toMatch(/^https:/);
      expect(web.requests()).toContain('PUT /dav/tls.json 201');

      await using stranger = openCliBench();
      const refused = await stranger.json('group', 'join', published.joinLink, '--me', address('ben'));
      expect([refused.status, refused.value.error.code]).toEqual([1, 'config-unreachable']);

      await using ben = openCliBench({ ca: ca });
      expect(await ben.ok('group', 'join', published.joinLink, '--me', address('ben'))).toMatchObject({
        organisation: 'XYZ',
        revision: 1,
      });
      expect(await ben.ok('group', 'sync')).toMatchObject({ revision: 1, changed: false });
      expect(web.requests().at(-1)).toBe('GET /dav/tls.json 304');

      await anna.ok('group', 'user', 'add', address('cleo'), '--name', 'Cleo');
      expect(await anna.ok('group', 'publish')).toMatchObject({ revision: 2 });
      expect(await ben.ok('group', 'sync')).toMatchObject({ revision: 2, changed: true });
    },
  );

  it(
    'race for each mail: one wins, all know the same, and nothing of two that were killed is lost',
    { timeout: 400_000 },
    async () => {
      await using owned = new AsyncDisposableStack();
      const members = new Map(names.map((name) => [name, owned.use(new Member(name, ca))]));
      const anna = members.get('anna')!;
      await found(anna.cli.profile);
      const file = anna.cli.write('info.json', accountFile('info'));
      const all = names.map(address).join(',');
      await anna.cli.ok('group', 'account', 'add', file, '--members', all);
      const { joinLink } = await anna.cli.ok(
        'group',
        'publish',
        '--to',
        web.url('/dav/race.json'),
        '--invite-code',
        code,
      );
      await Promise.all(
        [...members.values()]
          .slice(1)
          .map(({ cli, name }) =>
            cli.ok('group', 'join', joinLink, '--me', address(name), '--invite-code', code),
          ),
      );
      // Two by two: eight at once take longer than each is waited for, where the machine is busy.
      for (let at = 0; at < names.length; at += 2)
        await Promise.all(names.slice(at, at + 2).map((name) => members.get(name)!.start()));

      const subjects = Array.from({ length: mails }, (_, at) => `Question ${String(at).padStart(2, '0')}`);
      for (const subject of subjects) await mail.deliver(address('info'), letter(subject));
      await expect
        .poll(
          async () => Promise.all([...members.values()].map(async (one) => (await one.mails()).size)),
          patience,
        )
        .toEqual(names.map(() => mails));

      const gone = new Set<string>();
      /** Mail by mail, who was told that he has it. */
      const won = new Map<string, string>();
      for (const [at, subject] of subjects.entries()) {
        for (const { name, before, back } of deaths) {
          const victim = members.get(name)!;
          if (at === before) {
            // In the middle of a note and a claim: each is there at the end, once, or was never heard of.
            const messageId = (await victim.mails()).get(subject)!;
            const dying = Promise.allSettled([
              victim.client.call('groups.note', { messageId, text: `last words of ${name}` }),
              victim.claim(subject),
            ]);
            await victim.kill();
            await dying;
            gone.add(name);
          }
          if (at === back) {
            await victim.start();
            gone.delete(name);
          }
        }
        const present = [...members.values()].filter(({ name }) => !gone.has(name));
        const outcomes = await Promise.all(present.map((member) => member.claim(subject)));
        const winners = present.filter((_, index) => outcomes[index]?.accepted);
        // A claim that a dying one left behind may have been faster than all of them.
        expect(winners.length, subject).toBeLessThanOrEqual(1);
        if (deaths.every(({ before }) => at !== before)) expect(winners.length, subject).toBe(1);
        if (winners[0]) won.set(subject, winners[0].name);
      }
      // One more, asked for as scripts do it.
      await mail.deliver(address('info'), letter('Last question'));
      await expect
        .poll(
          async () => Promise.all([...members.values()].map(async (one) => (await one.mails()).size)),
          patience,
        )
        .toEqual(names.map(() => mails + 1));
      const asked = await Promise.all(
        [...members.values()].slice(0, 3).map(async (member) => {
          const id = (await member.mails()).get('Last question');
          return member.cli.json('group', 'claim', String(id));
        }),
      );
      expect(asked.map(({ status }) => status).sort()).toEqual([0, 1, 1]);
      const winner = asked.find(({ status }) => status === 0)?.value.handler;
      expect(new Set(asked.map(({ value }: { value: Json }) => value.handler))).toEqual(new Set([winner]));

      const known = async () => Promise.all([...members.values()].map((member) => member.everything()));
      await expect
        .poll(async () => new Set((await known()).map((one) => JSON.stringify(one))).size, patience)
        .toBe(1);
      const [state] = await known();
      for (const subject of [...subjects, 'Last question']) {
        const { handler, history, notes } = state![subject]!;
        const claims = history.filter((line) => line.includes(' assign'));
        expect(
          claims.filter((line) => !line.endsWith('too late')),
          subject,
        ).toEqual([`${handler} assign`]);
        if (won.has(subject)) expect(handler, subject).toBe(won.get(subject));
        expect(new Set(claims.map((line) => line.split(' ')[0])).size, subject).toBe(claims.length);
        expect(new Set(notes).size, subject).toBe(notes.length);
        expect(
          history.filter((line) => line.endsWith('pending')),
          subject,
        ).toEqual([]);
      }
    },
  );
});

/** The organisation with everybody in it; in one go, since each command is a process. */
async function found(profile: string): Promise<void> {
  vi.stubEnv('POSTKORB_KEYCHAIN', 'off');
  await using own = await connectEngine({ profile });
  await own.client.call('groups.init', { organisation: 'XYZ', address: address('anna'), name: 'anna' });
  for (const name of names.slice(1))
    await own.client.call('groups.addUser', { address: address(name), name });
}

function letter(subject: string): string {
  return `From: Customer <c@outside.test>\r\nTo: info@xyz.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '-')}@outside.test>\r\nDate: ${new Date().toUTCString()}\r\n\r\nHello\r\n`;
}
