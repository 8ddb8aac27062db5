/** What the host tells the window: a mailto: link, a notification that was clicked, its menu, that the machine woke up. */
import { unreachable } from '#shared/base/assert.ts';
import type {
  HostBridge,
  HostEvent,
  MenuAction,
  MessageTarget,
  NotificationAct,
} from '#shared/contract/host.ts';
import type { ChangeFeed } from '../client/changeFeed.ts';
import type { Updates } from '../features/updates/updates.svelte.ts';
import type { Connection } from '../transport/connection.svelte.ts';
import type { Commands } from './commands.svelte.ts';
import type { ComposeRequests } from './composeRequests.ts';
import type { Dialogs } from './dialogs.svelte.ts';

export interface HostEventParts {
  readonly host: HostBridge;
  readonly commands: Commands;
  readonly compose: ComposeRequests;
  readonly connection: Connection;
  readonly changes: ChangeFeed;
  readonly dialogs: Dialogs;
  readonly updates: Updates;
  readonly openMessage: (target: MessageTarget) => void;
  /** A button of a new mail's notification. */
  readonly actOn: (act: NotificationAct, target: MessageTarget) => void;
  /** A mail that was opened as a file. */
  readonly openFile: (content: Uint8Array) => void;
}

const commandOf: Record<MenuAction, string> = {
  'new-message': 'compose.new',
  search: 'search',
  accounts: 'app.accounts',
  settings: 'app.settings',
  shortcuts: 'app.shortcuts',
  'command-palette': 'app.palette',
  sync: 'app.sync',
  reply: 'message.reply',
  'reply-all': 'message.replyAll',
  forward: 'message.forward',
  archive: 'message.archive',
  delete: 'message.delete',
  print: 'message.print',
  about: 'app.about',
};

export function listenToHost(parts: HostEventParts): Disposable {
  const { host, commands, compose, connection, changes, dialogs, updates, openFile, openMessage, actOn } =
    parts;
  const take = (event: HostEvent): void => {
    switch (event.kind) {
      case 'compose': {
        const { to, cc, bcc, subject, body } = event.draft;
        compose.open({ kind: 'new', content: { to, cc, bcc, subject, text: body } });
        return;
      }
      case 'open-message':
        dialogs.close();
        openMessage(event.target);
        return;
      case 'message-act':
        actOn(event.act, event.target);
        return;
      case 'menu':
        // What a menu of the system offers concerns the mails, and not what lies under a dialog.
        if (!dialogs.anyOpen) commands.run(commandOf[event.action]);
        return;
      case 'resumed':
        connection.retryNow();
        changes.everything();
        return;
      case 'update':
        updates.take(event.state);
        return;
      case 'join':
        dialogs.show({ kind: 'organisation', join: event.link });
        return;
      case 'open-file':
        openFile(event.content);
        return;
      default:
        unreachable(event);
    }
  };
  return host.onEvent(take);
}
