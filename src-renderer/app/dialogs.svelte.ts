/** Which modal dialog is open; one at a time, and a question may lie over it. */
import type { AccountId } from '#shared/domain/ids.ts';
import type { FolderRow, MessageRow } from '#shared/domain/message.ts';

export type DialogRequest =
  | { readonly kind: 'accounts'; readonly open: 'list' | 'add' | AccountId }
  | { readonly kind: 'import' }
  | { readonly kind: 'health' }
  | { readonly kind: 'ledger' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'palette' }
  /** Without rows: what acts concern at that moment. */
  | { readonly kind: 'move'; readonly rows?: readonly MessageRow[] }
  | { readonly kind: 'about' }
  | { readonly kind: 'source' }
  | { readonly kind: 'new-folder'; readonly accountId: AccountId; readonly parent: FolderRow | null }
  | { readonly kind: 'rename-folder'; readonly folder: FolderRow };

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

export class Dialogs {
  current = $state.raw<DialogRequest | null>(null);
  question = $state.raw<AskedQuestion | null>(null);

  show(request: DialogRequest): void {
    this.current = request;
  }

  close(): void {
    this.current = null;
  }

  get anyOpen(): boolean {
    return this.current !== null || this.question !== null;
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
