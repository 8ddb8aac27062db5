/** Group work: the contract's handlers, over the organisation, its accounts and their logs. */
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { CommandName, HandlersOf, PayloadOf, ResponseOf } from '#shared/contract/contract.ts';
import type { groupCommands, GroupAccountRow, GroupOutcome, Person } from '#shared/contract/groups.ts';
import {
  addGroup,
  addUser,
  confirmKey,
  editGroup,
  editUser,
  findGroup,
  findUser,
  removeGroup,
  removeUser,
  retireKey,
  setPolicy,
  setPresets,
} from '#shared/domain/group/configEdits.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';
import { diffConfigs } from '#shared/domain/group/configDiff.ts';
import type { SharedConfig, UserId } from '#shared/domain/group/config.ts';
import { membersAt } from '#shared/domain/group/configRules.ts';
import type { EventId } from '#shared/domain/group/events.ts';
import { keyOfMessageId } from '#shared/domain/group/messageKey.ts';
import type { MessageView } from '#shared/domain/group/messageView.ts';
import type { AccountId, MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { drop } from '#shared/base/drop.ts';
import type { AccountSecrets } from '#engine/accounts/oauth/accountSecrets.ts';
import { testedFields, type TestTokens } from '#engine/accounts/testToken.ts';
import type { SystemAddresses } from '#engine/accounts/accountRules.ts';
import type { TestConnection } from '#engine/accounts/connectionTest.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { isGrant, isOfKind, type AccountSecret } from '#engine/secrets/credentials.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import { groupAccountAt } from '#shared/domain/group/groupPath.ts';
import { groupListCounts, groupMailByKey, groupMailOf } from '#engine/store/groupMail.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { EventDraft } from '#engine/groups/teamLog.ts';
import { fingerprintOf } from '#engine/groups/fingerprint.ts';
import {
  applyConfig,
  keepPasswords,
  knownGroupCredentials,
  localAccount,
  personalTwin,
  renewPasswords,
  settingsOf,
  setUp,
  stateOf,
  takeOver,
  type GroupAccountParts,
} from '#engine/groups/groupAccounts.ts';
import { writeGroupCredentials } from '#engine/groups/groupCredentials.ts';
import type { GroupLog, GroupWork } from '#engine/groups/groupWork.ts';
import type { FoldedEntry } from '#engine/groups/logStore.ts';
import type { OrganisationHome } from '#engine/groups/organisation.ts';
import { markOf, outcomeOf, personOf, stateOfMessage } from '#engine/groups/people.ts';
import { InviteCode } from '#engine/groups/sealedCredentials.ts';

export interface GroupAreaParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly home: OrganisationHome;
  readonly work: GroupWork;
  readonly accounts: GroupAccountParts;
  readonly tokens: TestTokens;
  readonly accountSecrets: AccountSecrets;
  readonly testConnection: TestConnection;
  readonly tell: <N extends 'groups.event' | 'groups.config'>(name: N, payload: PayloadOf<N>) => void;
  readonly passive: boolean;
}

type GroupCommandName = Extract<CommandName, keyof typeof groupCommands>;

/** Between two looks at the config's source. */
const fetchEveryMs = 10 * 60_000;
/** A file costs a look at its date. */
const lookEveryMs = 15_000;
const composingMs = 3 * 60_000;

/** Somebody else has it by decision: nothing is written. */
class Refused {
  readonly view: MessageView;

  constructor(view: MessageView) {
    this.view = view;
  }
}

export class GroupArea implements AsyncDisposable {
  readonly handlers: HandlersOf<GroupCommandName>;
  readonly #parts: GroupAreaParts;
  readonly #abort = new AbortController();
  #timer: Disposable | null = null;
  #applying: Promise<void> = Promise.resolve();
  #applyFailed = false;
  /** Sign-ins of this administrator for accounts that are not in force yet, by group; one that is too old counts no more. */
  readonly #signedIn = new Map<string, string>();

  constructor(parts: GroupAreaParts) {
    this.#parts = parts;
    this.handlers = this.#handlers();
  }

  /** Brings accounts and logs in line with the config that is in force, and looks for a newer one from time to time. */
  async start(): Promise<void> {
    try {
      await this.#apply(null);
    } catch (error) {
      // A locked keychain must not keep anybody from his mail; the next look at the config tries again.
      this.#parts.log.warn('the groups of this profile could not be opened', { error });
    }
    if (!this.#parts.passive && this.#parts.home.config !== null) this.#fetchSoon(0);
  }

  get #interval(): number {
    return /^https?:/i.test(this.#parts.home.stored?.source ?? '') ? fetchEveryMs : lookEveryMs;
  }

  #fetchSoon(ms: number): void {
    const { clock, log } = this.#parts;
    this.#timer?.[Symbol.dispose]();
    this.#timer = clock.setTimer(ms, () => {
      drop(
        this.#sync(this.#abort.signal)
          .catch((error: unknown) => {
            if (!isMailError(error)) throw error;
          })
          .finally(() => {
            if (!this.#abort.signal.aborted) this.#fetchSoon(this.#interval);
          }),
        'fetching the shared config',
        (error, why) => log.warn(why, { error }),
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new MailError('cancelled'));
    this.#timer?.[Symbol.dispose]();
    await this.#applying.catch(() => undefined);
  }

  /** One config at a time. */
  #apply(code: InviteCode | null): Promise<void> {
    const next = this.#applying
      .catch(() => undefined)
      .then(async () => {
        this.#applyFailed = true;
        await this.#applyNow(code);
        this.#applyFailed = false;
      });
    this.#applying = next;
    return next;
  }

  async #applyNow(code: InviteCode | null): Promise<void> {
    const { home, work, accounts } = this.#parts;
    const { config, stored } = home;
    if (config === null || stored === null) return;
    await applyConfig(
      {
        ...accounts,
        credentials: async (group, account) => {
          if (account.auth !== undefined)
            return this.#signedInTo(group, settingsOf(config, account, stored.me));
          const known = await accounts.credentials(group, account);
          if (known !== null || code === null || account.credentials === null) return known;
          return code.open(account.credentials, group);
        },
      },
      config,
      stored.me,
    );
    if (code !== null) await renewPasswords(accounts, config, stored.me, code);
    work.apply(config, stored.me, await home.key());
  }

  /** What an administrator signed in with when he set the account up. null: he did not, or too long ago. */
  async #signedInTo(group: string, settings: AccountSettings): Promise<AccountSecret | null> {
    const { accountSecrets } = this.#parts;
    const signIn = this.#signedIn.get(group);
    if (signIn === undefined) return null;
    this.#signedIn.delete(group);
    try {
      const secret = await accountSecrets.of({ settings, credentials: null, signIn, keepPasswordsOf: null });
      accountSecrets.saved(signIn);
      return secret;
    } catch (error) {
      if (isMailError(error)) return null;
      throw error;
    }
  }

  async #sync(signal: AbortSignal): Promise<boolean> {
    const { home, tell } = this.#parts;
    try {
      const changed = await home.sync(signal);
      if (changed || this.#applyFailed) await this.#apply(null);
      if (changed) tell('groups.config', { revision: home.config?.revision ?? 0, changed, error: null });
      return changed;
    } catch (error) {
      const lastError = home.stored?.lastError ?? null;
      if (!signal.aborted)
        tell('groups.config', { revision: home.config?.revision ?? 0, changed: false, error: lastError });
      throw error;
    }
  }

  /** Users and group accounts: an archive must not be one of them. */
  systemAddresses: SystemAddresses = () => {
    const { config } = this.#parts.home;
    return config === null
      ? []
      : [...config.users, ...config.groupAccounts].map(({ name, address }) => ({ name, address }));
  };

  /** A group account's mailbox is nobody's personal account. Throws `duplicate-account`. */
  forbid = (_id: AccountId | null, settings: AccountSettings): void => {
    const config = this.#parts.home.config;
    const pretend = [
      {
        id: '' as AccountId,
        settings,
        active: true,
        group: null,
        health: null,
        breaker: null,
        pollMinutes: null,
        subscribedOnly: false,
        createdAt: 0,
      },
    ];
    const group = config?.groupAccounts.find((account) => personalTwin(pretend, account) !== null);
    if (group) throw new MailError('duplicate-account', { account: group.name, group: group.id });
  };

  /** Adds what the group knows to rows of a list. */
  mark<T extends MessageRow>(rows: readonly T[]): T[] {
    const { store, work, clock } = this.#parts;
    const groups = rows.filter(({ accountId }) => work.logOf(accountId) !== null);
    if (groups.length === 0) return [...rows];
    const known = groupMailOf(
      store.read,
      groups.map(({ id }) => id),
    );
    return rows.map((row) => {
      const mail = known.get(row.id);
      const log = work.logOf(row.accountId);
      return mail && log && !mail.settled ? { ...row, group: markOf(mail, log, clock.now()) } : row;
    });
  }

  /** What was folded, for windows, `watch` and notifications. */
  told(log: GroupLog, entries: readonly FoldedEntry[]): void {
    const { store, tell } = this.#parts;
    for (const { entry, outcome } of entries) {
      const { event } = entry;
      if (event === null || outcome.result === 'ignored') continue;
      // These are about the log and those who read it, not about work.
      if (event.type === 'snapshot' || event.type === 'health') continue;
      const about = 'about' in event ? event.about : null;
      const view = about === null ? null : log.team.store.view(about);
      const own =
        about === null
          ? undefined
          : log.team.store
              .state()
              .messages.get(about)
              ?.history.find(({ id }) => id === event.id);
      tell('groups.event', {
        accountId: log.accountId,
        group: log.group,
        messageId: about === null ? null : (groupMailByKey(store.read, log.accountId, about)[0] ?? null),
        event: event.type,
        by: personOf(log.config, event.by),
        mine: event.by === log.me,
        accepted: outcome.result === 'accepted',
        handler: view?.handler == null ? null : personOf(log.config, view.handler),
        status: view?.status ?? null,
        ...(own?.conflict
          ? { conflict: { by: personOf(log.config, own.conflict.by), at: own.conflict.at } }
          : {}),
        at: entry.at,
      });
    }
  }

  /** An answer from a group account went out: whoever writes it has the mail, and the log says so. */
  answered(original: MessageId, answer: string): void {
    const { store, work, log } = this.#parts;
    const row = groupMailOf(store.read, [original]).get(original);
    const team = row && work.logOf(row.accountId);
    const key = keyOfMessageId(answer);
    if (!row || !team || key === null) return;
    const view = team.team.store.view(row.key);
    if (view !== null && view.handler !== team.me)
      team.team.write({ type: 'assign', about: row.key, to: team.me, expect: view.expect.assign });
    team.team.write({ type: 'replied', about: row.key, answer: key });
    team.runner.kick();
    if (this.#parts.passive)
      drop(team.team.flush('act', this.#abort.signal), 'telling the group of an answer', (error, why) =>
        log.info(why, { error }),
      );
  }

  #accountRows(): GroupAccountRow[] {
    const { home, store, clock } = this.#parts;
    const { config, stored } = home;
    if (config === null || stored === null) return [];
    const accounts = listAccounts(store.read);
    return config.groupAccounts.map((account) => ({
      group: groupPath(config, account),
      name: account.name,
      address: account.address,
      accountId: localAccount(accounts, groupPath(config, account))?.id ?? null,
      state: stateOf(accounts, config, account, stored.me, clock.now()),
      ...(account.auth === undefined
        ? {}
        : { signIn: { provider: account.auth.provider, address: personOf(config, stored.me).address } }),
      personalAccount: personalTwin(accounts, account)?.id ?? null,
      members: membersAt(account, clock.now()).map((id) => personOf(config, id)),
      defaultHandler: account.defaultHandler === null ? null : personOf(config, account.defaultHandler),
      archiveAddress: account.archiveAddress,
    }));
  }

  async #joined(changed: boolean): Promise<ResponseOf<'groups.join'>> {
    const { home } = this.#parts;
    const { config, held } = home;
    if (config === null || held === null) throw new MailError('no-organisation');
    const { id, name } = config.organisation;
    return {
      organisation: { id, name },
      revision: config.revision,
      changed,
      fingerprint: fingerprintOf(held.signer),
      accounts: await Promise.resolve(this.#accountRows()),
    };
  }

  #group(path: string) {
    const { config } = this.#parts.home;
    if (config === null) throw new MailError('no-organisation');
    const account = config.groupAccounts.find((one) => groupPath(config, one) === path || one.id === path);
    if (!account) throw new MailError('not-found', { what: 'group' });
    return { config, account };
  }

  /** Keys that ask to be confirmed, from all logs. */
  #requests(config: SharedConfig): ResponseOf<'groups.draft'>['requests'] {
    const asked = new Map<string, ResponseOf<'groups.draft'>['requests'][number]>();
    for (const { team } of this.#parts.work.logs) {
      const header = team.store.log?.header;
      for (const { user, key, at } of [...(header?.requests ?? []), ...(header?.enrolled ?? [])]) {
        if (config.users.find(({ id }) => id === user)?.keys.includes(key) !== false) continue;
        asked.set(key, { user: personOf(config, user), key, fingerprint: fingerprintOf(key), at });
      }
    }
    return [...asked.values()];
  }

  /** First keys that nobody disputes are confirmed by the next publication; a second one of a user is an administrator's decision. */
  #withEnrolled(config: SharedConfig): SharedConfig {
    let next = config;
    for (const { team } of this.#parts.work.logs) {
      for (const { user, key, signer } of team.store.log?.header.enrolled ?? []) {
        const known = next.users.find(({ id }) => id === user);
        if (
          known?.active === true &&
          known.keys.length === 0 &&
          (known.retired ?? []).length === 0 &&
          signer === key
        )
          next = confirmKey(next, user, key);
      }
    }
    return next;
  }

  async #act(
    id: MessageId,
    signal: AbortSignal,
    draft: (view: MessageView, log: GroupLog) => EventDraft | Refused | null,
  ): Promise<GroupOutcome> {
    const { log, row } = await this.#parts.work.mail(id, signal);
    const { team } = log;
    log.team.assertOurs();
    if (!log.context.isMember(log.me, this.#parts.clock.now()))
      throw new MailError('not-permitted', { reason: 'not-a-member' });
    // What others did meanwhile is known before the decision, where the server can be reached.
    if (this.#parts.passive || team.store.log === null) {
      await log.runner.once(signal).catch((error: unknown) => {
        if (!isMailError(error) || error.code === 'group-foreign' || signal.aborted) throw error;
      });
    }
    const view = team.store.view(row.key);
    if (view === null) throw new MailError('not-found', { what: 'message' });
    const wanted = draft(view, log);
    if (wanted === null)
      return { ...outcomeOf(view, null, log.config, null), accepted: true, pending: false };
    if (wanted instanceof Refused) {
      const { handler, since } = wanted.view;
      return {
        ...outcomeOf(view, null, log.config, handler === null ? null : { by: handler, at: since ?? 0 }),
        pending: false,
      };
    }
    const { event, outcome, error } = await team.act({ about: row.key, ...wanted }, signal);
    if (error !== null && (!isMailError(error) || signal.aborted)) throw error as Error;
    if (outcome?.reason === 'unknown-key' || outcome?.reason === 'key-unconfirmed') {
      throw new MailError('member-key-unconfirmed', { fingerprint: fingerprintOf(team.parts.key.publicKey) });
    }
    if (outcome?.reason === 'not-a-member') throw new MailError('not-permitted', { reason: 'not-a-member' });
    if (outcome?.result === 'ignored') throw new MailError('not-permitted', { reason: outcome.reason ?? '' });
    const after = team.store.view(row.key);
    const own = team.store
      .state()
      .messages.get(row.key)
      ?.history.find(({ id: one }) => one === event.id);
    return outcomeOf(after, outcome, log.config, own?.conflict ?? null);
  }

  #assign(id: MessageId, to: UserId | null, signal: AbortSignal): Promise<GroupOutcome> {
    return this.#act(id, signal, (view) =>
      view.handler === to && view.expect.assign !== null
        ? null
        : { type: 'assign', to, expect: view.expect.assign },
    );
  }

  #handlers(): HandlersOf<GroupCommandName> {
    const { home, work, store, clock, accounts, tokens, accountSecrets } = this.#parts;
    const me = (): UserId => home.stored?.me ?? ('' as UserId);
    return {
      'groups.organisation': async () => {
        const { stored, edited, config } = home;
        if (stored === null || edited === null) return { organisation: null };
        const person: Person = personOf(edited, stored.me);
        return {
          organisation: {
            id: edited.organisation.id,
            name: edited.organisation.name,
            revision: config?.revision ?? 0,
            issuedAt: edited.issuedAt,
            source: stored.source,
            checkedAt: stored.checkedAt,
            lastError: stored.lastError,
            me: person,
            admin: await home.isAdmin(),
            admins: (config ?? edited).admins
              .filter(({ user }, at, all) => all.findIndex((one) => one.user === user) === at)
              .map(({ user }) => personOf(config ?? edited, user)),
            users: (config ?? edited).users
              .filter(({ active }) => active)
              .map(({ id }) => personOf(config ?? edited, id)),
            fingerprint: fingerprintOf((await home.key()).publicKey),
            joinLink: await home.joinLink(),
            unpublished: home.unpublished,
            accounts: this.#accountRows(),
          },
        };
      },
      'groups.init': async ({ organisation, address, name }) => {
        const { config, fingerprint } = await home.init(
          organisation,
          address,
          name ?? address.slice(0, address.lastIndexOf('@')),
        );
        return { organisation: config.organisation.name, id: config.organisation.id, fingerprint };
      },
      'groups.inspect': async ({ from }, signal) => {
        const { config, signer } = await home.inspect(from, signal);
        return {
          organisation: config.organisation.name,
          revision: config.revision,
          fingerprint: fingerprintOf(signer),
          users: config.users.length,
        };
      },
      'groups.join': async ({ from, me: address, inviteCode }, signal) => {
        const before = home.held?.digest;
        await home.join(from, address, signal);
        await this.#apply(inviteCode === undefined ? null : new InviteCode(inviteCode));
        if (!this.#parts.passive) this.#fetchSoon(this.#interval);
        return this.#joined(home.held?.digest !== before);
      },
      'groups.sync': async (_request, signal) => {
        const changed = await this.#sync(signal);
        if (!changed) await this.#apply(null);
        for (const { accountId } of work.logs) {
          await work.pass(accountId, signal).catch((error: unknown) => {
            if (!isMailError(error) || signal.aborted) throw error;
          });
        }
        return this.#joined(changed);
      },
      'groups.publish': async ({ to, inviteCode }, signal) => {
        await home.assertAdmin();
        if (home.edited !== null && home.held !== null) {
          const enrolled = this.#withEnrolled(home.edited);
          if (enrolled !== home.edited) await home.edit(() => ({ config: enrolled, result: undefined }));
        }
        const published = await home.publish(to ?? null, inviteCode ?? null, signal);
        await this.#apply(null);
        this.#parts.tell('groups.config', { revision: published.revision, changed: true, error: null });
        return published;
      },
      'groups.draft': async () => {
        await home.assertAdmin();
        const config = home.edited;
        if (config === null) throw new MailError('no-organisation');
        const keys = [...config.admins.map(({ key }) => key), ...config.users.flatMap((user) => user.keys)];
        return {
          config,
          changes: diffConfigs(home.config, config),
          requests: this.#requests(config),
          fingerprints: Object.fromEntries(keys.map((key) => [key, fingerprintOf(key)])),
        };
      },
      'groups.discardDraft': async () => {
        await home.assertAdmin();
        home.discardDraft();
        return {};
      },
      'groups.addUser': (request) =>
        home.edit((config) => {
          const { config: next, user } = addUser(config, request);
          return { config: next, result: { id: user.id, name: user.name } };
        }),
      'groups.editUser': ({ user, name, address, admin }) =>
        home.edit((config) => ({
          config: editUser(config, user, {
            ...(name === undefined ? {} : { name }),
            ...(address === undefined ? {} : { address }),
            ...(admin === undefined ? {} : { admin }),
          }),
          result: {},
        })),
      'groups.removeUser': ({ user }) =>
        home.edit((config, now) => {
          const { id } = findUser(config, user);
          const groups = config.groupAccounts
            .filter((account) => membersAt(account, now).includes(id))
            .map(({ name }) => name);
          return { config: removeUser(config, user, now), result: { groups } };
        }),
      'groups.confirmKey': ({ user, key }) =>
        home.edit((config) => ({ config: confirmKey(config, user, key), result: {} })),
      'groups.retireKey': ({ user, key }) =>
        home.edit((config, now) => ({ config: retireKey(config, user, key, now), result: {} })),
      'groups.addAccount': async ({ settings, credentials, signIn, token, ...work }) => {
        await home.assertAdmin();
        const secret = await accountSecrets.of({ settings, credentials, signIn, keepPasswordsOf: null });
        if (tokens.verify(token, settings, secret) === null) throw new MailError('settings-not-tested');
        const { group, path } = await home.edit((config, now) => {
          const added = addGroup(config, { settings, ...work }, now);
          return {
            config: added.config,
            result: { group: added.group, path: groupPath(added.config, added.group) },
          };
        });
        if (signIn !== null) this.#signedIn.set(path, signIn);
        else if (!isGrant(secret)) await writeGroupCredentials(accounts.secrets, path, secret);
        return { id: group.id, name: group.name };
      },
      'groups.editAccount': async ({
        group,
        settings,
        credentials,
        signIn,
        token,
        members,
        defaultHandler,
        archiveAddress,
        signature,
        ...conduct
      }) => {
        await home.assertAdmin();
        const config = home.edited;
        if (config === null) throw new MailError('no-organisation');
        const account = findGroup(config, group);
        const path = groupPath(config, account);
        const other = credentials !== undefined || signIn !== null;
        const local = localAccount(listAccounts(store.read), path);
        let secret: AccountSecret | null = null;
        if (settings !== undefined) {
          const same = testedFields(settings) === testedFields(settingsOf(config, account, me()));
          if (!same || other) {
            const known = await knownGroupCredentials(accounts, path);
            if (settings.auth === undefined && credentials === undefined && known === null)
              throw new MailError('settings-not-tested');
            secret = await accountSecrets.of({
              settings,
              credentials: credentials ?? null,
              signIn,
              keepPasswordsOf: settings.auth === undefined ? null : (local?.id ?? null),
              otherwise: known,
            });
            if (token === undefined || tokens.verify(token, settings, secret) === null)
              throw new MailError('settings-not-tested');
          }
        } else if (other) throw new MailError('settings-not-tested');
        await home.edit((edited, now) => ({
          config: editGroup(
            edited,
            account.id,
            {
              ...conduct,
              ...(settings === undefined ? {} : { settings }),
              ...(members === undefined ? {} : { members }),
              ...(defaultHandler === undefined ? {} : { defaultHandler }),
              ...(archiveAddress === undefined ? {} : { archiveAddress }),
              ...(signature === undefined ? {} : { signature }),
            },
            now,
          ),
          result: undefined,
        }));
        if (secret === null || !other) return {};
        if (!isGrant(secret)) await writeGroupCredentials(accounts.secrets, path, secret);
        // It passed a test, so it is the mailbox's by now, whatever of it is published when; of the other kind once that is published.
        if (local !== null && isOfKind(local.settings, secret)) {
          await keepPasswords(accounts, path, local.id, secret);
          if (signIn !== null) accountSecrets.saved(signIn);
        } else if (signIn !== null) this.#signedIn.set(path, signIn);
        return {};
      },
      'groups.setPolicy': ({ policy }) =>
        home.edit((config) => ({ config: setPolicy(config, policy), result: {} })),
      'groups.setPresets': ({ presets }) =>
        home.edit((config) => ({ config: setPresets(config, presets), result: {} })),
      'groups.removeAccount': ({ group }) =>
        home.edit((config) => ({ config: removeGroup(config, group), result: {} })),
      'groups.setCredentials': async ({ group, credentials, signIn }, signal) => {
        const { config, account } = this.#group(group);
        const path = groupPath(config, account);
        const settings = settingsOf(config, account, me());
        const secret = await accountSecrets.of({ settings, credentials, signIn, keepPasswordsOf: null });
        await this.#assertWorks(settings, secret, signal);
        const keep = async (): Promise<AccountId> => {
          const local = localAccount(listAccounts(store.read), path);
          if (local !== null) {
            await keepPasswords(accounts, path, local.id, secret);
            return local.id;
          }
          const state = stateOf(listAccounts(store.read), config, account, me(), clock.now());
          if (state !== 'password-missing' && state !== 'sign-in-missing')
            throw new MailError('not-permitted', { what: 'group account' });
          return setUp(accounts, path, settings, secret);
        };
        const accountId = await keep();
        if (signIn !== null) accountSecrets.saved(signIn);
        await this.#apply(null);
        return { accountId };
      },
      'groups.takeOver': async ({ group }) => {
        const { config, account } = this.#group(group);
        if (stateOf(listAccounts(store.read), config, account, me(), clock.now()) !== 'conflict')
          throw new MailError('not-permitted', { what: 'group account' });
        const accountId = takeOver(accounts, config, account, me());
        await this.#apply(null);
        return { accountId };
      },

      'groups.state': async ({ messageId }, signal) => {
        const { log, row } = await work.mail(messageId, signal);
        if (this.#parts.passive) {
          await log.runner.once(signal).catch((error: unknown) => {
            if (!isMailError(error) || signal.aborted || error.code === 'group-foreign') throw error;
          });
        }
        log.team.assertOurs();
        const view = log.team.store.view(row.key);
        if (view === null) throw new MailError('not-found', { what: 'message' });
        return stateOfMessage(messageId, log.group, view, log.config, log.context.membersAt(clock.now()));
      },
      'groups.claim': ({ messageId, over }, signal) =>
        this.#act(messageId, signal, (view, log) => {
          if (view.handler === log.me)
            return view.expect.assign === null ? { type: 'assign', to: log.me, expect: null } : null;
          // Without having seen it nobody takes over what somebody decided.
          const decided = view.expect.assign !== null && view.handler !== null;
          if (over === undefined && decided) return new Refused(view);
          return { type: 'assign', to: log.me, expect: over === undefined ? view.expect.assign : over };
        }),
      'groups.assign': async ({ messageId, to }, signal) => {
        const { log } = await work.mail(messageId, signal);
        return this.#assign(messageId, to === null ? null : findUser(log.config, to).id, signal);
      },
      'groups.status': ({ messageId, status, until }, signal) =>
        this.#act(messageId, signal, (view) =>
          view.status === status && status !== 'waiting'
            ? null
            : { type: 'status', status, until, expect: view.expect.status },
        ),
      'groups.note': ({ messageId, text, mentions }, signal) =>
        this.#act(messageId, signal, (_view, log) => ({
          type: 'note',
          text,
          mentions: mentions.map((one) => findUser(log.config, one).id),
        })),
      'groups.editNote': ({ messageId, note, text }, signal) =>
        this.#act(messageId, signal, () => ({ type: 'note-edit', note, text })),
      'groups.deleteNote': ({ messageId, note }: { messageId: MessageId; note: EventId }, signal) =>
        this.#act(messageId, signal, () => ({ type: 'note-delete', note })),
      'groups.read': async ({ messageIds }) => {
        const rows = [...groupMailOf(store.read, messageIds).values()].filter(({ readByMe }) => !readByMe);
        for (const log of work.logs) {
          const keys = rows.filter(({ accountId }) => accountId === log.accountId).map(({ key }) => key);
          if (keys.length === 0 || log.team.store.log?.header.foreign) continue;
          log.team.write({ type: 'read', messages: [...new Set(keys)] });
          log.runner.kick();
        }
        return {};
      },
      'groups.composing': async ({ messageId, composing }, signal) => {
        const { log, row } = await work.mail(messageId, signal);
        log.team.write({
          type: 'composing',
          about: row.key,
          until: composing ? new Date(clock.now() + composingMs).toISOString() : null,
        });
        log.runner.kick();
        return {};
      },
      'groups.counts': () => {
        const seenByAnybody = work.logs.filter(
          ({ config, group }) => groupAccountAt(config, group)?.seenBy === 'anybody',
        );
        const counts = groupListCounts(
          store.read,
          seenByAnybody.map(({ accountId }) => accountId),
        );
        return Promise.resolve({
          handledByMe: counts['handled-by-me'],
          unassigned: counts.unassigned,
          forInformation: counts['for-information'],
        });
      },
      'groups.logs': () =>
        Promise.resolve({
          logs: work.logs.map(({ accountId, group, team, error }) => {
            const log = team.store.log;
            const foreign = log?.header.foreign ?? null;
            return {
              accountId,
              group,
              events: log?.header.count ?? 0,
              ignored: { ...log?.ignored },
              incompleteSince: log?.incomplete?.since ?? null,
              foreign: foreign === null ? null : foreign.organisationName || foreign.group,
              pending: team.pendingCount,
              error,
            };
          }),
        }),
    };
  }

  /** Tested like any account before it is kept. */
  async #assertWorks(settings: AccountSettings, secret: AccountSecret, signal: AbortSignal): Promise<void> {
    const { ok, imap, smtp } = await this.#parts.testConnection(settings, secret, signal);
    if (ok) return;
    const failed = [...imap.steps, ...(smtp?.steps ?? [])].find((step) => !step.ok);
    throw new MailError('test-failed', { step: failed?.step ?? '', code: failed?.error?.code ?? '' });
  }
}
