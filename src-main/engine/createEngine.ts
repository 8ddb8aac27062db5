/** The one composition function: makes all parts from what it is handed, and disposes of them in the reverse order. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { drop } from '#shared/base/drop.ts';
import { Emitter } from '#shared/base/emitter.ts';
import type { EngineApi, EventName, Handlers, PayloadOf } from '#shared/contract/contract.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { AccountId, MessageId } from '#shared/domain/ids.ts';
import { isOffered, presetAccount } from '#shared/domain/group/presets.ts';
import { accountRefusal, addressRefusal, hostRefusal, underPolicy } from '#shared/domain/policy.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { localeOf } from '#shared/i18n/translate.ts';
import { addressesOf, checkAccountRules } from './accounts/accountRules.ts';
import { openBreakerKey } from './accounts/breakerKey.ts';
import { createConnectionTest } from './accounts/connectionTest.ts';
import { openNames } from './accounts/discovery/names.ts';
import { AccountSecrets } from './accounts/oauth/accountSecrets.ts';
import { createBoundedFetch } from './accounts/oauth/boundedFetch.ts';
import { readClientFile } from './accounts/oauth/clientFile.ts';
import { createProviders } from './accounts/oauth/providers.ts';
import { SignIns } from './accounts/oauth/signIns.ts';
import { TokenEndpoint } from './accounts/oauth/tokenEndpoint.ts';
import { TokenKeeper } from './accounts/oauth/tokenKeeper.ts';
import { Supervisor } from './accounts/supervisor.ts';
import { createTestTokens } from './accounts/testToken.ts';
import { createAccountHandlers, removeAccount } from './api/accounts.ts';
import { createAppHandlers } from './api/app.ts';
import { createComposeHandlers } from './api/compose.ts';
import { createContactHandlers } from './api/contacts.ts';
import { createDiscoveryHandlers } from './api/discovery.ts';
import { assertComplete, createDispatch } from './api/dispatch.ts';
import { createGroupHealthHandlers } from './api/groupHealth.ts';
import { GroupArea } from './api/groups.ts';
import { createJobHandlers } from './api/jobs.ts';
import { createMailFileHandlers } from './api/mailFiles.ts';
import { createSignInHandlers } from './api/signIn.ts';
import { groupAware } from './api/groupAware.ts';
import { createMailingListHandlers } from './api/mailingLists.ts';
import { createMessageArea } from './api/messageArea.ts';
import { createNetworkHandlers, proxyPasswordKey } from './api/network.ts';
import { createPolicyHandlers, settingsUnder } from './api/policy.ts';
import { createWritingHandlers, identityAddresses } from './api/writing.ts';
import { collectStored } from './contacts/collect.ts';
import { collectSentMail } from './contacts/sentMail.ts';
import { SignatureChecker } from './groups/dsse.ts';
import { knownGroupCredentials } from './groups/groupAccounts.ts';
import { GroupWork } from './groups/groupWork.ts';
import { OrganisationHome } from './groups/organisation.ts';
import { Jobs } from './jobs/jobs.ts';
import { createNetwork, type Network } from './net/network.ts';
import { PolicyHome, refuse } from './policy/policyHome.ts';
import type { EngineParts } from './ports/ports.ts';
import { assertOfKind, readCredentials } from './secrets/credentials.ts';
import { Drafts } from './send/drafts.ts';
import { listIdentities } from './send/identities.ts';
import { Outbox } from './send/outbox.ts';
import { accountQueues, getAccount, listAccounts } from './store/accounts.repo.ts';
import { readSettings } from './store/settings.repo.ts';
import { openStore } from './store/store.ts';
import { createSync } from './sync/createSync.ts';

export interface Engine extends AsyncDisposable {
  readonly api: EngineApi;
}

/**
 * Opens the profile's store and starts what runs by itself (nothing of it when passive). Throws MailError `store-newer`,
 * `file-unreadable`, `disk-full`. Disposing waits until every part has let go: nothing of it is left over.
 */
export async function createEngine(parts: EngineParts): Promise<Engine> {
  const { clock, ids, secrets, log, paths, locale, machineId } = parts;
  const passive = parts.options?.passive ?? false;
  const allowLoopback = parts.options?.allowLoopback ?? false;

  await using owned = new AsyncDisposableStack();
  const events = new Emitter<{ name: EventName; payload: unknown }>((error) => {
    log.error('a listener of an event failed', { error });
  });
  owned.use(events);
  const tell = <N extends EventName>(name: N, payload: PayloadOf<N>): void => {
    events.emit({ name, payload });
  };

  const store = openStore({ file: paths.store, clock, log: log.child('store') });
  owned.defer(() => store.close());
  store.changes.subscribe((changes) => tell('changed', { changes: [...changes] }));

  const jobs = new Jobs(clock, (rows) => tell('jobs.changed', { jobs: rows }));
  const removeFiles = (files: readonly string[]): void => {
    for (const file of files) {
      drop(rm(join(paths.cache, file), { force: true }), 'removing a cached file', (error, why) => {
        log.warn(why, { error });
      });
    }
  };
  const breakerKey = await openBreakerKey(secrets);

  const checker = new SignatureChecker();
  const groupCredentials = (group: string) => knownGroupCredentials({ store, secrets }, group);
  let proxyPassword: string | null = null;
  const network: Network = createNetwork({
    clock,
    log: log.child('network'),
    environment: parts.options?.environment ?? {},
    proxy: () => policy().proxy ?? readSettings(store.read).proxy,
    password: () => proxyPassword,
    caFiles: () => [...policy().caFiles, ...readSettings(store.read).caFiles],
  });
  const home = new OrganisationHome({
    store,
    secrets,
    clock,
    checker,
    network,
    credentials: groupCredentials,
  });

  const followSettings = (): void => {
    parts.setLogLevel?.(settingsUnder(policyHome.current, readSettings(store.read)).logLevel);
  };
  const policyHome: PolicyHome = owned.use(
    new PolicyHome({
      file: parts.options?.policyFile ?? null,
      store,
      clock,
      log: log.child('policy'),
      organisation: () => home.config?.policy ?? null,
      offersAccounts: () => (home.config?.presets.length ?? 0) > 0,
      onChanged: followSettings,
      onNotice: (notice) => tell('notice', notice),
      passive,
    }),
  );
  followSettings();
  const policy = () => policyHome.current;
  /** Asked for where it is needed alone: a locked keychain would keep everybody waiting. */
  const learnProxyPassword = async (): Promise<void> => {
    const { proxy } = readSettings(store.read);
    if (proxy.mode === 'manual' && proxy.user !== undefined)
      proxyPassword ??= await secrets.get(proxyPasswordKey);
  };
  await learnProxyPassword().catch((error: unknown) => {
    log.warn('the password of the proxy cannot be had', { error });
  });
  /** As an account works: with what the organisation prescribes for it. */
  const settingsOf = (id: AccountId) => {
    const account = getAccount(store.read, id);
    return account && underPolicy(policy(), account.settings, account.group !== null);
  };

  const providers = createProviders(() => [
    ...(parts.options?.oauthClientFiles ?? []).map(readClientFile),
    ...policy().oauthClients,
    ...(parts.options?.profileClientFiles ?? []).map(readClientFile),
  ]);
  const endpoint = new TokenEndpoint(clock, createBoundedFetch(network));
  const keeper = owned.use(new TokenKeeper({ clock, log: log.child('sign-in'), providers, endpoint }));
  const signIns = owned.use(
    new SignIns({
      clock,
      ids,
      log: log.child('sign-in'),
      providers,
      endpoint,
      redirects: parts.redirects ?? null,
    }),
  );
  const accountSecrets = new AccountSecrets({ secrets, keeper, signIns });

  // The two know each other: who decides about attempts, and who makes them.
  // eslint-disable-next-line prefer-const -- used by what is made before it
  let supervisor: Supervisor;
  const sync = owned.use(
    createSync({
      store,
      clock,
      ids,
      log,
      account: (id) => supervisor.account(id),
      hostOf: (id) => settingsOf(id)?.imap.host ?? null,
      kick: (id) => supervisor.kick(id),
      logFolder: (id) => home.logFolderOf(getAccount(store.read, id)?.group ?? null),
      onNewMail: (mail) => tell('mail.new', mail),
      jobs,
      onProgress: (progress) => tell('sync.progress', progress),
      onFilesGone: removeFiles,
    }),
  );
  supervisor = owned.use(
    new Supervisor({
      store,
      clock,
      ids,
      log: log.child('accounts'),
      secrets,
      accessOf: (id, secret) => accountSecrets.access(id, secret),
      createRunner: sync.createRunner,
      network,
      breakerKey,
      onHealth: (id, health) => {
        tell('accounts.health', { id, health });
        work.healthChanged(id, health);
      },
      onTested: (id) => outbox.loginWorks(id),
      passive,
    }),
  );

  const identities = () => listIdentities(store.read, (group) => home.signatureOf(group));
  const drafts = owned.use(
    new Drafts({
      store,
      clock,
      ids,
      log: log.child('drafts'),
      mailbox: sync.mailbox,
      settingsOf,
      senderOf: (id, identity) =>
        identities().find((one) => one.accountId === id && one.id === (identity ?? id)) ?? null,
      passive,
    }),
  );
  let markRelated: (
    related: { messageId: MessageId; kind: 'reply' | 'forward' },
    answer: string,
  ) => void = () => undefined;
  const outbox = owned.use(
    new Outbox({
      store,
      clock,
      ids,
      log: log.child('outbox'),
      machineId,
      mailbox: sync.mailbox,
      account: (id) => {
        const settings = settingsOf(id);
        if (settings === null) return null;
        return {
          settings,
          access: async () => {
            const secret = await readCredentials(secrets, id);
            if (secret === null) throw new MailError('credentials-missing');
            assertOfKind(settings, secret);
            return accountSecrets.access(id, secret);
          },
          refused: (error) => supervisor.refused(id, error),
          network,
        };
      },
      markRelated: (related, answer) => markRelated(related, answer),
      onSent: collectSentMail,
      jobs,
      passive,
    }),
  );
  owned.use(outbox.onChanged((row) => tell('outbox.changed', row)));

  const messages = owned.use(
    createMessageArea({
      store,
      clock,
      log: log.child('messages'),
      cacheFolder: paths.cache,
      server: sync.reader,
      kick: (id) => supervisor.kick(id),
      carryOut: (id, signal) => supervisor.carryNow(id, signal),
      people: () => ({ me: home.me?.id ?? null, all: home.config?.users ?? [] }),
      jobs,
      session: (id) => sync.session(id),
      passive,
    }),
  );
  markRelated = ({ messageId, kind }, answer) => {
    messages.markRelated(messageId, kind);
    if (kind === 'reply') groups.answered(messageId, answer);
  };

  const testConnection = createConnectionTest({
    clock,
    network,
    log: log.child('test'),
    grantAccess: (grant) => accountSecrets.grantAccess(grant),
  });
  const tokens = createTestTokens(clock);
  const work = owned.use(
    new GroupWork({
      store,
      clock,
      ids,
      log: log.child('groups'),
      locale,
      checker,
      lanes: (id) => sync.lanes(id),
      passive,
      ownHealth: (id) => {
        if (readSettings(store.read).healthReports[id] !== true) return null;
        const queue = accountQueues(store.read).get(id);
        return {
          health: supervisor.health(id),
          queued: queue?.queued ?? 0,
          failed: queue?.failed ?? 0,
          version: parts.version,
        };
      },
      onFolded: (group, entries) => {
        groups.told(group, entries);
        if (entries.some(({ entry }) => entry.event?.type === 'health'))
          tell('groups.health', { accountId: group.accountId });
      },
    }),
  );
  const groups: GroupArea = owned.use(
    new GroupArea({
      store,
      clock,
      log: log.child('groups'),
      home,
      work,
      tokens,
      accountSecrets,
      testConnection,
      tell: (name, payload) => {
        // Another revision may prescribe something else.
        if (name === 'groups.config') policyHome.look();
        tell(name, payload);
      },
      passive,
      accounts: {
        store,
        clock,
        ids,
        secrets,
        saved: (id) => supervisor.saved(id, { tested: true }),
        remove: async (id) => {
          await work.end(id);
          await removeAccount({ store, secrets, supervisor, paths, log }, id);
        },
        credentials: groupCredentials,
      },
    }),
  );

  /** Throws what the policy says against these settings as a personal account. */
  const permit = (id: AccountId | null, settings: AccountSettings): void => {
    const before = id === null ? null : (getAccount(store.read, id)?.settings ?? null);
    const provided = home.config !== null && isOffered(home.config, settings);
    const refusal = accountRefusal(policy(), settings, { before, provided });
    if (before === null && !provided) policyHome.assertReadable();
    refuse(refusal);
  };
  /** Throws what keeps these settings from being a personal account here. */
  const forbid = (id: AccountId | null, settings: AccountSettings): void => {
    groups.forbid(id, settings);
    permit(id, settings);
  };
  const accounts = createAccountHandlers({
    store,
    clock,
    ids,
    log,
    secrets,
    paths,
    locale,
    supervisor,
    testConnection,
    tokens,
    accountSecrets,
    systemAddresses: () => [...groups.systemAddresses(), ...identityAddresses(store)()],
    forbid,
    permit,
    assertAdmin: () => home.assertAdmin(),
    underPolicy: (settings, group) => underPolicy(policy(), settings, group),
    groupCredentials,
    tellTestStep: (step) => tell('accounts.testStep', step),
  });

  const ownAddresses = (): string[] => [
    ...listAccounts(store.read).flatMap(({ settings }) => addressesOf(settings)),
    ...identities().map(({ address }) => address),
  ];
  const readerLocale = (): string => localeOf(readSettings(store.read).language, locale);
  const handlers: Partial<Handlers> = {
    ...accounts,
    ...messages.handlers,
    ...createComposeHandlers({
      store,
      clock,
      ids,
      machineId,
      locale: readerLocale,
      drafts,
      outbox,
      settingsOf,
      identities,
      author: (id) => {
        const group = getAccount(store.read, id)?.group;
        return group ? home.authorIn(group) : null;
      },
      ownAddresses,
      quotePosition: () => readSettings(store.read).quotePosition,
      content: (id, signal) => messages.content(id, signal),
      attachment: (id, part, signal) => messages.attachment(id, part, signal),
    }),
    ...createWritingHandlers({ store, clock, ids, groupSignature: (group) => home.signatureOf(group) }),
    ...createContactHandlers({ store, clock, ids, members: () => home.people }),
    ...createDiscoveryHandlers({
      clock,
      ids,
      discovery: {
        clock,
        names: openNames(parts.options?.nameServers ?? []),
        allowLoopback,
        network,
        preset: (address) => (home.config === null ? null : presetAccount(home.config, address)),
        permits: {
          address: (address) => {
            policyHome.assertReadable();
            refuse(addressRefusal(policy(), address));
          },
          host: (host) => refuse(hostRefusal(policy(), host)),
        },
      },
      assertAdmin: () => home.assertAdmin(),
      acts: {
        check: (settings) => {
          checkAccountRules(null, settings, listAccounts(store.read), groups.systemAddresses);
          forbid(null, settings);
        },
        test: (account, signal) =>
          accounts['accounts.test']({ ...account, keepPasswordsOf: null, forGroup: false }, signal),
        save: (account, token) =>
          accounts['accounts.save'](
            { ...account, id: null, keepPasswordsOf: null, token, active: true },
            new AbortController().signal,
          ),
      },
      providerOf: (host) => providers.byHost(host)?.id ?? null,
      jobs,
      told: (importId, row) => tell('import.row', { importId, row }),
    }),
    ...createMailFileHandlers({
      store,
      clock,
      session: (id) => sync.session(id),
      source: (id, signal) => sync.reader.fetchSource(id, signal),
      ownAddresses,
      quotePosition: () => readSettings(store.read).quotePosition,
      locale: readerLocale,
      kick: (id) => supervisor.kick(id),
    }),
    ...createMailingListHandlers({
      source: (id, signal) => messages.source(id, signal),
      allowLoopback,
      network,
    }),
    ...createSignInHandlers({ providers, signIns }),
    ...createGroupHealthHandlers({ home, work, clock }),
    ...createJobHandlers(jobs),
    ...createAppHandlers({
      store,
      supervisor,
      secrets,
      paths,
      version: parts.version,
      locale,
      progress: () => sync.progress(),
      allowLoopbackImages: allowLoopback,
      network,
      policy,
      onSettings: () => {
        followSettings();
        drop(learnProxyPassword(), 'reading the password of the proxy', (error, why) => {
          log.warn(why, { error });
        });
        // Connections that stand go the old way, and those that failed may be possible now.
        supervisor.wake();
      },
    }),
    ...createNetworkHandlers({
      secrets,
      caFiles: () => [...policy().caFiles, ...readSettings(store.read).caFiles],
      prescribed: () => policy().proxy !== null,
      onPassword: (password) => (proxyPassword = password),
    }),
    ...createPolicyHandlers(policyHome),
  };
  Object.assign(handlers, groups.handlers, groupAware(handlers, groups, work, store));
  assertComplete(handlers);
  const dispatch = createDispatch(handlers, log.child('api'));

  collectStored(store, clock.now());
  outbox.start();
  drafts.start();
  supervisor.start();
  await groups.start();

  const kept = owned.move();
  return {
    api: {
      dispatch,
      onEvent: (listener) => events.on(({ name, payload }) => listener(name, payload)),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
