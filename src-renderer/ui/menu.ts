/** What a menu offers, as data. */
import type { Icon } from './icon.ts';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: Icon | undefined;
  readonly keys?: readonly (readonly string[])[] | undefined;
  readonly tone?: 'plain' | 'danger';
  readonly disabled?: boolean;
  /** One of several, or a switch: shows a tick. */
  readonly checked?: boolean;
  readonly run: () => void;
}

/** A line that leads to a menu of its own. */
export interface SubMenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: Icon | undefined;
  readonly entries: MenuEntries;
}
/** Groups are parted by a line. */
export type MenuEntries = readonly (readonly (MenuEntry | SubMenuEntry)[])[];
