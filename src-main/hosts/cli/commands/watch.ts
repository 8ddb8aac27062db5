/** watch: stays connected and prints what happens, one JSON object a line, until it is interrupted. */
import type { Change } from '#shared/contract/app.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import { drop } from '#shared/base/drop.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import { describeError, iso, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { findAccount, messageJson, withEngine } from '../session.ts';
import { outboxJson } from './send.ts';

type MessagesChange = Extract<Change, { kind: 'messages' }>;

/** What was last printed or seen of a folder, so that a change can be told as what it is: new, flags, removed. */
class FolderView {
  readonly flags = new Map<MessageId, string>();
  highestUid = 0;

  note(row: MessageRow): void {
    this.flags.set(row.id, JSON.stringify(row.flags));
    if (row.uid !== null) this.highestUid = Math.max(this.highestUid, row.uid);
  }
}

class Watcher {
  readonly #client: EngineClient;
  readonly #output: Output;
  readonly #only: AccountId | null;
  readonly #folders = new Map<FolderId, FolderView>();
  /** Changes are told one after another: a later batch must not overtake an earlier one's reads. */
  #queue: Promise<void> = Promise.resolve();

  constructor(client: EngineClient, output: Output, only: AccountId | null) {
    this.#client = client;
    this.#output = output;
    this.#only = only;
  }

  async start(): Promise<Disposable[]> {
    const { folders } = await this.#client.call(
      'folders.list',
      this.#only === null ? {} : { accountId: this.#only },
    );
    for (const folder of folders) await this.#view(folder.id);
    const report = (error: unknown): void => {
      this.#output.note(`watch: ${error instanceof Error ? error.message : String(error)}`);
    };
    return [
      this.#client.on('changed', ({ changes }) => {
        for (const change of changes) {
          if (change.kind !== 'messages' || !this.#wants(change.accountId)) continue;
          this.#queue = this.#queue.then(() => this.#messages(change));
          drop(this.#queue, 'watch prints a change', report);
        }
      }),
      this.#client.on('accounts.health', ({ id, health }) => {
        if (!this.#wants(id)) return;
        this.#output.line({
          type: 'health',
          account: id,
          state: health.state,
          since: iso(health.since),
          ...(health.lastError ? { lastError: describeError(health.lastError, this.#output.language) } : {}),
          ...(health.nextAttempt === null ? {} : { nextAttempt: iso(health.nextAttempt) }),
          ...(health.gapClosed ? { gapClosed: health.gapClosed.messages } : {}),
        });
      }),
      this.#client.on('groups.event', ({ accountId, at, by, handler, conflict, ...row }) => {
        if (!this.#wants(accountId)) return;
        this.#output.line({
          type: 'group',
          account: accountId,
          ...row,
          at: iso(at),
          by: by.address || by.name,
          handler: handler === null ? null : handler.address || handler.name,
          ...(conflict
            ? { conflict: { by: conflict.by.address || conflict.by.name, at: iso(conflict.at) } }
            : {}),
        });
      }),
      this.#client.on('groups.config', ({ revision, changed, error }) => {
        this.#output.line({
          type: 'config',
          revision,
          changed,
          ...(error ? { error: describeError(error, this.#output.language) } : {}),
        });
      }),
      this.#client.on('outbox.changed', (row) => {
        if (this.#wants(row.accountId))
          this.#output.line({
            type: 'outbox',
            account: row.accountId,
            ...outboxJson(row, this.#output.language),
          });
      }),
    ];
  }

  #wants(account: AccountId): boolean {
    return this.#only === null || this.#only === account;
  }

  /** The newest page of a folder is the baseline; what is older and unknown is told as a change of flags, which is what it can be. */
  async #view(folderId: FolderId): Promise<FolderView> {
    const known = this.#folders.get(folderId);
    if (known) return known;
    const view = new FolderView();
    this.#folders.set(folderId, view);
    const page = await this.#client.call('messages.list', {
      source: { kind: 'folder', folderId },
      limit: 500,
    });
    for (const row of page.messages) view.note(row);
    return view;
  }

  async #messages(change: MessagesChange): Promise<void> {
    const { folderId, accountId } = change;
    let view = this.#folders.get(folderId);
    if (!view) {
      view = new FolderView();
      this.#folders.set(folderId, view);
    }
    const rows =
      change.ids === 'all'
        ? (await this.#client.call('messages.list', { source: { kind: 'folder', folderId }, limit: 500 }))
            .messages
        : (await this.#client.call('messages.rows', { refs: change.ids.map((id) => ({ id, folderId })) }))
            .messages;
    const asked: readonly MessageId[] = change.ids === 'all' ? [...view.flags.keys()] : change.ids;
    const present = new Set(rows.map((row) => row.id));
    const oldest = rows.at(-1)?.id ?? 0;
    const highest = view.highestUid;
    for (const row of [...rows].reverse()) {
      const before = view.flags.get(row.id);
      const isNew = before === undefined && (row.uid === null || row.uid > highest);
      const changed = before !== undefined && before !== JSON.stringify(row.flags);
      view.note(row);
      if (isNew)
        this.#output.line({ type: 'message', account: accountId, folder: folderId, ...messageJson(row) });
      else if (changed || (before === undefined && change.ids !== 'all')) {
        this.#output.line({
          type: 'flags',
          account: accountId,
          folder: folderId,
          id: row.id,
          uid: row.uid,
          flags: messageJson(row)['flags'],
        });
      }
    }
    for (const id of asked) {
      // A page that was cut off says nothing about what is older than its end.
      if (present.has(id) || (change.ids === 'all' && id < oldest)) continue;
      if (view.flags.delete(id))
        this.#output.line({ type: 'removed', account: accountId, folder: folderId, id });
    }
  }
}

/** Resolves at SIGINT or SIGTERM. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

export function registerWatchCommand({ program, run }: CommandContext): void {
  program
    .command('watch')
    .description('stay connected and print what happens, one JSON object a line')
    .option('--account <id>', 'only this account (id, name or address)')
    .action((flags: { account?: string }) =>
      run((options) =>
        withEngine(
          options,
          async (client) => {
            const account = flags.account === undefined ? null : await findAccount(client, flags.account);
            const listening = await new Watcher(client, options.output, account?.id ?? null).start();
            options.output.note('watching; Ctrl+C ends');
            await untilInterrupted();
            for (const item of listening) item[Symbol.dispose]();
          },
          { passive: false },
        ),
      ),
    );
}
