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
  | { readonly kind: 'save-search'; readonly query: string; readonly accountId?: AccountId }
  | { readonly kind: 'rename-search'; readonly search: SavedSearch };

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly cancel?: string;
  readonly dangerous?: boolean;
}

export interface AskedQuestion extends Question {
  answer(yes: boolean): void;
}

/** A question with more than two answers. */
export interface Choice {
  readonly title: string;
  readonly text: string;
  /** The main one last. */
  readonly choices: readonly { readonly id: string; readonly label: string; readonly main?: boolean }[];
}

export interface AskedChoice extends Choice {
  answer(id: string | null): void;
}

export class Dialogs {
  current = $state.raw<DialogRequest | null>(null);
  question = $state.raw<AskedQuestion | null>(null);
  choice = $state.raw<AskedChoice | null>(null);
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
    return this.current !== null || this.question !== null || this.choice !== null;
  }

  /** Resolves to the answer that was chosen; null: none of them. */
  choose(choice: Choice): Promise<string | null> {
    this.choice?.answer(null);
    return new Promise((resolve) => {
      const asked: AskedChoice = {
        ...choice,
        answer: (id) => {
          if (this.choice === asked) this.choice = null;
          resolve(id);
        },
      };
      this.choice = asked;
    });
  }

  /** Resolves to whether the person agreed; a question that is still open is answered with no. */
  ask(question: Question): Promise<boolean> {
    this.question?.answer(false);
    return new Promise((resolve) => {
      const asked: AskedQuestion = {
        ...question,
        answer: (yes) => {
          if (this.question === asked) this.question = null;
          resolve(yes);
        },
      };
      this.question = asked;
    });
  }
}
