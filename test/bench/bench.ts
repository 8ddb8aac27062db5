/** What the rows share: a server with the corpus on it, a profile that holds all of it, and the peers' copy. Made when first asked for. */
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { makeServerFolder } from '#test/servers/serverFolder.ts';
import { createCorpus, type Corpus } from './corpus/corpus.ts';
import { pullAndIndex, type PeerTimes } from './peers.ts';
import { syncWhole, type WholeSync } from './wholeSync.ts';

/** Whose mailbox holds the corpus. */
export const corpusUser = 'corpus';

export class Bench implements AsyncDisposable {
  readonly messages: number;
  readonly corpus: Corpus;
  readonly #owned = new AsyncDisposableStack();
  readonly #say: (line: string) => void;
  #dovecot: Promise<Dovecot> | undefined;
  #corpusServer: Promise<Dovecot> | undefined;
  #comparison: Promise<Comparison> | undefined;

  constructor(messages: number, say: (line: string) => void) {
    this.messages = messages;
    this.corpus = createCorpus(messages);
    this.#say = say;
  }

  /** What is being done, for whoever waits. */
  say(line: string): void {
    this.#say(line);
  }

  dovecot(): Promise<Dovecot> {
    this.#dovecot ??= startDovecot().then((server) => this.#owned.use(server));
    return this.#dovecot;
  }

  /** The server, with the corpus in the inbox of `corpusUser`. */
  dovecotWithCorpus(): Promise<Dovecot> {
    this.#corpusServer ??= this.#fill();
    return this.#corpusServer;
  }

  /** The whole way of both sides; the profile and the peers' index are there until the bench ends. */
  comparison(): Promise<Comparison> {
    this.#comparison ??= this.#compare();
    return this.#comparison;
  }

  /** A folder that is gone with the bench. */
  folder(name: string): string {
    return this.#owned.use(makeServerFolder(name)).path;
  }

  async #fill(): Promise<Dovecot> {
    const server = await this.dovecot();
    this.say(`making a mailbox of ${String(this.messages)} messages`);
    server.fill(corpusUser, 'INBOX', this.corpus.messages());
    // Nobody is to be the one who finds the server's index of it missing.
    await server.doveadm('index', '-u', corpusUser, 'INBOX');
    return server;
  }

  /** The peers between two runs of ours, so that what else the machine does meets both. */
  async #compare(): Promise<Comparison> {
    const server = await this.dovecotWithCorpus();
    this.say('sync --full, the first of two');
    const first = await syncWhole(server, corpusUser, this.messages);
    await first[Symbol.asyncDispose]();
    this.say('mbsync and notmuch new');
    const peers = await pullAndIndex(server, corpusUser, this.folder('peers'));
    this.say('sync --full, the second of two');
    const second = this.#owned.use(await syncWhole(server, corpusUser, this.messages));
    return { ours: [first, second], peers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

export interface Comparison {
  /** Of the second one the profile is still there. */
  readonly ours: readonly [WholeSync, WholeSync];
  /** A text: what is missing for it. */
  readonly peers: PeerTimes | string;
}
