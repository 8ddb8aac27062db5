/** The organisation of this profile: the config in force, the draft of an administrator, and the ways in and out. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { diffConfigs, type ConfigDifference } from '#shared/domain/group/configDiff.ts';
import { findUser, newOrganisation, setGroupCredentials } from '#shared/domain/group/configEdits.ts';
import { mergeConfigs } from '#shared/domain/group/configMerge.ts';
import { groupAccountAt, groupPath } from '#shared/domain/group/groupPath.ts';
import type { Address } from '#shared/domain/message.ts';
import type { Credentials } from '#shared/domain/account.ts';
import type { ConfigUser, SharedConfig } from '#shared/domain/group/config.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';
import type { Network } from '#engine/net/network.ts';
import type { Clock, SecretStore } from '#engine/ports/ports.ts';
import {
  getOrganisation,
  saveOrganisation,
  type StoredOrganisation,
} from '#engine/store/organisation.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { readConfigFile, writeConfigFile, type Anchor, type ConfigFile } from './configFile.ts';
import { publicUrl } from './configHttp.ts';
import { fetchConfig, storeConfig } from './configSource.ts';
import type { SignatureChecker, SigningKey } from './dsse.ts';
import { fingerprintOf } from './fingerprint.ts';
import { readJoinTarget, writeJoinLink } from './joinLink.ts';
import { ensureMemberKey, readMemberKey } from './memberKeys.ts';
import { InviteCode } from './sealedCredentials.ts';

export interface OrganisationParts {
  readonly store: Store;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly checker: SignatureChecker;
  /** Left out: straight out. */
  readonly network?: Network;
  /** Of a group account ("<organisation>/<group>"), as far as they are known here. */
  readonly credentials: (group: string) => Promise<Credentials | null>;
}

const isUrl = (source: string): boolean => /^https?:/i.test(source);
const sourceKey = 'group-source';

export class OrganisationHome {
  readonly #parts: OrganisationParts;
  #file: ConfigFile | null = null;
  #key: SigningKey | null = null;

  constructor(parts: OrganisationParts) {
    this.#parts = parts;
  }

  get stored(): StoredOrganisation | null {
    return getOrganisation(this.#parts.store.read);
  }

  /** The revision in force; null: none was published or joined. */
  get held(): ConfigFile | null {
    const held = this.stored?.held ?? null;
    if (held === null) return null;
    // Believed when it was taken in; what lies in our own store is not judged again.
    if (this.#file?.text !== held)
      this.#file = readConfigFile(held, { kind: 'itself' }, this.#parts.checker, { trusted: true });
    return this.#file;
  }

  get config(): SharedConfig | null {
    return this.held?.config ?? null;
  }

  /** What the administrator lets every member sign with in a group account ("<organisation>/<group>"). */
  signatureOf(group: string): { html: string | null; text: string } | null {
    return groupAccountAt(this.config, group)?.signature ?? null;
  }

  /** Whom mail from a group account names as its author beside the group; null: it does not, or the group is unknown. */
  authorIn(group: string): Address | null {
    const { config, stored } = this;
    if (config === null || stored === null || groupAccountAt(config, group)?.namesAuthor !== true)
      return null;
    const me = config.users.find(({ id }) => id === stored.me);
    return me === undefined ? null : { name: me.name, address: me.address };
  }

  /** Whom a member can write to inside: users and group accounts. */
  get people(): { name: string; address: string }[] {
    const { config } = this;
    if (config === null) return [];
    const users = config.users.filter(({ active }) => active);
    return [...users, ...config.groupAccounts].map(({ name, address }) => ({ name, address }));
  }

  /** Of a group account ("<organisation>/<group>"): the folder that is no mail. null: not a group account. */
  logFolderOf(group: string | null): string | null {
    return group === null ? null : (groupAccountAt(this.config, group)?.logFolder ?? 'Postkorb');
  }

  /** What an administrator edits: the draft, else what is in force. */
  get edited(): SharedConfig | null {
    return this.stored?.draft ?? this.config;
  }

  get unpublished(): ConfigDifference[] {
    const draft = this.stored?.draft ?? null;
    return draft === null ? [] : diffConfigs(this.config, draft);
  }

  #required(): StoredOrganisation {
    const { stored } = this;
    if (stored === null) throw new MailError('no-organisation');
    return stored;
  }

  get me(): ConfigUser | null {
    const { stored, edited } = this;
    return edited?.users.find(({ id }) => id === stored?.me) ?? null;
  }

  async key(): Promise<SigningKey> {
    const { edited } = this;
    if (edited === null) throw new MailError('no-organisation');
    this.#key ??= await ensureMemberKey(this.#parts.secrets, edited.organisation.id);
    return this.#key;
  }

  async isAdmin(): Promise<boolean> {
    const config = this.config ?? this.edited;
    const { stored } = this;
    if (config === null || stored === null) return false;
    const key = await readMemberKey(this.#parts.secrets, config.organisation.id);
    return config.admins.some((admin) => admin.user === stored.me && admin.key === key?.publicKey);
  }

  #save(change: Partial<StoredOrganisation>): void {
    const stored = this.#required();
    this.#parts.store.precious((db) => {
      saveOrganisation(db, { ...stored, ...change });
    });
  }

  async init(
    name: string,
    address: string,
    userName: string,
  ): Promise<{ config: SharedConfig; fingerprint: string }> {
    const { store, secrets, clock } = this.#parts;
    const { edited } = this;
    if (edited !== null) throw new MailError('other-organisation', { name: edited.organisation.name });
    // Its id follows from its name alone, so the key can be made before the config.
    const probe = newOrganisation(name, { name: userName, address, key: placeholderKey }, clock.now());
    const key = await ensureMemberKey(secrets, probe.organisation.id);
    const config = newOrganisation(name, { name: userName, address, key: key.publicKey }, clock.now());
    store.precious((db) => {
      saveOrganisation(db, {
        me: findUser(config, address).id,
        source: null,
        fingerprint: fingerprintOf(key.publicKey),
        held: null,
        etag: null,
        draft: { ...config, revision: 1 },
        checkedAt: null,
        lastError: null,
      });
    });
    this.#key = key;
    return { config, fingerprint: fingerprintOf(key.publicKey) };
  }

  /** Changes the draft. Errors: no-organisation, not-permitted for everybody but administrators, and what `change` refuses. */
  async edit<T>(
    change: (config: SharedConfig, now: number) => { config: SharedConfig; result: T },
  ): Promise<T> {
    await this.assertAdmin();
    const { edited } = this;
    if (edited === null) throw new MailError('no-organisation');
    const { config, result } = change(edited, this.#parts.clock.now());
    this.#save({ draft: config });
    return result;
  }

  async assertAdmin(): Promise<void> {
    this.#required();
    if (!(await this.isAdmin()))
      throw new MailError('not-permitted', { what: 'organisation', reason: 'not-an-admin' });
  }

  discardDraft(): void {
    if (this.config !== null) this.#save({ draft: null });
  }

  /** Signs and writes the next revision. Errors: config-conflict (with what differs), config-invalid, not-permitted, config-unreachable. */
  async publish(
    to: string | null,
    inviteCode: string | null,
    signal: AbortSignal,
  ): Promise<{ revision: number; url: string; joinLink: string }> {
    await this.assertAdmin();
    const { clock, secrets, checker } = this.#parts;
    const stored = this.#required();
    const source =
      to === null
        ? await this.#source()
        : isUrl(to)
          ? to
          : await filePath(to, this.edited?.organisation.id ?? 'postkorb');
    if (source === null)
      throw new MailError(
        'invalid-input',
        {},
        { faults: [{ path: 'to', code: 'missing', message: 'where to publish' }] },
      );
    const previous = this.held;
    let config = this.edited;
    if (config === null) throw new MailError('no-organisation');
    if (inviteCode !== null) config = await this.#sealed(config, new InviteCode(inviteCode));
    const revision = (previous?.config.revision ?? 0) + 1;
    const file = writeConfigFile(
      { ...config, revision, issuedAt: new Date(clock.now()).toISOString() },
      previous,
      await this.key(),
      checker,
    );
    await storeConfig(
      source,
      file.text,
      (current) => this.#assertUnchanged(current, previous),
      signal,
      this.#parts.network,
    );
    if (isUrl(source) && publicUrl(source) !== source) await secrets.set(sourceKey, source);
    const url = isUrl(source) ? publicUrl(source) : source;
    this.#save({
      ...stored,
      source: url,
      held: file.text,
      etag: null,
      draft: null,
      checkedAt: clock.now(),
      lastError: null,
    });
    return {
      revision,
      url,
      joinLink: writeJoinLink(url, fingerprintOf(file.signer), file.config.organisation.name),
    };
  }

  /** Somebody else's newer revision is taken in, and the draft goes on from it; he is told what differs. */
  #assertUnchanged(current: string | null, previous: ConfigFile | null): void {
    if (current === null || current === previous?.text) return;
    const anchor: Anchor =
      previous === null
        ? { kind: 'itself' }
        : { kind: 'held', config: previous.config, digest: previous.digest };
    const newest = readConfigFile(current, anchor, this.#parts.checker);
    if (previous !== null && newest.digest === previous.digest) return;
    if (previous === null) throw new MailError('config-conflict', { revision: newest.config.revision });
    const faults = diffConfigs(previous.config, newest.config).map(({ path, kind, after, before }) => ({
      path,
      code: kind,
      message: after === '' ? before : after,
    }));
    this.#accept(newest, null);
    throw new MailError('config-conflict', { revision: newest.config.revision }, { faults });
  }

  async #sealed(config: SharedConfig, code: InviteCode): Promise<SharedConfig> {
    let sealed = config;
    for (const { id, auth } of config.groupAccounts) {
      // A sign-in is one person's.
      if (auth !== undefined) continue;
      const group = groupPath(config, { id });
      const credentials = await this.#parts.credentials(group);
      if (credentials !== null) sealed = setGroupCredentials(sealed, id, await code.seal(credentials, group));
    }
    return sealed;
  }

  async #source(): Promise<string | null> {
    const source = this.stored?.source ?? null;
    const secret = await this.#parts.secrets.get(sourceKey);
    return source !== null && secret !== null && publicUrl(secret) === source ? secret : source;
  }

  /** Whose config lies there, and who signed it. */
  async inspect(from: string, signal: AbortSignal): Promise<ConfigFile> {
    return (await this.#look(from, signal)).file;
  }

  async #look(from: string, signal: AbortSignal): Promise<{ file: ConfigFile; etag: string | null }> {
    const { source, fingerprint } = readJoinTarget(from);
    const { text, etag } = await fetchConfig(absolute(source), null, signal, this.#parts.network);
    const anchor: Anchor = fingerprint === null ? { kind: 'itself' } : { kind: 'fingerprint', fingerprint };
    return { file: readConfigFile(text ?? '', anchor, this.#parts.checker), etag };
  }

  async join(from: string, me: string, signal: AbortSignal): Promise<ConfigFile> {
    const { store, secrets, clock } = this.#parts;
    const { source, fingerprint } = readJoinTarget(from);
    const place = absolute(source);
    const { file, etag } = await this.#look(from, signal);
    const { edited } = this;
    if (edited !== null && edited.organisation.id !== file.config.organisation.id)
      throw new MailError('other-organisation', { name: edited.organisation.name });
    const { held } = this;
    if (held !== null)
      readConfigFile(
        file.text,
        { kind: 'held', config: held.config, digest: held.digest },
        this.#parts.checker,
      );
    const user = findUser(file.config, me);
    if (!user.active) throw new MailError('not-permitted', { reason: 'inactive-user', name: user.name });
    if (isUrl(place) && publicUrl(place) !== place) await secrets.set(sourceKey, place);
    const before = this.stored;
    store.precious((db) => {
      saveOrganisation(db, {
        me: user.id,
        source: isUrl(place) ? publicUrl(place) : place,
        fingerprint: fingerprint ?? fingerprintOf(file.signer),
        held: file.text,
        etag,
        draft: before?.draft ?? null,
        checkedAt: clock.now(),
        lastError: null,
      });
    });
    await this.key();
    return file;
  }

  /** Fetches again; what is bad leaves the last good one in force, and is thrown. True: another revision is in force. */
  async sync(signal: AbortSignal): Promise<boolean> {
    const stored = this.#required();
    const source = await this.#source();
    const { held } = this;
    if (source === null || held === null) return false;
    const { clock, checker } = this.#parts;
    try {
      const { text, etag } = await fetchConfig(source, stored.etag, signal, this.#parts.network);
      if (text === null) {
        this.#save({ checkedAt: clock.now(), lastError: null });
        return false;
      }
      const file = readConfigFile(text, { kind: 'held', config: held.config, digest: held.digest }, checker);
      const changed = file.digest !== held.digest;
      this.#accept(file, etag);
      return changed;
    } catch (error) {
      if (!signal.aborted) this.#save({ lastError: toWire(error) });
      throw error;
    }
  }

  #accept(file: ConfigFile, etag: string | null): void {
    const base = this.config;
    const draft = this.stored?.draft ?? null;
    const merged = draft === null || base === null ? draft : mergeConfigs(base, draft, file.config);
    const differs = merged !== null && diffConfigs(file.config, merged).length > 0;
    this.#save({
      held: file.text,
      etag,
      draft: differs ? merged : null,
      checkedAt: this.#parts.clock.now(),
      lastError: null,
    });
  }

  async joinLink(): Promise<string | null> {
    const { stored, held } = this;
    if (stored?.source == null || held === null) return null;
    return Promise.resolve(
      writeJoinLink(stored.source, fingerprintOf(held.signer), held.config.organisation.name),
    );
  }
}

/** Has the form of a key; it is never in a config that is kept. */
const placeholderKey = `${'A'.repeat(43)}=` as SharedConfig['admins'][number]['key'];

const absolute = (source: string): string =>
  /^[a-z][a-z0-9+.-]+:\/\//i.test(source) ? source : resolve(source);

/** A folder gets a file of the organisation's name. */
async function filePath(to: string, organisation: string): Promise<string> {
  if (/^file:/i.test(to)) return to;
  const path = resolve(to);
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return folder ? resolve(path, `${organisation}.postkorb.json`) : path;
}
