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
/** Groups are parted by a line. */
export type MenuEntries = readonly (readonly MenuEntry[])[];
