/** What is asked before a mail goes out, in words. */
import type { Dialogs } from '../../app/dialogs.svelte.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { Composition } from './composition.svelte.ts';
import type { Guard } from './guards.ts';

interface QuestionParts {
  readonly dialogs: Dialogs;
  readonly i18n: I18n;
}

interface Words {
  readonly title: string;
  readonly text: string;
}

/** Where the focus goes when somebody would rather look at the mail again. */
export type QuestionPlace = 'subject' | 'to' | 'body';

function words(guard: Guard, { t, formats }: I18n): Words {
  switch (guard.kind) {
    case 'subject':
      return { title: t('compose.guard.subject.title'), text: t('compose.guard.subject.text') };
    case 'attachment':
      return {
        title: t('compose.guard.attachment.title'),
        text: t('compose.guard.attachment.text', { word: guard.word }),
      };
    case 'placeholder':
      return {
        title: t('compose.guard.placeholder.title'),
        text: t('compose.guard.placeholder.text', { word: guard.word }),
      };
    case 'size':
      return {
        title: t('compose.guard.size.title'),
        text: t('compose.guard.size.text', {
          size: formats.size(guard.bytes),
          limit: formats.size(guard.limit),
        }),
      };
    case 'many':
      return {
        title: t('compose.guard.many.title', { count: guard.count }),
        text: t('compose.guard.many.text'),
      };
  }
}

function agreed({ dialogs, i18n }: QuestionParts, question: Words): Promise<boolean> {
  return dialogs.ask({
    ...question,
    confirm: i18n.t('compose.guard.send'),
    cancel: i18n.t('compose.guard.back'),
  });
}

/** Asks one after the other; null: it may go out. */
export async function askBeforeSending(
  parts: QuestionParts,
  composition: Composition,
): Promise<QuestionPlace | 'stay' | null> {
  const { i18n } = parts;
  await composition.attachments.settled();
  const failed = composition.attachments.entries.find(({ state }) => state === 'failed');
  if (failed) {
    const question = {
      title: i18n.t('compose.guard.failed.title', { name: failed.filename }),
      text: i18n.t('compose.guard.failed.text'),
    };
    if (!(await agreed(parts, question))) return 'stay';
  }
  for (const guard of composition.guards()) {
    if (await agreed(parts, words(guard, i18n))) continue;
    return guard.kind === 'subject' ? 'subject' : guard.kind === 'many' ? 'to' : 'body';
  }
  return null;
}
