/** Inside an open conversation. */
import type { Command } from '../commands.svelte.ts';
import type { AppContext } from '../context.ts';

export function conversationCommands(app: AppContext): Command[] {
  const { i18n, panes, reader } = app;
  const { translate: t } = i18n;
  /** Several messages are open, and the keyboard is there. */
  const inConversation = (): boolean => reader.messages.length > 1 && panes.holdsFocus('reader');
  const goTo = (step: 1 | -1): void => {
    const to = reader.neighbour(step);
    if (!to) return;
    reader.choose(to);
    panes.focus('reader');
  };

  return [
    {
      id: 'conversation.next',
      group: 'navigation',
      title: () => t('actions.nextInConversation'),
      keys: ['N'],
      place: 'conversation',
      hidden: true,
      enabled: inConversation,
      run: () => goTo(1),
    },
    {
      id: 'conversation.previous',
      group: 'navigation',
      title: () => t('actions.previousInConversation'),
      keys: ['P'],
      place: 'conversation',
      hidden: true,
      enabled: inConversation,
      run: () => goTo(-1),
    },
    {
      id: 'conversation.expandAll',
      group: 'navigation',
      title: () => t('reader.expandAll'),
      keys: [';'],
      enabled: () => reader.messages.length > 1,
      run: () => reader.expandAll(true),
    },
    {
      id: 'conversation.collapseAll',
      group: 'navigation',
      title: () => t('reader.collapseAll'),
      keys: [':'],
      enabled: () => reader.messages.length > 1,
      run: () => reader.expandAll(false),
    },
  ];
}
