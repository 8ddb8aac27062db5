/** How many panes fit, and how wide they are. All in rem, so that larger text gets room by fewer panes. */

export type PaneMode = 'three' | 'two' | 'one';

interface Widths {
  folders: number;
  list: number;
}

const storageKey = 'postkorb.panes';
const defaults: Widths = { folders: 14.5, list: 25 };
export const limits = {
  folders: { min: 10, max: 26 },
  list: { min: 17, max: 48 },
  readerMin: 20,
} as const;

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

function readWidths(storage: Storage): Widths {
  try {
    const stored: unknown = JSON.parse(storage.getItem(storageKey) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return { ...defaults };
    const { folders, list } = stored as Partial<Record<keyof Widths, unknown>>;
    return {
      folders:
        typeof folders === 'number'
          ? clamp(folders, limits.folders.min, limits.folders.max)
          : defaults.folders,
      list: typeof list === 'number' ? clamp(list, limits.list.min, limits.list.max) : defaults.list,
    };
  } catch {
    return { ...defaults };
  }
}

export class Layout {
  /** Measured by the window: its width and the width of one rem, in CSS pixels. */
  width = $state(1280);
  rem = $state(16);
  /** In `one` and `two`: the folder tree is drawn over the rest. */
  foldersOpen = $state(false);
  /** In `one`: the reader stands in the place of the list. */
  readerOpen = $state(false);
  readonly #storage: Storage;
  #widths = $state<Widths>({ ...defaults });
  readonly mode: PaneMode = $derived.by(() => {
    const wide = this.width / Math.max(1, this.rem);
    if (wide >= 58) return 'three';
    return wide >= 44 ? 'two' : 'one';
  });

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#widths = readWidths(storage);
  }

  get folders(): number {
    return this.#widths.folders;
  }

  /** Never so wide that the reader has no room. */
  get list(): number {
    const taken = this.mode === 'three' ? this.#widths.folders : 0;
    const most = this.width / Math.max(1, this.rem) - taken - limits.readerMin;
    return Math.max(limits.list.min, Math.min(this.#widths.list, most));
  }

  resize(pane: keyof Widths, rem: number): void {
    const { min, max } = limits[pane];
    this.#widths[pane] = clamp(rem, min, max);
  }

  reset(pane: keyof Widths): void {
    this.#widths[pane] = defaults[pane];
    this.remember();
  }

  remember(): void {
    try {
      this.#storage.setItem(storageKey, JSON.stringify(this.#widths));
    } catch {
      // A full or forbidden storage costs the remembered width, nothing else.
    }
  }
}
