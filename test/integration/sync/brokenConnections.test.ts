/** Connections break at any command, before it was carried out or after; in the end everything a person did has happened exactly once. */
import { describe, expect, test } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { queueLength, troubledOperations } from '#engine/store/operations.repo.ts';
import type { ImapCapability } from '#mailserver/imap/capabilities.ts';
import { startMailServer, type MailServer } from '#mailserver/startMailServer.ts';
import { JumpingClock } from '#test/integration/imap/imapHarness.ts';
import { createRandom, type Random } from '#test/support/random.ts';
import { mail, mails, never, serverContents, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';
const folders = ['INBOX', 'Archive', 'Trash'];
const commands = ['SELECT', 'FETCH', 'STORE', 'COPY', 'MOVE', 'EXPUNGE', 'SEARCH', 'STATUS', 'LIST'];
const acts = 25;
const aDay = 24 * 60 * 60_000;

/** Of thousands, those in which something once went wrong; `SEEDS=100` tries as many others. */
function seeds(chosen: readonly number[]): readonly number[] {
  const many = process.env['SEEDS'];
  return many === undefined ? chosen : Array.from({ length: Number(many) }, (_, at) => at + 100);
}

const levels: readonly (readonly [string, readonly ImapCapability[]])[] = [
  ['QRESYNC', []],
  ['CONDSTORE', ['QRESYNC', 'MOVE']],
  ['UIDNEXT', ['QRESYNC', 'CONDSTORE', 'LIST-STATUS', 'MOVE']],
];

interface Day {
  readonly random: Random;
  readonly server: MailServer;
  /** In step with the server, and nothing is on its way. */
  readonly last: SyncFixture;
}

/** Somebody moves and marks mails over connections that break. `pass`: looks at the server now, with whatever happens there meanwhile. */
async function aDayOf(
  { random, server }: Omit<Day, 'last'>,
  did: (subjects: readonly string[], act: { folder: string } | { starred: boolean }) => void,
  pass: (synchronise: () => Promise<unknown>) => Promise<void>,
): Promise<Day> {
  const { pick, chance, whole } = random;
  const clock = new JumpingClock();
  let fixture = new SyncFixture({ port: server.ports.imap, user: 'anna', password, clock });
  await fixture.pass();
  for (let at = 0; at < acts; at += 1) {
    if (chance(0.5))
      server.faults.next('drop', { command: pick(commands), carriedOut: chance(0.5), skip: whole(0, 2) });
    const from = pick(folders);
    const subjects = fixture.shown(from).filter(() => chance(0.3));
    if (subjects.length > 0) {
      const act = {
        accountId: fixture.id,
        folderId: fixture.folder(from).id,
        messageIds: fixture.find(from, ...subjects),
      };
      if (chance(0.4)) {
        const starred = chance(0.5);
        const [add, remove] = starred ? [FlagBit.flagged, 0] : [0, FlagBit.flagged];
        fixture.act({ ...act, kind: 'flag', add, remove });
        did(subjects, { starred });
      } else {
        const to = pick(folders.filter((one) => one !== from));
        fixture.act({ ...act, kind: 'move', targetId: fixture.folder(to).id });
        did(subjects, { folder: to });
      }
    }
    if (chance(0.6)) await pass(() => fixture.runner.syncNow(false, never));
    if (chance(0.1)) fixture = await fixture.restarted();
  }
  server.faults.clear();
  for (let at = 0; at < 20 && queueLength(fixture.store.read, fixture.id).queued > 0; at += 1) {
    // What failed often waits before it is tried again.
    clock.jump(aDay);
    await fixture.passUntilDone();
  }
  await fixture.pass();
  return { random, server, last: fixture };
}

function expectInStep({ server, last }: Day): void {
  expect(troubledOperations(last.store.read)).toEqual([]);
  expect(queueLength(last.store.read, last.id).queued).toBe(0);
  expect(last.contents()).toEqual(serverContents(server, 'anna'));
}

describe.each(levels)('at the level of %s', (_level, without) => {
  const start = () =>
    startMailServer({
      domain: 'company.test',
      users: [{ login: 'anna', password }],
      without: { imap: without },
    });
  const fill = ({ user }: MailServer): void => {
    for (const raw of mails(12))
      user('anna').mailboxes.inbox.append({ raw, internalDate: Date.UTC(2024, 0, 1) });
  };

  test.each(seeds([1, 7, 50, 52]))(
    'whatever breaks (%i), each mail is there once, where and as it was put',
    async (seed) => {
      await using server = await start();
      fill(server);
      /** Where each mail was put, and how it was marked. */
      const wanted = new Map(
        mails(12).map((_, at) => [`Mail ${String(at + 1)}`, { folder: 'INBOX', starred: false }]),
      );
      const day = await aDayOf(
        { random: createRandom(seed), server },
        (subjects, act) => {
          for (const subject of subjects) Object.assign(wanted.get(subject) ?? {}, act);
        },
        async (synchronise) => {
          await synchronise();
        },
      );
      await using _last = day.last;
      expectInStep(day);
      const found = Object.entries(serverContents(server, 'anna')).flatMap(([folder, lines]) =>
        lines.map(
          (line) => `${/^\d+ (.*) \[/.exec(line)?.[1] ?? ''} ${folder} ${String(line.includes('Flagged'))}`,
        ),
      );
      expect(found.sort()).toEqual(
        [...wanted].map(([subject, { folder, starred }]) => `${subject} ${folder} ${String(starred)}`).sort(),
      );
    },
  );

  test.each(seeds([109, 111, 124, 135]))(
    'whatever breaks while another program delivers, marks, moves and removes (%i), nothing is held up or lost, and both sides agree',
    async (seed) => {
      const random = createRandom(seed);
      await using server = await start();
      fill(server);
      const other = new OtherProgram(server, random);
      const day = await aDayOf(
        { random, server },
        () => undefined,
        async (synchronise) => {
          await Promise.all([other.works(), synchronise()]);
        },
      );
      await using last = day.last;
      expectInStep(day);
      const there = Object.values(serverContents(server, 'anna')).flat();
      for (const subject of other.kept)
        expect(
          there.some((line) => line.includes(` ${subject} [`) && !line.includes('Deleted')),
          subject,
        ).toBe(true);
      // A thorough look finds nothing that the passes before had missed.
      expect(await last.pass(true)).toMatchObject({ added: 0, changed: 0, removed: 0 });
    },
  );
});

/** Works at the server itself, between any two commands of ours. */
class OtherProgram {
  readonly #server: MailServer;
  readonly #random: Random;
  readonly #subjects = new Set(mails(12).map((_, at) => `Mail ${String(at + 1)}`));
  #delivered = 0;

  constructor(server: MailServer, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  /** Subjects of the mails that it has not removed for good. */
  get kept(): ReadonlySet<string> {
    return this.#subjects;
  }

  async works(): Promise<void> {
    const { whole } = this.#random;
    for (let left = whole(0, 6); left > 0; left -= 1) {
      for (let turns = whole(0, 40); turns > 0; turns -= 1) await new Promise(setImmediate);
      this.#act();
    }
  }

  #act(): void {
    const { pick, chance, whole } = this.#random;
    const { mailboxes } = this.#server.user('anna');
    const [from, to] = [pick(folders), pick(folders)].map((path) => mailboxes.require(path));
    if (from === undefined || to === undefined) return;
    const one = from.messages.length === 0 ? undefined : pick([...from.messages]);
    const kind = whole(0, 4);
    if (kind === 0 || one === undefined) {
      this.#delivered += 1;
      const subject = `Arrived ${String(this.#delivered)}`;
      this.#subjects.add(subject);
      to.append({ raw: mail(subject), internalDate: Date.UTC(2024, 1, 1) });
    } else if (kind === 1) {
      from.setFlags(one.uid, chance(0.5) ? 'add' : 'remove', [pick(['\\Seen', '\\Flagged'])]);
    } else if (kind === 2) {
      this.#subjects.delete(/^Subject: (.*?)\r?$/m.exec(one.content.raw.toString())?.[1] ?? '');
      from.expunge([one.uid]);
    } else if (from !== to) {
      const { content, internalDate, flags } = one;
      to.append({ raw: content.raw, internalDate, flags: [...flags] });
      from.expunge([one.uid]);
    }
  }
}
