/**
 * The demo's organisation as it is after five weeks of work: a signed config in a file, a key for each profile, and the shared
 * mailbox's team log with what everybody did. The engines find all of it as they would find a real one.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeConfigFile } from '#engine/groups/configFile.ts';
import { sealEnvelope, SignatureChecker, type SigningKey } from '#engine/groups/dsse.ts';
import { createEventIds } from '#engine/groups/eventIds.ts';
import { writeEventMail } from '#engine/groups/eventMail.ts';
import { fingerprintOf } from '#engine/groups/fingerprint.ts';
import { writeGroupCredentials } from '#engine/groups/groupCredentials.ts';
import { writeJoinLink } from '#engine/groups/joinLink.ts';
import { ensureMemberKey } from '#engine/groups/memberKeys.ts';
import type { SecretStore } from '#engine/ports/ports.ts';
import type { Clock } from '#shared/base/clock.ts';
import { canonicalJson } from '#shared/domain/group/canonicalJson.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';
import type { OrganisationId, SharedConfig } from '#shared/domain/group/config.ts';
import { addGroup, addUser, confirmKey, idFor, newOrganisation } from '#shared/domain/group/configEdits.ts';
import { eventPayloadType, TeamEvent, type EventId } from '#shared/domain/group/events.ts';
import type { MessageKey } from '#shared/domain/group/messageKey.ts';
import { subjectLine } from '#shared/domain/group/subjectLine.ts';
import type { Translate } from '#shared/i18n/translate.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { nodeIds } from '../nodeIds.ts';
import { demoAccount } from './demoAccounts.ts';
import { demoPassword, organisationName, people, shared } from './organisation.ts';
import type { Colleague } from './script.ts';
import type { TeamAct, TeamHistory } from './teamHistory.ts';
import type { DatedMail } from './timeline.ts';

export interface FoundingParts {
  /** Where the shared config shall lie. */
  readonly folder: string;
  readonly server: MailServer;
  readonly mails: readonly DatedMail[];
  readonly history: TeamHistory;
  /** Of each person's profile; the engine that opens it later has the key. */
  readonly secrets: (who: Colleague) => SecretStore;
  readonly clock: Clock;
  /** For the subjects in the team log. */
  readonly t: Translate;
}

/** Before the oldest mail. */
const foundedMs = 38 * 86_400_000;
const logFolder = 'Postkorb';

/** Returns the link by which each of them joins. */
export async function foundOrganisation(parts: FoundingParts): Promise<string> {
  const { folder, server, secrets, clock } = parts;
  const id = idFor(organisationName, []) as OrganisationId;
  const keys = new Map<Colleague, SigningKey>();
  for (const { login } of people) keys.set(login, await ensureMemberKey(secrets(login), id));
  const founded = clock.now() - foundedMs;
  const config = demoConfig(server, founded, keys);
  const [group] = config.groupAccounts;
  // As if each of them had typed it once.
  const credentials = { imapPassword: demoPassword, smtpPassword: demoPassword };
  for (const { login } of people) {
    await writeGroupCredentials(secrets(login), `${id}/${group?.id ?? ''}`, credentials);
  }
  const file = writeConfigFile(config, null, keyOf(keys, 'anna'), new SignatureChecker());
  const path = join(folder, `${id}.postkorb.json`);
  await writeFile(path, file.text);
  writeLog(parts, config, keys, founded);
  return writeJoinLink(path, fingerprintOf(file.signer), organisationName);
}

function keyOf(keys: ReadonlyMap<Colleague, SigningKey>, who: Colleague): SigningKey {
  const key = keys.get(who);
  if (key === undefined) throw new Error(`${who} has no key`);
  return key;
}

function demoConfig(
  server: MailServer,
  founded: number,
  keys: ReadonlyMap<Colleague, SigningKey>,
): SharedConfig {
  const [anna, ...others] = people;
  if (anna === undefined) throw new Error('nobody is there');
  const key = keyOf(keys, anna.login).publicKey;
  let config = newOrganisation(organisationName, { name: anna.name, address: anna.address, key }, founded);
  for (const { login, name, address } of others) {
    const added = addUser(config, { name, address, admin: false });
    config = confirmKey(added.config, added.user.id, keyOf(keys, login).publicKey);
  }
  const settings = demoAccount('Info', shared, server);
  const members = people.map(({ address }) => address);
  // Nobody is the default handler: here a mail belongs to nobody until somebody takes it.
  const group = { settings, members, defaultHandler: null, logFolder, namesAuthor: true };
  return addGroup(config, group, founded).config;
}

/** The events as the engines would have written them, each on its day. */
function writeLog(
  { server, mails, history, t }: FoundingParts,
  config: SharedConfig,
  keys: ReadonlyMap<Colleague, SigningKey>,
  founded: number,
): void {
  const { mailboxes } = server.user(shared.login);
  mailboxes.create(logFolder);
  const log = mailboxes.require(logFolder);
  const [group] = config.groupAccounts;
  const path = group === undefined ? '' : groupPath(config, group);
  let moment = founded;
  const ids = createEventIds({ now: () => moment }, nodeIds());
  const name = (id: string): string => config.users.find((one) => one.id === id)?.name ?? id;
  const subjects = new Map(mails.map(({ mail }) => [mail.messageId.slice(1, -1), mail.subject]));

  const write = (at: number, by: Colleague, what: Readonly<Record<string, unknown>>): EventId => {
    moment = at;
    const event = TeamEvent.parse({
      v: 1,
      id: ids.next(),
      group: path,
      by,
      at: new Date(at).toISOString(),
      seen: null,
      ...what,
    });
    const envelope = sealEnvelope(eventPayloadType, canonicalJson(event), [keyOf(keys, by)]);
    const subject = 'about' in event ? (subjects.get(event.about) ?? '') : '';
    const words = {
      subject: subjectLine(event, { t, name, groupName: shared.name, subject }),
      from: { name: name(by), address: config.users.find(({ id }) => id === by)?.address ?? shared.address },
      to: shared.address,
    };
    log.append({ raw: writeEventMail(event, envelope, words), internalDate: at, flags: ['\\Seen'] });
    return event.id;
  };

  write(founded, 'anna', { type: 'charter', organisationName });
  const expected = { assign: new Map<MessageKey, EventId>(), status: new Map<MessageKey, EventId>() };
  for (const { at, by, what } of history.acts) {
    if (what.type !== 'assign' && what.type !== 'status') {
      write(at, by, what.type === 'intake' ? { ...what, info: people.map(({ login }) => login) } : what);
      continue;
    }
    const expect = expected[what.type].get(what.about) ?? null;
    expected[what.type].set(what.about, write(at, by, { ...written(what), expect }));
  }
}

function written(what: Extract<TeamAct['what'], { type: 'assign' | 'status' }>) {
  if (what.type === 'assign') return what;
  return { ...what, until: what.until === null ? null : new Date(what.until).toISOString() };
}
