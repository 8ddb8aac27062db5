/** Who has a mailbox here. */
import type { MailUser } from './MailUser.ts';

export class Users implements Disposable {
  readonly #byLogin = new Map<string, MailUser>();

  get all(): readonly MailUser[] {
    return [...this.#byLogin.values()];
  }

  add(user: MailUser): void {
    if (this.#byLogin.has(user.login)) throw new Error(`there is a user "${user.login}" already`);
    this.#byLogin.set(user.login, user);
  }

  remove(login: string): void {
    this.#byLogin.get(login)?.mailboxes[Symbol.dispose]();
    this.#byLogin.delete(login);
  }

  byLogin(login: string): MailUser | null {
    return this.#byLogin.get(login) ?? null;
  }

  /** Whose INBOX an address leads to. Case plays no part, and "+detail" behind the name is passed over (RFC 5233). */
  byAddress(address: string): MailUser | null {
    const wanted = address.toLowerCase();
    const plain = wanted.replace(/\+[^@]*@/, '@');
    for (const user of this.#byLogin.values()) {
      if (user.addresses.has(wanted) || user.addresses.has(plain)) return user;
    }
    return null;
  }

  [Symbol.dispose](): void {
    for (const user of this.#byLogin.values()) user.mailboxes[Symbol.dispose]();
    this.#byLogin.clear();
  }
}
