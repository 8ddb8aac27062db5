/**
 * The connections of one account: opened when somebody needs one, shared within the account's budget, closed when nobody does.
 *
 * A lane says what a connection is wanted for. Where the budget is used up, a more urgent lane asks a less urgent one to let go
 * (`Lease.wanted`): an IDLE ends at once, a bulk run between two chunks. So a person's request waits for one chunk at most, and on a
 * budget of two or more not even that.
 *
 * `withMailbox` is the only way to a selected mailbox: SELECT and what follows are one critical section on one connection.
 */
import type { Clock } from '#shared/base/clock.ts';
import { Deadline } from '#shared/base/deadline.ts';
import { MailError, isMailError } from '#shared/errors/MailError.ts';
import type { Log } from '../ports/ports.ts';
import type { ImapConnection } from './ImapConnection.ts';
import type { Mailbox, SelectOptions } from './Mailbox.ts';

/** `interactive`: a person waits. `sync`: bulk work. `log`: a group account's team log. `idle`: waiting for news of the inbox. */
export type Lane = 'interactive' | 'sync' | 'log' | 'idle';

const urgency: Readonly<Record<Lane, number>> = { interactive: 0, sync: 1, log: 2, idle: 3 };

export interface Lease {
  /** Aborted as soon as a more urgent lane waits for a connection: come to an end that loses nothing, and ask for a new lease. */
  readonly wanted: AbortSignal;
}

export interface LanesParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Connections that this account may hold at once. */
  readonly budget: number;
  /** Opens and logs in; rejects with the signal's reason when it is aborted. */
  readonly open: (signal: AbortSignal) => Promise<ImapConnection>;
}

export interface Traffic {
  readonly commands: number;
  readonly received: number;
  readonly sent: number;
}

/** From the name to the end of the login. */
const openLimitMs = 30_000;
/** A connection that nobody used for so long is closed. Below ImapFlow's limit for silence, which would report an error. */
const unusedMs = 45_000;
/** After such a rest a connection may be dead without our knowledge: the first command must then be answered soon, or another is opened. */
const restedMs = 5_000;
const restedLimitMs = 10_000;
/** A budget that a server's "too many connections" lowered is tried again after this. */
const loweredMs = 30 * 60_000;

interface Slot {
  readonly connection: ImapConnection;
  holder: Holder | null;
  /** When it was last given back; monotonic. */
  usedAt: number;
  timer: Disposable | null;
}

interface Holder {
  readonly lane: Lane;
  readonly wanted: AbortController;
}

type HeldSlot = Slot & { holder: Holder };

interface Waiter {
  readonly lane: Lane;
  readonly path: string | null;
  readonly signal: AbortSignal;
  resolve(slot: HeldSlot): void;
  reject(error: unknown): void;
}

export class Lanes implements AsyncDisposable {
  readonly #parts: LanesParts;
  readonly #slots = new Set<Slot>();
  readonly #waiters: Waiter[] = [];
  readonly #abort = new AbortController();
  readonly #farewells = new Set<Promise<void>>();
  #opening = 0;
  #lowered: { readonly to: number; readonly until: number } | null = null;
  #past: Traffic = { commands: 0, received: 0, sent: 0 };

  constructor(parts: LanesParts) {
    this.#parts = parts;
  }

  /** Connections that may be open at once, as the server lets us. */
  get budget(): number {
    if (this.#lowered !== null && this.#parts.clock.monotonic() >= this.#lowered.until) this.#lowered = null;
    return Math.min(this.#parts.budget, this.#lowered?.to ?? Infinity);
  }

  /** Of all connections so far. */
  get traffic(): Traffic {
    let { commands, received, sent } = this.#past;
    for (const { connection } of this.#slots) {
      const counters = connection.counters;
      commands += counters.commands;
      received += counters.received;
      sent += counters.sent;
    }
    return { commands, received, sent };
  }

  get open(): number {
    return this.#slots.size;
  }

  /** For what needs no selected mailbox: LIST, STATUS, APPEND, folders. */
  async withConnection<T>(
    lane: Lane,
    signal: AbortSignal,
    fn: (connection: ImapConnection, lease: Lease) => Promise<T>,
  ): Promise<T> {
    return this.#lease(lane, null, signal, (slot, lease) => fn(slot.connection, lease));
  }

  /**
   * Selects `path` and hands it to `fn`; nobody else reaches the connection until `fn` has settled. An abort of `signal` closes the
   * connection, since a command that was sent cannot be taken back. Throws MailError.
   */
  async withMailbox<T>(
    lane: Lane,
    path: string,
    options: SelectOptions,
    signal: AbortSignal,
    fn: (mailbox: Mailbox, lease: Lease) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const outcome = await this.#lease(lane, path, signal, async (slot, lease) => {
        const { connection } = slot;
        const rested = this.#parts.clock.monotonic() - slot.usedAt > restedMs;
        if (!rested) return { value: await fn(await connection.select(path, signal, options), lease) };
        let mailbox: Mailbox;
        try {
          using limit = new Deadline(this.#parts.clock, restedLimitMs, signal);
          // Also where no SELECT is needed: a NOOP shows whether the connection lives.
          if (options.reuse === true && connection.selectedPath === path) await connection.noop(limit.signal);
          mailbox = await connection.select(path, limit.signal, options);
        } catch (error) {
          signal.throwIfAborted();
          // It died while nobody used it: not this request's fault.
          if (!connection.usable) return null;
          throw error;
        }
        return { value: await fn(mailbox, lease) };
      });
      if (outcome !== null) return outcome.value;
    }
  }

  /** Closes what nobody holds: a machine that goes to sleep, an account that is polled rarely. */
  closeUnused(): void {
    for (const slot of this.#slots) if (slot.holder === null) this.#close(slot);
  }

  /** Ends all connections; whoever holds one gets its requests rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new MailError('cancelled'));
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#abort.signal.reason);
    for (const slot of [...this.#slots]) {
      if (slot.holder === null) this.#close(slot);
      else slot.connection.close();
    }
    await Promise.all(this.#farewells);
  }

  async #lease<T>(
    lane: Lane,
    path: string | null,
    signal: AbortSignal,
    fn: (slot: Slot, lease: Lease) => Promise<T>,
  ): Promise<T> {
    const slot = await this.#acquire(lane, path, signal);
    try {
      return await fn(slot, { wanted: slot.holder.wanted.signal });
    } finally {
      this.#release(slot);
    }
  }

  #acquire(lane: Lane, path: string | null, signal: AbortSignal): Promise<HeldSlot> {
    return new Promise<HeldSlot>((resolve, reject) => {
      if (this.#abort.signal.aborted || signal.aborted) {
        reject((signal.aborted ? signal.reason : this.#abort.signal.reason) as Error);
        return;
      }
      const onAbort = (): void => {
        const at = this.#waiters.indexOf(waiter);
        if (at >= 0) this.#waiters.splice(at, 1);
        reject(signal.reason as Error);
      };
      const settled = (): void => {
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        lane,
        path,
        signal,
        resolve: (slot) => {
          settled();
          resolve(slot);
        },
        reject: (error) => {
          settled();
          reject(error as Error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      // Before the first who is less urgent.
      const at = this.#waiters.findIndex((other) => urgency[other.lane] > urgency[lane]);
      this.#waiters.splice(at < 0 ? this.#waiters.length : at, 0, waiter);
      this.#serve();
    });
  }

  /** Gives what is free to those who wait, opens more within the budget, and asks the less urgent to let go. */
  #serve(): void {
    while (this.#waiters.length > 0) {
      const waiter = this.#waiters[0] as Waiter;
      const slot = this.#free(waiter.path);
      if (slot !== null) {
        this.#waiters.shift();
        slot.timer?.[Symbol.dispose]();
        slot.timer = null;
        waiter.resolve(held(slot, waiter.lane));
        continue;
      }
      if (this.#slots.size + this.#opening >= this.budget) break;
      this.#waiters.shift();
      this.#openFor(waiter);
    }
    this.#askForRoom();
  }

  #free(path: string | null): Slot | null {
    let found: Slot | null = null;
    for (const slot of [...this.#slots]) {
      if (slot.holder !== null) continue;
      if (!slot.connection.usable) {
        this.#close(slot);
        continue;
      }
      // The one that has the folder open already, else the one used last.
      if (path !== null && slot.connection.selectedPath === path) return slot;
      if (found === null || slot.usedAt > found.usedAt) found = slot;
    }
    return found;
  }

  #openFor(waiter: Waiter): void {
    const { clock, log } = this.#parts;
    this.#opening += 1;
    const limit = new Deadline(clock, openLimitMs, AbortSignal.any([waiter.signal, this.#abort.signal]));
    this.#parts
      .open(limit.signal)
      .then(
        (connection) => {
          this.#opening -= 1;
          const slot: Slot = { connection, holder: null, usedAt: clock.monotonic(), timer: null };
          this.#slots.add(slot);
          if (waiter.signal.aborted || this.#abort.signal.aborted) {
            this.#release(slot);
            return;
          }
          waiter.resolve(held(slot, waiter.lane));
          // Somebody more urgent may have come while it was being opened.
          this.#askForRoom();
        },
        (error: unknown) => {
          this.#opening -= 1;
          const held = this.#slots.size + this.#opening;
          if (isMailError(error) && error.code === 'too-many-connections' && held > 0) {
            log.info('the server allows fewer connections', { connections: held });
            this.#lowered = { to: held, until: clock.monotonic() + loweredMs };
            this.#waiters.unshift(waiter);
            if (waiter.signal.aborted) this.#waiters.shift();
          } else {
            waiter.reject(error);
          }
          this.#serve();
        },
      )
      .finally(() => {
        limit[Symbol.dispose]();
      });
  }

  /** For each who waits, the least urgent holder that is less urgent than he is told so. */
  #askForRoom(): void {
    let asked = [...this.#slots].filter(({ holder }) => holder?.wanted.signal.aborted === true).length;
    for (const waiter of this.#waiters) {
      if (asked > 0) {
        asked -= 1;
        continue;
      }
      let least: Slot['holder'] = null;
      for (const { holder } of this.#slots) {
        if (holder === null || holder.wanted.signal.aborted || urgency[holder.lane] <= urgency[waiter.lane])
          continue;
        if (least === null || urgency[holder.lane] > urgency[least.lane]) least = holder;
      }
      least?.wanted.abort();
    }
  }

  #release(slot: Slot): void {
    slot.holder = null;
    slot.usedAt = this.#parts.clock.monotonic();
    if (!slot.connection.usable || this.#abort.signal.aborted || this.#slots.size > this.budget) {
      this.#close(slot);
    } else {
      slot.timer = this.#parts.clock.setTimer(unusedMs, () => {
        this.#close(slot);
      });
    }
    this.#serve();
  }

  #close(slot: Slot): void {
    if (!this.#slots.delete(slot)) return;
    slot.timer?.[Symbol.dispose]();
    slot.timer = null;
    const { commands, received, sent } = slot.connection.counters;
    this.#past = {
      commands: this.#past.commands + commands,
      received: this.#past.received + received,
      sent: this.#past.sent + sent,
    };
    const farewell = slot.connection[Symbol.asyncDispose]().finally(() => {
      this.#farewells.delete(farewell);
    });
    this.#farewells.add(farewell);
  }
}

function held(slot: Slot, lane: Lane): HeldSlot {
  return Object.assign(slot, { holder: { lane, wanted: new AbortController() } });
}
