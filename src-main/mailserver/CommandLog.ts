/** What clients asked for, in order: tests count round trips by it. Passwords and contents are not in it. */

export interface LoggedCommand {
  readonly protocol: 'imap' | 'smtp';
  /** Number of the connection, counted from 1 over both protocols. */
  readonly connection: number;
  /** Who was logged in, null before. */
  readonly user: string | null;
  /** Upper case: "UID FETCH", "LOGIN", "MAIL". */
  readonly command: string;
  /** The command with its arguments, literals as {size}; secrets as "...". */
  readonly line: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const maxEntries = 100_000;

export class CommandLog {
  #entries: LoggedCommand[] = [];

  get entries(): readonly LoggedCommand[] {
    return this.#entries;
  }

  add(entry: LoggedCommand): void {
    if (this.#entries.length >= maxEntries) this.#entries = this.#entries.slice(maxEntries / 2);
    this.#entries.push(entry);
  }

  /** How often a command came, by all or by one user. */
  count(command: string, user?: string): number {
    return this.#entries.filter(
      (entry) => entry.command === command && (user === undefined || entry.user === user),
    ).length;
  }

  /** Command names in order, for comparing whole conversations. */
  names(user?: string): string[] {
    return this.#entries
      .filter((entry) => user === undefined || entry.user === user)
      .map((entry) => entry.command);
  }

  clear(): void {
    this.#entries = [];
  }
}
