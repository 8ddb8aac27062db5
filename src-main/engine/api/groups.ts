/** Group work: an organisation joined and kept up with, its accounts, and what their logs say of mails. */
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { CommandName, HandlersOf, PayloadOf, ResponseOf } from '#shared/contract/contract.ts';
import type { groupCommands, GroupAccountRow, Person } from '#shared/contract/groups.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';
import type { UserId } from '#shared/domain/group/config.ts';
import { membersAt } from '#shared/domain/group/configRules.ts';
import { keyOfMessageId } from '#shared/domain/group/messageKey.ts';
import type { AccountId, MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { drop } from '#shared/base/drop.ts';
import type { AccountSecrets } from '#engine/accounts/oauth/accountSecrets.ts';
import type { TestTokens } from '#engine/accounts/testToken.ts';
import type { SystemAddresses } from '#engine/accounts/accountRules.ts';
import type { TestConnection } from '#engine/accounts/connectionTest.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import type { AccountSecret } from '#engine/secrets/credentials.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import { groupMailByKey, groupMailOf } from '#engine/store/groupMail.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { fingerprintOf } from '#engine/groups/fingerprint.ts';
import {
  applyConfig,
  keepPasswords,
  localAccount,
  personalTwin,
  renewPasswords,
  settingsOf,
  setUp,
  stateOf,
  takeOver,
  type GroupAccountParts,
} from '#engine/groups/groupAccounts.ts';
import type { GroupLog, GroupWork } from '#engine/groups/groupWork.ts';
import type { FoldedEntry } from '#engine/groups/logStore.ts';
import type { OrganisationHome } from '#engine/groups/organisation.ts';
import { markOf, personOf } from '#engine/groups/people.ts';
import { InviteCode } from '#engine/groups/sealedCredentials.ts';
import { createConfigDraftHandlers, withEnrolled } from './configDraft.ts';
import { createGroupActHandlers } from './groupActs.ts';

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

  #handlers(): HandlersOf<GroupCommandName> {
    const { home, work, store, clock, accounts, accountSecrets } = this.#parts;
    const me = (): UserId => home.stored?.me ?? ('' as UserId);
    return {
      ...createGroupActHandlers(this.#parts),
      ...createConfigDraftHandlers({ ...this.#parts, signedIn: this.#signedIn }),
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
          const enrolled = withEnrolled(work, home.edited);
          if (enrolled !== home.edited) await home.edit(() => ({ config: enrolled, result: undefined }));
        }
        const published = await home.publish(to ?? null, inviteCode ?? null, signal);
        await this.#apply(null);
        this.#parts.tell('groups.config', { revision: published.revision, changed: true, error: null });
        return published;
      },
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
