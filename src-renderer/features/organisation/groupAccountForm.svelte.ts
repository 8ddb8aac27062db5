/** Adding or editing a group account: an account like any other, and who works in it. */
import type { EngineClient } from '#shared/contract/contract.ts';
import { AccountSettings } from '#shared/domain/account.ts';
import type { GroupAccount, GroupSignature, SharedConfig } from '#shared/domain/group/config.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';
import { AccountForm, type AccountFormStart, type SaveOutcome } from '../accounts/accountForm.svelte.ts';
import type { SignInParts } from '../accounts/signIn.svelte.ts';

export class GroupAccountForm implements Disposable {
  readonly account: AccountForm;
  /** null: a new one. */
  readonly group: GroupAccount | null;
  members = $state.raw<readonly string[]>([]);
  defaultHandler = $state<string>('');
  namesAuthor = $state(false);
  seenBy = $state<'handler' | 'anybody'>('handler');
  /** null: each member signs with his own. */
  signature = $state.raw<GroupSignature | null>(null);
  #judged = $state(false);
  readonly #initial: string;

  /** @param me whoever administers: he signs in as himself, as every member will */
  constructor(
    client: EngineClient,
    config: SharedConfig,
    group: GroupAccount | null,
    me: string,
    browser: Omit<SignInParts, 'client'>,
  ) {
    this.group = group;
    this.members = (group?.members ?? []).filter(({ until }) => until === undefined).map(({ user }) => user);
    this.defaultHandler = group?.defaultHandler ?? '';
    this.namesAuthor = group?.namesAuthor ?? false;
    this.seenBy = group?.seenBy ?? 'handler';
    this.signature = group?.signature ?? null;
    this.#initial = this.#state;
    const inside = [...config.users, ...config.groupAccounts.filter((one) => one !== group)];
    const start: AccountFormStart = {
      id: null,
      settings: group === null ? null : settingsOf(group, me),
      forGroup: true,
      signsInAs: me,
      active: true,
      ownAddresses: inside.map(({ address }) => address),
      group: group === null ? null : groupPath(config, group),
      send: async ({ settings, credentials, signIn, token }) => {
        const { namesAuthor, seenBy } = this;
        const work = {
          members: [...this.members],
          defaultHandler: this.defaultHandler || null,
          // What nobody decided stays unsaid in the config.
          ...(namesAuthor === (group?.namesAuthor ?? false) ? {} : { namesAuthor }),
          ...(seenBy === (group?.seenBy ?? 'handler') ? {} : { seenBy }),
          signature: this.signature,
        };
        if (group === null) {
          // Not without its passwords, and not without having passed: the form offers neither.
          const { name } = await client.call('groups.addAccount', {
            settings,
            credentials,
            signIn: signIn ?? null,
            token: token ?? '',
            ...work,
          });
          return { id: null, name, active: true };
        }
        await client.call('groups.editAccount', {
          group: group.id,
          settings,
          ...(credentials === null ? {} : { credentials }),
          signIn: signIn ?? null,
          ...(token === null ? {} : { token }),
          ...work,
        });
        return { id: null, name: settings.name, active: true };
      },
    };
    this.account = new AccountForm(client, start, browser);
  }

  get #state(): string {
    return JSON.stringify([
      [...this.members].sort(),
      this.defaultHandler,
      this.namesAuthor,
      this.seenBy,
      this.signature,
    ]);
  }

  get changed(): boolean {
    return this.account.changed || this.#state !== this.#initial;
  }

  /** May it be said by now that nobody is chosen? */
  get lacksMembers(): boolean {
    return this.#judged && this.members.length === 0;
  }

  setMember(user: string, on: boolean): void {
    this.members = on ? [...this.members, user] : this.members.filter((one) => one !== user);
    if (!on && this.defaultHandler === user) this.defaultHandler = '';
  }

  async save(): Promise<SaveOutcome> {
    this.#judged = true;
    if (this.members.length === 0) {
      this.account.judgeAll();
      return { kind: 'faults', first: null };
    }
    return this.account.save({ active: true });
  }

  [Symbol.dispose](): void {
    this.account[Symbol.dispose]();
  }
}

function settingsOf(group: GroupAccount, me: string): AccountSettings {
  const { name, address, displayName, imap, smtp, archiveAddress, allowPlaintext, auth } = group;
  return AccountSettings.parse({
    name,
    address,
    displayName,
    imap,
    smtp,
    archiveAddress,
    tls: group.tls ?? { trust: 'system' },
    ...(allowPlaintext === undefined ? {} : { allowPlaintext }),
    ...(auth === undefined ? {} : { auth: { ...auth, login: me } }),
  });
}
