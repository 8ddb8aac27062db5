/** One IMAP connection: reads commands, carries them out one by one, and tells the client what others changed. */
import type { Socket } from 'node:net';
import tls from 'node:tls';
import type { Clock } from '#shared/base/clock.ts';
import { delay } from '#shared/base/clock.ts';
import type { CommandLog } from '../CommandLog.ts';
import type { Faults } from '../faults/Faults.ts';
import type { CommandMatch } from '../faults/faultSpecs.ts';
import type { MailUser } from '../storage/MailUser.ts';
import type { Users } from '../storage/Users.ts';
import { Arguments } from './Arguments.ts';
import type { ImapCapability } from './capabilities.ts';
import type { Command, Commands, Done } from './command.ts';
import { CommandReader } from './CommandReader.ts';
import type { RawCommand } from './CommandReader.ts';
import { loggedLine } from './loggedLine.ts';
import { encodeMailboxName } from './mailboxNames.ts';
import { bad, Refusal } from './Refusal.ts';
import type { SelectedMailbox } from './SelectedMailbox.ts';

/** What all sessions of a server share. */
export interface ImapSurroundings {
  readonly users: Users;
  readonly clock: Clock;
  readonly log: CommandLog;
  readonly faults: Faults;
  readonly capabilities: ReadonlySet<ImapCapability>;
  readonly commands: Commands;
  readonly secureContext: tls.SecureContext | null;
  readonly maxMailBytes: number;
  /** Bytes that no fault explains: programming errors. */
  readonly report: (error: unknown) => void;
}

/** Thrown to leave a handler when the connection is gone on purpose. */
class ConnectionOver extends Error {}

const beforeLoginLiteralBytes = 8_192;
const highWaterBytes = 256 * 1024;

export class ImapSession {
  readonly surroundings: ImapSurroundings;
  readonly connection: number;
  user: MailUser | null = null;
  readonly enabled = new Set<'CONDSTORE' | 'QRESYNC'>();
  /** Did this connection hide STARTTLS? */
  readonly hidesStartTls: boolean;
  #selected: SelectedMailbox | null = null;
  #watch: Disposable | null = null;
  #socket: Socket;
  #secure: boolean;
  #reader: CommandReader;
  readonly #queue: RawCommand[] = [];
  #waiter: ((line: string | null) => void) | null = null;
  #running = false;
  #idling = false;
  #pushDue = false;
  /** A fault took the connection's voice. */
  #mute = false;
  #afterAnswer: (() => void) | null = null;
  #over = false;
  #out: Buffer[] = [];
  #outBytes = 0;

  constructor(socket: Socket, secure: boolean, connection: number, surroundings: ImapSurroundings) {
    this.surroundings = surroundings;
    this.connection = connection;
    this.#socket = socket;
    this.#secure = secure;
    const { faults } = surroundings;
    this.hidesStartTls =
      !secure && faults.take('starttls-not-offered', (spec) => spec.protocol !== 'smtp') !== null;
    this.#reader = this.#newReader();
    this.#attach(socket);
    this.#greet();
  }

  get secure(): boolean {
    return this.#secure;
  }

  get over(): boolean {
    return this.#over;
  }

  get selected(): SelectedMailbox | null {
    return this.#selected;
  }

  /** The logged-in user; only for commands that come after the login. */
  get owner(): MailUser {
    if (this.user === null) throw bad('not logged in');
    return this.user;
  }

  /** The selected mailbox; only for commands that need one. */
  get current(): SelectedMailbox {
    if (this.#selected === null) throw bad('no mailbox selected');
    return this.#selected;
  }

  has(capability: ImapCapability): boolean {
    return this.surroundings.capabilities.has(capability);
  }

  get capabilityList(): string {
    const { capabilities, secureContext } = this.surroundings;
    const startTls = secureContext !== null && !this.#secure && !this.hidesStartTls;
    // How to log in is of interest before it only.
    const told = [...capabilities].filter((name) => this.user === null || !name.startsWith('AUTH='));
    return ['IMAP4rev1', ...told, ...(startTls ? ['STARTTLS'] : [])].join(' ');
  }

  /** One untagged line, without "* " and line break; one character a byte. */
  untagged(line: string): void {
    this.line(`* ${line}`);
  }

  line(line: string): void {
    this.write(Buffer.from(`${line}\r\n`, 'latin1'));
  }

  write(bytes: Buffer): void {
    if (this.#mute || this.#over) return;
    this.#out.push(bytes);
    this.#outBytes += bytes.length;
  }

  /** Sends what was written, waiting where the client reads slowly. */
  async flush(): Promise<void> {
    if (!this.#send() && !this.#socket.destroyed) {
      const socket = this.#socket;
      await new Promise<void>((resolve) => {
        socket.once('drain', resolve);
        socket.once('close', () => {
          resolve();
        });
      });
    }
    if (this.#over) throw new ConnectionOver();
  }

  get wantsFlush(): boolean {
    return this.#outBytes >= highWaterBytes;
  }

  /** The client's next line, asked for with "+ text": SASL and IDLE. null: the connection ended. */
  async ask(text: string): Promise<string | null> {
    this.line(`+ ${text}`);
    await this.flush();
    const next = this.#queue.shift();
    if (next !== undefined) return next.line;
    return new Promise((resolve) => {
      this.#waiter = resolve;
    });
  }

  /** While `fn` runs the client is told at once what others change in the selected mailbox. */
  async idle(fn: () => Promise<void>): Promise<void> {
    this.#idling = true;
    try {
      await fn();
    } finally {
      this.#idling = false;
    }
  }

  select(selected: SelectedMailbox | null): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = null;
    this.#selected = selected;
    if (selected === null) return;
    this.#watch = selected.mailbox.changes.on((change) => {
      if (change.kind === 'deleted' || change.kind === 'uidvalidity') {
        if (this.#selected === selected) this.bye('the selected mailbox is no longer what it was');
      } else this.#pushSoon();
    });
  }

  /** Untagged lines for what others changed. */
  tellUpdates(expunges: boolean): void {
    for (const line of this.#updates(expunges)) this.line(line);
  }

  login(user: MailUser): void {
    this.user = user;
  }

  /** Runs once the running command's tagged answer is written. */
  afterAnswer(fn: () => void): void {
    this.#afterAnswer = fn;
  }

  /** The last line, then the end of the connection. */
  bye(text: string, code?: string): void {
    this.untagged(`BYE ${code === undefined ? '' : `[${code}] `}${text}`);
    this.end();
  }

  /** Sends what was written and closes. */
  end(): void {
    if (this.#over) return;
    this.#send();
    this.#finish();
    this.#socket.end();
    // A client that does not close its side would keep the connection half open.
    this.#socket.destroySoon();
  }

  /** Closes at once, whatever is still to be sent. */
  destroy(): void {
    this.#finish();
    this.#socket.destroy();
  }

  /** From now on nothing is said any more, and the connection stays. */
  mute(): void {
    this.#send();
    this.#mute = true;
  }

  /** Leaves the running command without an answer, after `end` or `destroy`. */
  abandon(): never {
    throw new ConnectionOver();
  }

  /** Wraps the connection in TLS; what came behind the command in clear text is a reason to end it (N02). */
  startTls(context: tls.SecureContext, injected: Buffer | null): void {
    const plain = this.#socket;
    if (this.#reader.pendingBytes > 0 || this.#queue.length > 0) {
      this.destroy();
      return;
    }
    if (injected !== null) this.write(injected);
    this.#send();
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    plain.removeAllListeners('error');
    plain.on('error', () => undefined);
    const secured = new tls.TLSSocket(plain, { isServer: true, secureContext: context });
    this.#socket = secured;
    this.#secure = true;
    this.#reader = this.#newReader();
    this.#attach(secured);
  }

  #newReader(): CommandReader {
    return new CommandReader({
      command: (command) => {
        this.#received(command);
      },
      continuation: () => {
        this.line('+ OK');
        this.#send();
      },
      broken: (why) => {
        this.bye(why, 'TOOBIG');
      },
      // Space for what stands around a mail that is just too large, so that it gets an answer instead of an end.
      maxLiteralBytes: () =>
        this.user === null ? beforeLoginLiteralBytes : this.surroundings.maxMailBytes * 2,
    });
  }

  #attach(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.#finish();
    });
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#reader.stop();
    this.select(null);
    this.#queue.length = 0;
    this.#waiter?.(null);
    this.#waiter = null;
  }

  #greet(): void {
    const { faults, users } = this.surroundings;
    if (faults.take('greeting-never', (spec) => spec.protocol !== 'smtp') !== null) {
      this.#mute = true;
      return;
    }
    const bye = faults.take('greeting-bye', (spec) => spec.protocol !== 'smtp');
    if (bye !== null) {
      this.bye(bye.text ?? 'the server is going down', 'UNAVAILABLE');
      return;
    }
    const preauth = faults.take('greeting-preauth', () => true);
    if (preauth !== null) this.user = users.byLogin(preauth.user);
    this.untagged(
      `${preauth === null ? 'OK' : 'PREAUTH'} [CAPABILITY ${this.capabilityList}] Postkorb mail server ready`,
    );
    this.#send();
  }

  #received(command: RawCommand): void {
    if (this.#waiter !== null) {
      const waiter = this.#waiter;
      this.#waiter = null;
      waiter(command.line);
      return;
    }
    this.#queue.push(command);
    if (this.#running) return;
    this.#running = true;
    this.#work()
      .catch((error: unknown) => {
        if (!(error instanceof ConnectionOver)) {
          this.surroundings.report(error);
          this.destroy();
        }
      })
      .finally(() => {
        this.#running = false;
      });
  }

  async #work(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#execute(next);
      await this.flush();
    }
  }

  async #execute(raw: RawCommand): Promise<void> {
    const head = /^([^\x00-\x20\x7f-\xff(){%*"\\+]+) ((?:UID )?[A-Z]+)/i.exec(raw.line);
    const name = head?.[2]?.toUpperCase() ?? '';
    const tag = head?.[1] ?? /^[^\s(){%*"\\+]+/.exec(raw.line)?.[0] ?? '*';
    const { commands, log, clock } = this.surroundings;
    log.add({
      protocol: 'imap',
      connection: this.connection,
      user: this.user?.login ?? null,
      command: name === '' ? '?' : name,
      line: loggedLine(raw, name),
      at: clock.now(),
    });
    const spec = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (head === null || spec === undefined || (spec.needs !== undefined && !this.has(spec.needs))) {
      this.line(`${tag} BAD unknown command`);
      return;
    }
    const after = await this.#beforeCommand(name, tag, raw.line);
    if (after === 'answered') return;
    const answer = await this.#answer(spec, new Arguments(raw, head[0].length, tag));
    if (this.#over) throw new ConnectionOver();
    if (after === 'drop') this.destroy();
    if (this.#selected !== null && answer.ok) this.tellUpdates(spec.withholdsExpunges !== true);
    this.line(`${tag} ${answer.text}`);
    const next = this.#afterAnswer;
    this.#afterAnswer = null;
    next?.();
  }

  async #answer(spec: Command, args: Arguments): Promise<{ ok: boolean; text: string }> {
    try {
      this.#checkState(spec);
      const done: Done = await spec.run(this, args);
      return { ok: true, text: `OK ${done.code === undefined ? '' : `[${done.code}] `}${done.text}` };
    } catch (error) {
      if (error instanceof ConnectionOver) throw error;
      if (!(error instanceof Refusal)) {
        this.surroundings.report(error);
        return { ok: false, text: 'NO [SERVERBUG] internal error' };
      }
      const code = error.code === null ? '' : `[${error.code}] `;
      return { ok: false, text: `${error.status} ${code}${error.message}` };
    }
  }

  #checkState(spec: Command): void {
    if (spec.when === 'before-login' && this.user !== null) throw bad('already logged in');
    if (spec.when === 'authenticated' || spec.when === 'selected') {
      if (this.user === null) throw bad('log in first');
      if (spec.when === 'selected' && this.#selected === null) throw bad('no mailbox selected');
    }
  }

  /** Faults that come instead of, or around, a command. */
  async #beforeCommand(name: string, tag: string, line: string): Promise<'go-on' | 'drop' | 'answered'> {
    const { faults, clock } = this.surroundings;
    const verb = name.replace(/^UID /, '');
    const fits = (spec: CommandMatch): boolean =>
      spec.command === verb &&
      (spec.user === undefined || spec.user === this.user?.login) &&
      (spec.having === undefined || line.includes(spec.having)) &&
      (spec.path === undefined ||
        this.#selected?.path === spec.path ||
        line.includes(encodeMailboxName(spec.path)));

    const wait = faults.take('delay', fits);
    if (wait !== null) await delay(clock, wait.ms);
    const refusal = faults.take('refuse', fits);
    if (refusal !== null) {
      const code = refusal.code === undefined ? '' : `[${refusal.code}] `;
      this.line(`${tag} ${refusal.status ?? 'NO'} ${code}${refusal.text ?? `${verb} refused`}`);
      return 'answered';
    }
    const quota = faults.take(
      'overquota',
      (spec) =>
        (spec.command === undefined ? ['APPEND', 'COPY', 'MOVE'].includes(verb) : spec.command === verb) &&
        (spec.user === undefined || spec.user === this.user?.login),
    );
    if (quota !== null) {
      this.line(`${tag} NO [OVERQUOTA] quota exceeded (mailbox for user is full)`);
      return 'answered';
    }
    const answer = faults.take('answer', fits);
    if (answer !== null) {
      this.write(Buffer.from(answer.bytes.replaceAll('{tag}', tag), 'latin1'));
      return 'answered';
    }
    const bye = faults.take('bye', fits);
    if (bye !== null) {
      this.bye(bye.text ?? 'disconnected by the server', 'UNAVAILABLE');
      return this.abandon();
    }
    const hang = faults.take('hang', fits);
    if (hang !== null) {
      this.mute();
      return hang.carriedOut === true ? 'go-on' : 'answered';
    }
    const drop = faults.take('drop', fits);
    if (drop !== null) {
      if (drop.carriedOut !== true) {
        this.destroy();
        return this.abandon();
      }
      this.mute();
      return 'drop';
    }
    const extra = faults.take('inject', fits);
    if (extra !== null) this.write(Buffer.from(extra.bytes, 'latin1'));
    return 'go-on';
  }

  #updates(expunges: boolean): string[] {
    return (
      this.#selected?.updates({
        expunges,
        condstore: this.enabled.has('CONDSTORE'),
        qresync: this.enabled.has('QRESYNC'),
      }) ?? []
    );
  }

  /** In IDLE changes are told at once, those of one turn together. */
  #pushSoon(): void {
    if (!this.#idling || this.#pushDue) return;
    this.#pushDue = true;
    queueMicrotask(() => {
      this.#pushDue = false;
      if (!this.#idling || this.#over) return;
      this.tellUpdates(true);
      this.#send();
    });
  }

  /** False where the socket wants to be waited for. */
  #send(): boolean {
    if (this.#out.length === 0) return true;
    const bytes = this.#out.length === 1 ? (this.#out[0] as Buffer) : Buffer.concat(this.#out);
    this.#out = [];
    this.#outBytes = 0;
    if (this.#socket.destroyed || this.#socket.writableEnded) return true;
    return this.#socket.write(bytes);
  }
}
