/**
 * Shortcuts as people know them from other mail programs, for what Postkorb can do as well: Gmail, classic Outlook for Windows,
 * Thunderbird. Gathered from published lists of those keys. A command that is not named keeps Postkorb's own.
 */
import type { Settings } from '#shared/contract/app.ts';

type Preset = Readonly<Record<string, readonly string[]>>;

const gmail: Preset = {
  'compose.new': ['C'],
  'message.delete': ['#', 'Delete'],
  'message.markRead': ['Shift+I'],
  'message.markUnread': ['Shift+U', '_'],
  'message.selectAll': ['* A', 'Mod+A'],
  'list.open': ['O', 'Enter'],
  'list.back': ['U', 'Escape'],
  search: ['/'],
};

const outlook: Preset = {
  'compose.new': ['Mod+N', 'Mod+Shift+M'],
  'compose.send': ['Mod+Enter', 'Alt+S'],
  'message.reply': ['Mod+R'],
  'message.replyAll': ['Mod+Shift+R'],
  'message.forward': ['Mod+F'],
  'message.archive': ['Backspace'],
  'message.delete': ['Delete', 'Mod+D'],
  'message.move': ['Mod+Shift+V'],
  'message.markRead': ['Mod+Q'],
  'message.markUnread': ['Mod+U'],
  'message.star': ['Insert'],
  'message.undo': ['Mod+Z'],
  'message.toggle': ['Mod+Space'],
  // Ctrl+U marks as unread there.
  'message.source': [],
  'list.next': ['Mod+.'],
  'list.previous': ['Mod+,'],
  'list.open': ['Enter', 'Mod+O'],
  search: ['F3', 'Mod+E'],
  'go.inboxes': ['Mod+Shift+I'],
  'go.outbox': ['Mod+Shift+O'],
  'app.contacts': ['Mod+Shift+B'],
  // Ctrl+, goes to the previous message there.
  'app.settings': [],
};

const thunderbird: Preset = {
  'compose.new': ['Mod+N', 'Mod+M'],
  'message.reply': ['Mod+R'],
  'message.replyAll': ['Mod+Shift+R'],
  'message.forward': ['Mod+L'],
  'message.archive': ['A'],
  'message.delete': ['Delete'],
  'message.spam': ['J'],
  // One key turns it over.
  'message.markRead': ['M'],
  'message.markUnread': ['M'],
  'message.undo': ['Mod+Z'],
  'message.toggle': ['Mod+Space'],
  'list.next': ['F'],
  'list.previous': ['B'],
  'list.open': ['Enter', 'Mod+O'],
  search: ['Mod+K'],
  'conversation.expandAll': ['*'],
  'conversation.collapseAll': ['\\'],
  'app.sync': ['F5'],
  'app.contacts': ['Mod+Shift+B'],
  // Ctrl+K searches there, M marks as read.
  'app.palette': ['F1'],
  'group.note': ['Shift+M'],
};

export const presets: Readonly<Record<Settings['keymap'], Preset>> = {
  postkorb: {},
  gmail,
  outlook,
  thunderbird,
};
export const presetNames = Object.keys(presets) as Settings['keymap'][];
