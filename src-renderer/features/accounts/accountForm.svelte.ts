/** Adding or editing an account: the fields, the guesses, the connection test, and saving exactly what was tested. */
import type { EngineClient, RequestOf } from '#shared/contract/contract.ts';
import type { AccountSettings, Credentials, Security } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { PolicyReport } from '#shared/contract/policy.ts';
import type { SignInProvider } from '#shared/contract/signIn.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Discovery } from '#shared/contract/discovery.ts';
import { asMailError, Latest } from '../../client/latest.ts';
import { isAddress } from '../composer/addressList.ts';
import {
  credentialsOf,
  emptyFields,
  faultsOf,
  fieldsOf,
  otherIdentity,
  plaintextServers,
  settingsOf,
  testedKey,
  type AccountFields,
  type FieldFaults,
  type FieldName,
  type ServerFields,
} from './accountFields.ts';
import { fieldOf, fieldOfPolicyError, fieldOfSaveError } from './faultPlaces.ts';
import { policyFaults } from './policyFaults.ts';
import { defaultPort, guessServers, isDefaultPort, securityOfPort, type Protocol } from './serverGuess.ts';
import { SignIn, type SignInParts } from './signIn.svelte.ts';
import { TestRun } from './testRun.svelte.ts';

export interface AccountFormStart {
  /** null: a new account. */
  readonly id: AccountId | null;
  readonly settings: AccountSettings | null;
  readonly active: boolean;
  /** Addresses of all other accounts. */
  readonly ownAddresses: readonly string[];
  /** What the organisation allows here; left out: everything. */
  readonly policy?: () => PolicyReport | null;
  /** An existing group account ("<organisation>/<group>"), whose stored passwords a test may use. */
  readonly group?: string | null;
  /** A group account, new or not: an administrator sets it up, and rules for personal accounts do not count. */
  readonly forGroup?: boolean;
  /** Who signs in, where that is not the account itself: whoever sits here, to a mailbox that a group shares. */
  readonly signsInAs?: string | undefined;
  /** Saves it elsewhere than among one's own accounts. */
  readonly send?: (request: SaveRequest) => Promise<SavedAccount>;
}

export interface SaveRequest {
  readonly settings: AccountSettings;
  /** null: as they are stored. */
  readonly credentials: Credentials | null;
  /** Of a finished sign-in; null: there is a password. */
  readonly signIn: RequestOf<'accounts.save'>['signIn'];
  /** Of the test that exactly these passed; null: they were not tested. */
  readonly token: string | null;
  readonly active: boolean;
}

export interface SavedAccount {
  readonly id: AccountId | null;
  readonly name: string;
  readonly active: boolean;
}

export type SaveOutcome =
  | ({ readonly kind: 'saved' } & SavedAccount)
  | { readonly kind: 'faults'; readonly first: FieldName | null }
  | { readonly kind: 'failed'; readonly error: MailError };

export class AccountForm implements Disposable {
  readonly id: AccountId | null;
  fields = $state.raw<AccountFields>(emptyFields);
  run = $state.raw<TestRun | null>(null);
  saving = $state(false);
  /** The engine looks for the servers of the address. */
  discovering = $state(false);
  /** A person wants to see what the organisation offers, or to change it. */
  showsAll = $state(false);
  /** What it found; null: nothing yet, or nothing at all. */
  discovery = $state.raw<Discovery | null>(null);
  /** Who signs in for the incoming server; null: nobody that is known here. */
  provider = $state.raw<SignInProvider | null>(null);
  /** null: nobody can sign in from here. */
  readonly signIn: SignIn | null;
  /** What the engine said against saving, where no field is to blame. */
  error = $state.raw<MailError | null>(null);
  /** Fields that a person left, or all of them once a test or a save was tried: only these are corrected. */
  #judged = $state.raw<ReadonlySet<FieldName>>(new Set());
  #judgeAll = $state(false);
  /** What the engine or a server found wrong with a field, until it is changed. */
  #told = $state.raw<Readonly<Partial<Record<FieldName, MailError>>>>({});
  readonly #client: EngineClient;
  readonly #start: AccountFormStart;
  readonly #initial: AccountFields;
  /** Fields that a person filled: no guess overwrites them. */
  readonly #own = new Set<FieldName>();
  readonly #steps: Disposable;
  readonly #looking = new Latest();
  readonly #finding = new Latest();
  #discovered = '';
  #hostAsked = '';
  /** The person decided between a password and signing in. */
  #ownWay = false;
  #abort: AbortController | null = null;
  #watch = '';
  readonly faults: FieldFaults = $derived.by(() =>
    faultsOf(this.fields, this.editing, this.#start.ownAddresses, this.keepsSecret),
  );
  /** What the organisation says against the fields, beside each. */
  readonly #refused: Readonly<Partial<Record<FieldName, MailError>>> = $derived.by(() =>
    policyFaults(this.fields, this.#initial, this.#policy, {
      found: this.discovery !== null,
      offered: this.discovery?.preset != null,
    }),
  );
  readonly key = $derived.by(() => testedKey(this.fields));
  /** These very fields passed. */
  readonly tested = $derived.by(() => this.run !== null && this.run.passed && this.run.key === this.key);
  /** They were tested, and changed since. */
  readonly stale = $derived.by(() => this.run !== null && this.run.key !== this.key);
  readonly plaintext: readonly Protocol[] = $derived.by(() => plaintextServers(this.fields));

  /** Somebody signed in who is not who the account is for. */
  readonly other = $derived.by(() => {
    // To a group's mailbox everybody goes as himself: there is no other to agree to.
    if (this.#start.signsInAs !== undefined) return null;
    const settings = this.fields.signIn == null ? null : settingsOf(this.fields);
    return settings === null ? null : otherIdentity(settings, this.signIn?.identities ?? []);
  });

  /** @param browser how a browser is opened for signing in; left out: passwords only */
  constructor(client: EngineClient, start: AccountFormStart, browser?: Omit<SignInParts, 'client'>) {
    this.#client = client;
    this.signIn = browser === undefined ? null : new SignIn({ client, ...browser });
    this.#start = start;
    this.id = start.id;
    this.#initial = start.settings === null ? emptyFields : fieldsOf(start.settings);
    this.fields = this.#initial;
    if (start.settings !== null) {
      for (const protocol of ['imap', 'smtp'] as const) {
        if (protocol === 'smtp' && start.settings.smtp === null) continue;
        for (const part of ['host', 'port', 'security', 'user'] as const)
          this.#own.add(`${protocol}.${part}`);
      }
      this.#own.add('name');
      void this.findProvider();
    }
    this.#steps = client.on('accounts.testStep', ({ watch, server, step }) => {
      if (watch === this.#watch) this.run?.tell(server, step);
    });
  }

  get editing(): boolean {
    return this.id !== null || (this.#start.group ?? null) !== null;
  }

  /** What is stored for this account is of the kind that the fields ask for. */
  get keepsSecret(): boolean {
    const { settings } = this.#start;
    return settings !== null && settings.auth?.provider === this.fields.auth?.provider;
  }

  get changed(): boolean {
    return JSON.stringify(this.fields) !== JSON.stringify(this.#initial);
  }

  /** A new name or archive address needs no new test, where the account has passed one. */
  get keepsItsTest(): boolean {
    return this.editing && this.#start.active && this.key === testedKey(this.#initial);
  }

  get canSave(): boolean {
    return this.canSaveInactive && (this.tested || this.keepsItsTest);
  }

  get canSaveInactive(): boolean {
    return !this.saving && Object.keys(this.faults).length === 0 && Object.keys(this.#refused).length === 0;
  }

  /** What the organisation offers to this address, as long as it stands unchanged: the password alone is missing. */
  get offered(): boolean {
    return this.discovery?.preset != null && !this.showsAll;
  }

  get #policy(): PolicyReport | null {
    return this.#start.policy?.() ?? null;
  }

  /** The archive that the organisation prescribes; null: the person's own choice. */
  get prescribedArchive(): string | null {
    return this.#policy?.archiveAddress ?? null;
  }

  /** What is wrong with a field and may be said by now: a text key, or an error of the engine. */
  faultAt(name: FieldName): FieldFaults[FieldName] | MailError | undefined {
    const told = this.#told[name];
    if (told) return told;
    if (!this.#judgeAll && !this.#judged.has(name)) return undefined;
    return this.faults[name] ?? this.#refused[name];
  }

  /** The person left the field. */
  judge(name: FieldName): void {
    if (name === 'imap.host') void this.findProvider();
    if (!this.#judged.has(name)) this.#judged = new Set([...this.#judged, name]);
  }

  set(name: 'name' | 'address' | 'displayName' | 'archiveAddress', value: string): void {
    this.#own.add(name);
    this.#change({ [name]: value }, name);
    if (name !== 'address') return;
    if (this.discovery?.preset != null) this.#dropOffer();
    this.#guess();
  }

  setServer(protocol: Protocol, part: keyof ServerFields, value: string): void {
    const name: FieldName = `${protocol}.${part}`;
    this.#own.add(name);
    if (part === 'host') this.#stopLooking();
    let server: ServerFields = { ...this.fields[protocol], [part]: value };
    if (part === 'security') {
      const port = Number(server.port);
      // A port of one's own stays; the usual one follows the encryption.
      if (server.port.trim() === '' || isDefaultPort(protocol, port))
        server = { ...server, port: String(defaultPort(protocol, value as Security)) };
    } else if (part === 'port' && !this.#own.has(`${protocol}.security`)) {
      const security = securityOfPort(protocol, Number(value));
      if (security !== null) server = { ...server, security };
    }
    this.#change({ [protocol]: server }, name);
    if (part === 'user' && protocol === 'imap' && !this.#own.has('smtp.user'))
      this.#change({ smtp: { ...this.fields.smtp, user: value } });
  }

  /**
   * Looks for the servers of the address, for a new account whose servers nobody typed. Servers under another domain are not filled in
   * before a person agreed (`acceptDiscovery`): the password would go there.
   */
  async discover(): Promise<void> {
    const address = this.fields.address.trim();
    if (this.editing || this.#ownServers || !isAddress(address) || address === this.#discovered) return;
    this.#discovered = address;
    this.discovery = null;
    this.discovering = true;
    const outcome = await this.#looking.run((signal) =>
      this.#client.call('accounts.discover', { address, ...this.#purpose }, { signal }),
    );
    if (outcome.kind === 'superseded') return;
    this.discovering = false;
    if (outcome.kind === 'failed') {
      this.#place(outcome.error);
      return;
    }
    this.discovery = outcome.value;
    if (outcome.value.confirm === null) this.acceptDiscovery();
    else void this.findProvider();
  }

  /** Asks who signs in for the incoming server. A new account then signs in, where that is set up and nobody decided otherwise. */
  async findProvider(): Promise<void> {
    const host = this.fields.imap.host.trim();
    if (this.signIn === null || host === this.#hostAsked) return;
    this.#hostAsked = host;
    const outcome = await this.#finding.run(async (signal) =>
      host === '' ? { provider: null } : this.#client.call('signIn.find', { host }, { signal }),
    );
    if (outcome.kind === 'superseded') return;
    if (outcome.kind === 'failed') {
      // An administrator's file that cannot be read: said, and passwords work as ever.
      this.error = outcome.error;
      return;
    }
    const { provider } = outcome.value;
    this.provider = provider;
    // What is offered says how it is signed in to.
    if (this.editing || this.#ownWay || this.discovery?.preset != null) return;
    if (provider?.configured === true) this.#setAuth({ method: 'oauth2', provider: provider.id });
    else this.#setAuth(undefined);
  }

  /** The person wants to type a password. */
  usePassword(): void {
    this.#ownWay = true;
    this.signIn?.cancel();
    this.#setAuth(undefined);
  }

  /** The person wants to sign in. */
  useSignIn(): void {
    this.#ownWay = true;
    if (this.provider !== null) this.#setAuth({ method: 'oauth2', provider: this.provider.id });
  }

  /** Opens the browser, waits for it, and tests what came of it. Returns the first field that is wrong, where it could not begin. */
  async signInNow(): Promise<FieldName | null> {
    const { auth } = this.fields;
    if (this.signIn === null || auth === undefined) return null;
    if (this.faults.address !== undefined) {
      this.judge('address');
      return 'address';
    }
    const [refused] = Object.keys(this.#refused) as FieldName[];
    if (refused !== undefined) {
      this.judge(refused);
      return refused;
    }
    this.#change({ signIn: null }, 'signIn');
    const done = await this.signIn.start(auth.provider, auth.login ?? this.fields.address.trim());
    if (done === null) return null;
    this.#change({ signIn: done.id });
    return this.other === null ? this.test() : null;
  }

  /** The mailbox is shared with whoever signed in. */
  async useOther(): Promise<FieldName | null> {
    const { other } = this;
    const { auth } = this.fields;
    if (other === null || auth === undefined) return null;
    this.#change({ auth: { ...auth, login: other } });
    return this.test();
  }

  acceptDiscovery(): void {
    const { discovery } = this;
    if (discovery === null) return;
    this.discovery = { ...discovery, confirm: null };
    if (discovery.preset !== null) {
      this.#takeOffer(discovery.preset);
      return;
    }
    for (const protocol of ['imap', 'smtp'] as const) {
      const found = discovery[protocol];
      if (found === null) continue;
      const { host, port, security, user } = found;
      this.#propose(protocol, { host, port: String(port), security, user });
    }
    void this.findProvider();
  }

  /** All of it: somebody decided it for this address. Passwords and an account name of one's own stay. */
  #takeOffer(preset: AccountSettings): void {
    const { name, imap, smtp } = this.fields;
    const offered = fieldsOf(preset);
    this.#change({
      ...offered,
      name: this.#own.has('name') ? name : offered.name,
      imap: { ...offered.imap, password: imap.password },
      smtp: { ...offered.smtp, password: smtp.password },
      signIn: null,
    });
    void this.findProvider();
  }

  /** Of another address: nothing of it is this one's. */
  #dropOffer(): void {
    const { name, address } = this.fields;
    this.discovery = null;
    this.#discovered = '';
    this.showsAll = false;
    this.#change({ ...emptyFields, name: this.#own.has('name') ? name : '', address, signIn: null });
  }

  /** The servers that were found are not to be used. */
  refuseDiscovery(): void {
    this.discovery = null;
  }

  setSends(sends: boolean): void {
    this.#change({ sends });
  }

  setAllowPlaintext(allowPlaintext: boolean): void {
    this.#change({ allowPlaintext }, 'allowPlaintext');
  }

  /** Accept exactly this certificate, and see whether it works. */
  async trust(fingerprint: string): Promise<void> {
    this.#change({ trust: fingerprint });
    await this.test();
  }

  verifyAsUsual(): void {
    this.#change({ trust: 'system' });
  }

  /** Everything that is wrong may be said now. The first field that is, in the order of the form; null: none. */
  judgeAll(): FieldName | null {
    this.#judgeAll = true;
    const order = [
      'name',
      'address',
      'displayName',
      'archiveAddress',
      'imap.host',
      'imap.port',
      'imap.security',
      'imap.user',
      'imap.password',
      'smtp.host',
      'smtp.port',
      'smtp.security',
      'smtp.user',
      'smtp.password',
      'signIn',
      'allowPlaintext',
    ] as const satisfies readonly FieldName[];
    return order.find((name) => (this.faults[name] ?? this.#refused[name]) !== undefined) ?? null;
  }

  /** Runs the test of what stands in the fields now. Returns the first field that is wrong, where it could not begin. */
  async test(): Promise<FieldName | null> {
    const first = this.judgeAll();
    if (first !== null) return first;
    const settings = settingsOf(this.fields);
    if (settings === null) return 'name';
    this.cancelTest();
    this.#stopLooking();
    this.error = null;
    this.#told = {};
    const run = new TestRun(this.key, settings.smtp === null ? ['imap'] : ['imap', 'smtp']);
    const abort = new AbortController();
    this.#abort = abort;
    this.#watch = crypto.randomUUID();
    this.run = run;
    try {
      const result = await this.#client.call(
        'accounts.test',
        {
          settings,
          credentials: credentialsOf(this.fields),
          signIn: this.fields.signIn ?? null,
          keepPasswordsOf: this.id,
          ...(this.#start.group ? { keepPasswordsOfGroup: this.#start.group } : {}),
          ...this.#purpose,
          watch: this.#watch,
        },
        { signal: abort.signal },
      );
      run.finish(result);
      this.#blame(run);
    } catch (error) {
      if (abort.signal.aborted) {
        run.cancelled = true;
        return null;
      }
      const mailError = this.#signInGone(asMailError(error));
      const refused = this.#place(mailError);
      if (refused === null) run.error = mailError;
      // Nothing was tested: what stands in its way is said at the field.
      else this.run = null;
      return refused;
    }
    return null;
  }

  /** Puts what the policy says beside the field that it is about, and says which; null: it is not the policy's. */
  #place(error: MailError): FieldName | null {
    const field = fieldOfPolicyError(error, this.fields);
    if (field !== null) this.#told = { ...this.#told, [field]: error };
    return field;
  }

  get forGroup(): boolean {
    return this.#start.forGroup === true;
  }

  get #purpose(): { forGroup?: true } {
    return this.forGroup ? { forGroup: true } : {};
  }

  cancelTest(): void {
    this.#abort?.abort();
    this.#abort = null;
  }

  async save({ active }: { active: boolean }): Promise<SaveOutcome> {
    const first = this.judgeAll();
    const settings = first === null ? settingsOf(this.fields) : null;
    if (settings === null) return { kind: 'faults', first };
    this.saving = true;
    this.error = null;
    try {
      const request: SaveRequest = {
        settings,
        credentials: credentialsOf(this.fields),
        signIn: this.fields.signIn ?? null,
        token: this.tested ? (this.run?.result?.token ?? null) : null,
        active,
      };
      const saved = await (this.#start.send ?? ((own) => this.#saveOwn(own)))(request);
      this.signIn?.saved();
      return { kind: 'saved', ...saved };
    } catch (error) {
      const mailError = this.#signInGone(asMailError(error));
      // Tested too long ago, or something changed beneath: the proof is worth nothing any more.
      if (mailError.code === 'settings-not-tested') this.run = null;
      const field = fieldOfSaveError(mailError);
      if (field !== null) this.#told = { ...this.#told, [field]: mailError };
      else if (this.#place(mailError) === null) this.error = mailError;
      return { kind: 'failed', error: mailError };
    } finally {
      this.saving = false;
    }
  }

  #saveOwn(request: SaveRequest): Promise<SavedAccount> {
    return this.#client.call('accounts.save', { id: this.id, keepPasswordsOf: this.id, ...request });
  }

  /** The engine kept it for an hour, or was started anew in the meantime. */
  #signInGone(error: MailError): MailError {
    if (error.code !== 'not-found' || this.fields.signIn == null) return error;
    this.signIn?.cancel();
    this.#change({ signIn: null });
    return new MailError('sign-in-expired', { provider: this.provider?.name ?? '' });
  }

  #setAuth(auth: AccountFields['auth']): void {
    if (this.fields.auth?.provider === auth?.provider) return;
    const { signsInAs } = this.#start;
    const own = auth === undefined || signsInAs === undefined ? auth : { ...auth, login: signsInAs };
    this.#change({ auth: own, signIn: null });
  }

  #guess(): void {
    const { address } = this.fields;
    if (!this.#own.has('name')) this.#change({ name: address.trim() });
    const guess = guessServers(address);
    for (const protocol of ['imap', 'smtp'] as const) {
      const { host, port, security } = guess?.[protocol] ?? { ...this.fields[protocol], host: '' };
      this.#propose(protocol, { host, port: String(port), security, user: address.trim() });
    }
  }

  /** Fills what no person filled. */
  #propose(protocol: Protocol, proposed: Omit<ServerFields, 'password'>): void {
    const before = this.fields[protocol];
    const own = (part: keyof typeof proposed): boolean => this.#own.has(`${protocol}.${part}`);
    this.#change({
      [protocol]: {
        host: own('host') ? before.host : proposed.host,
        port: own('port') ? before.port : proposed.port,
        security: own('security') ? before.security : proposed.security,
        user: own('user') ? before.user : proposed.user,
        password: before.password,
      },
    });
  }

  get #ownServers(): boolean {
    return this.#own.has('imap.host') || this.#own.has('smtp.host');
  }

  /** What is still found would change what is being tested. */
  #stopLooking(): void {
    this.#looking.cancel();
    this.discovering = false;
  }

  #change(change: Partial<AccountFields>, name?: FieldName): void {
    this.fields = { ...this.fields, ...change };
    this.error = null;
    if (name !== undefined && this.#told[name]) {
      const { [name]: _, ...rest } = this.#told;
      this.#told = rest;
    }
    // What runs would test something else than what stands here.
    if (this.run?.running && this.run.key !== this.key) this.cancelTest();
  }

  /** Puts the reason of a failed step beside the field that decides it. */
  #blame(run: TestRun): void {
    const told: Partial<Record<FieldName, MailError>> = {};
    for (const { server, error } of run.steps) {
      const field = error === null ? null : fieldOf(server, error);
      if (error !== null && field !== null) told[field] ??= error;
    }
    this.#told = told;
  }

  [Symbol.dispose](): void {
    this.#looking[Symbol.dispose]();
    this.#finding[Symbol.dispose]();
    this.signIn?.[Symbol.dispose]();
    this.cancelTest();
    this.#steps[Symbol.dispose]();
  }
}
