/** How folders are called and drawn: by their role in the language of the window, else by their own name. */
import Archive from '@lucide/svelte/icons/archive';
import Bookmark from '@lucide/svelte/icons/bookmark';
import Files from '@lucide/svelte/icons/files';
import Folder from '@lucide/svelte/icons/folder';
import Info from '@lucide/svelte/icons/info';
import Inbox from '@lucide/svelte/icons/inbox';
import Inboxes from '@lucide/svelte/icons/layers';
import OctagonAlert from '@lucide/svelte/icons/octagon-alert';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Send from '@lucide/svelte/icons/send';
import SendHorizontal from '@lucide/svelte/icons/send-horizontal';
import Star from '@lucide/svelte/icons/star';
import Trash2 from '@lucide/svelte/icons/trash-2';
import UserRoundCheck from '@lucide/svelte/icons/user-round-check';
import UserRoundX from '@lucide/svelte/icons/user-round-x';
import type { FolderRole, FolderRow } from '#shared/domain/message.ts';
import type { Translate } from '#shared/i18n/translate.ts';
import type { Icon } from '../../ui/icon.ts';
import type { SmartFolder } from './tree.ts';

const roleIcons: Record<FolderRole, Icon> = {
  inbox: Inbox,
  drafts: PencilLine,
  sent: Send,
  archive: Archive,
  junk: OctagonAlert,
  trash: Trash2,
  all: Files,
  flagged: Star,
  important: Bookmark,
  log: ScrollText,
};
const smartIcons: Record<SmartFolder, Icon> = {
  'all-inboxes': Inboxes,
  'handled-by-me': UserRoundCheck,
  unassigned: UserRoundX,
  'for-information': Info,
  outbox: SendHorizontal,
};
const smartNames = {
  'all-inboxes': 'folders.allInboxes',
  'handled-by-me': 'folders.handledByMe',
  unassigned: 'folders.unassigned',
  'for-information': 'folders.forInformation',
  outbox: 'folders.outbox',
} as const satisfies Record<SmartFolder, string>;

export function folderIcon({ role }: Pick<FolderRow, 'role'>): Icon {
  return role === null ? Folder : roleIcons[role];
}
export function smartIcon(smart: SmartFolder): Icon {
  return smartIcons[smart];
}

export function folderName({ role, name }: Pick<FolderRow, 'role' | 'name'>, t: Translate): string {
  return role === null ? name : t(`folders.role.${role}`);
}
export function smartName(smart: SmartFolder, t: Translate): string {
  return t(smartNames[smart]);
}
