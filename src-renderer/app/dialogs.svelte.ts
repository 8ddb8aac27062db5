/** Which modal dialog is open; one at a time, and a question may lie over it. */
import type { SavedSearch } from '#shared/contract/app.ts';
import type { Person } from '#shared/contract/groups.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { OpenedMail } from '../features/mailFiles/openedMail.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { FailedMail } from '../features/mailFiles/mailFiles.svelte.ts';
import type { AttachmentRow, FolderRow, MessageContent, MessageRow } from '#shared/domain/message.ts';

export type DialogRequest =
  | { readonly kind: 'accounts'; readonly open: 'list' | 'add' | AccountId }
  | { readonly kind: 'import' }
  /** `join`: a link or a path to begin with; `password`: of this group account is asked for. */
  | { readonly kind: 'organisation'; readonly join?: string; readonly password?: string }
  | { readonly kind: 'health' }
  | { readonly kind: 'ledger' }
  /** `section`: where it is opened. */
  | { readonly kind: 'settings'; readonly section?: 'keyboard' }
  | { readonly kind: 'contacts' }
  | { readonly kind: 'identities' }
  | { readonly kind: 'templates' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'palette' }
  /** Without rows: what acts concern at that moment. */
  | { readonly kind: 'move'; readonly rows?: readonly MessageRow[] }
  | { readonly kind: 'assign'; readonly rows: readonly MessageRow[]; readonly members: readonly Person[] }
  | {
      readonly kind: 'preview';
      readonly message: MessageContent;
      readonly parts: readonly AttachmentRow[];
      readonly first: AttachmentRow;
      /** Who has the attachments; absent: the engine. */
      readonly client?: EngineClient;
    }
  /** A mail that was opened as a file. */
  | { readonly kind: 'opened-mail'; readonly mail: OpenedMail }
  /** Mail files whose folder is still to be chosen. */
  | { readonly kind: 'import-target'; readonly files: readonly File[] }
  | {
      readonly kind: 'mail-file-faults';
      readonly failed: readonly FailedMail[];
      readonly direction: 'import' | 'export';
    }
  | { readonly kind: 'about' }
  | { readonly kind: 'source' }
  | { readonly kind: 'new-folder'; readonly accountId: AccountId; readonly parent: FolderRow | null }
  | { readonly kind: 'rename-folder'; readonly folder: FolderRow }
  | { readonly kind: 'move-folder'; readonly folder: FolderRow }
  | { readonly kind: 'subscriptions'; readonly accountId: AccountId }
  | { readonly kind: 'save-search'; readonly query: string; readonly accountId?: AccountId }
  | { readonly kind: 'rename-search'; readonly search: SavedSearch };

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly cancel?: string;
  readonly dangerous?: boolean;
}

/** A question with more than two answers. */
export interface Choice {
  readonly title: string;
  readonly text: string;
  /** The main one last. */
  readonly choices: readonly { readonly id: string; readonly label: string; readonly main?: boolean }[];
}

/** A question as it is put, of either kind. */
export interface AskedQuestion {
  readonly title: string;
  readonly text: string;
  /** Of the button that answers with none of them. */
  readonly cancel?: string | undefined;
  readonly answers: readonly {
    readonly id: string;
    readonly label: string;
    readonly variant: 'primary' | 'secondary' | 'danger';
  }[];
  /** The focus begins on the last answer; else on what changes nothing. */
  readonly proposes: boolean;
  answer(id: string | null): void;
}

export class Dialogs {
  current = $state.raw<DialogRequest | null>(null);
  question = $state.raw<AskedQuestion | null>(null);
  #beneath: DialogRequest | null = null;

  show(request: DialogRequest): void {
    // What is looked at in an opened mail lies over it, and leads back to it.
    const inside = request.kind === 'preview' && this.current?.kind === 'opened-mail';
    this.#beneath = inside ? this.current : null;
    this.current = request;
  }

  close(): void {
    this.current = this.#beneath;
    this.#beneath = null;
  }

  get anyOpen(): boolean {
    return this.current !== null || this.question !== null;
  }

  /** Resolves to the answer that was chosen; null: none of them. */
  choose({ title, text, choices }: Choice): Promise<string | null> {
    return this.#put({
      title,
      text,
      answers: choices.map(({ id, label, main }) => ({ id, label, variant: main ? 'primary' : 'secondary' })),
      // It came between a person and what was meant, and Enter may be on its way.
      proposes: false,
    });
  }

  /** Resolves to whether the person agreed. */
  async ask({ title, text, confirm, cancel, dangerous = false }: Question): Promise<boolean> {
    const yes = { id: 'yes', label: confirm, variant: dangerous ? 'danger' : 'primary' } as const;
    return (await this.#put({ title, text, cancel, answers: [yes], proposes: !dangerous })) === yes.id;
  }

  /** A question that is still open is answered with none of its answers. */
  #put(question: Omit<AskedQuestion, 'answer'>): Promise<string | null> {
    this.question?.answer(null);
    return new Promise((resolve) => {
      const asked: AskedQuestion = {
        ...question,
        answer: (id) => {
          if (this.question === asked) this.question = null;
          resolve(id);
        },
      };
      this.question = asked;
    });
  }
}
