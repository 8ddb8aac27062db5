/** Before an answer is begun: does somebody else have the mail, or is he answering it? Then the person decides, before a word is written. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { GroupState } from '#shared/contract/groups.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import type { Choice, Dialogs } from '../../app/dialogs.svelte.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { GroupActs } from './groupActs.ts';
import type { Groups } from './groups.svelte.ts';
import { symbolOf } from './symbolOf.ts';

export interface AnswerGateParts {
  readonly client: EngineClient;
  readonly groups: Groups;
  readonly groupActs: GroupActs;
  readonly dialogs: Dialogs;
  readonly i18n: I18n;
}

export class AnswerGate {
  readonly #parts: AnswerGateParts;

  constructor(parts: AnswerGateParts) {
    this.#parts = parts;
  }

  /**
   * Resolves to whether the composer may open. What the answer itself does (its author becomes the handler) is the engine's, when it goes
   * out: a mail that is only being written changes nobody's work. Errors: what `groups.state` throws.
   */
  async mayAnswer(row: MessageRow): Promise<boolean> {
    const { client, dialogs, groupActs, groups, i18n } = this.#parts;
    if (groups.markOf(row) === undefined) return true;
    const state = await client.call('groups.state', { messageId: row.id });
    const question = answerQuestion(state, { me: groups.me?.id ?? null, now: Date.now(), i18n });
    if (question === null) return true;
    switch (await dialogs.choose(question)) {
      case 'take-over':
        return groupActs.claim([row], state);
      case 'note':
        // When the question has given back the focus.
        setTimeout(() => groups.show(row, symbolOf(row), 'note'));
        return false;
      case 'anyway':
        return true;
      default:
        return false;
    }
  }
}

/** What is to be asked before `me` answers; null: nothing. */
export function answerQuestion(
  state: Pick<GroupState, 'handler' | 'since' | 'status' | 'composing'>,
  { me, now, i18n: { t, formats } }: { me: string | null; now: number; i18n: Pick<I18n, 't' | 'formats'> },
): Choice | null {
  const writing = state.composing.filter(({ user, until }) => user.id !== me && until > now);
  const handler = state.handler !== null && state.handler.id !== me ? state.handler : null;
  if (handler === null && writing.length === 0) return null;
  const names = writing.map(({ user }) => user.name).join(', ');
  const name = handler?.name ?? '';
  const time = formats.moment(state.since ?? now, now);
  const done = state.status === 'done';
  const others = writing.filter(({ user }) => user.id !== handler?.id);
  const texts = [
    writing.length > 0 && handler
      ? t(done ? 'group.ask.doneSince' : 'group.ask.handledSince', { name, time })
      : handler
        ? t('group.ask.since', { time })
        : null,
    handler ? t('group.ask.consequence') : t('group.ask.twoAnswers'),
  ];
  return {
    title:
      writing.length > 0
        ? t('group.answering', { names, count: writing.length })
        : t(done ? 'group.ask.done' : 'group.ask.handled', { name }),
    text: texts.filter((text) => text !== null).join(' '),
    choices: [
      { id: 'anyway', label: t('group.ask.anyway') },
      { id: 'note', label: t('group.ask.note') },
      ...(handler || others.length > 0 ? [{ id: 'take-over', label: t('group.takeOver'), main: true }] : []),
    ],
  };
}
