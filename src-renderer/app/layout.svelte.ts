/** How many panes fit, and how wide they are. All in rem, so that larger text gets room by fewer panes. */

export type PaneMode = 'three' | 'two' | 'one';
/** Where the reader stands: beside the list, below it, or in its place. */
export type Arrangement = 'columns' | 'stacked' | 'list';

interface Widths {
  folders: number;
  list: number;
  /** Of the list where the reader stands below it. */
  height: number;
}

const storageKey = 'postkorb.panes';
const zoomKey = 'postkorb.mailZoom';
const zoomSteps: readonly number[] = [0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5];
const defaults: Widths = { folders: 14.5, list: 25, height: 17 };
export const limits = {
  folders: { min: 10, max: 26 },
  list: { min: 17, max: 48 },
  height: { min: 8, max: 60 },
  readerMin: 20,
} as const;

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

function readWidths(storage: Storage): Widths {
  try {
    const stored: unknown = JSON.parse(storage.getItem(storageKey) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return { ...defaults };
    const { folders, list, height } = stored as Partial<Record<keyof Widths, unknown>>;
    return {
      folders:
        typeof folders === 'number'
          ? clamp(folders, limits.folders.min, limits.folders.max)
          : defaults.folders,
      list: typeof list === 'number' ? clamp(list, limits.list.min, limits.list.max) : defaults.list,
      height:
        typeof height === 'number' ? clamp(height, limits.height.min, limits.height.max) : defaults.height,
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
  /** Where one pane is seen at a time (`single`): it is the reader. */
  readerOpen = $state(false);
  /** As the person wants it, where there is room. */
  wanted = $state<Arrangement>('columns');
  /** The size of mails against the window's own: 1 is as they are. */
  mailZoom = $state(1);
  readonly #storage: Storage;
  #widths = $state<Widths>({ ...defaults });
  readonly mode: PaneMode = $derived.by(() => {
    const wide = this.width / Math.max(1, this.rem);
    if (wide >= 58) return 'three';
    return wide >= 44 ? 'two' : 'one';
  });

  /** As it is: what is too narrow for two panes shows one. */
  readonly arrangement: Arrangement = $derived.by(() => (this.mode === 'one' ? 'list' : this.wanted));
  /** The reader takes the place of the list. */
  readonly single: boolean = $derived.by(() => this.arrangement === 'list');

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#widths = readWidths(storage);
    const zoom = Number(storage.getItem(zoomKey));
    if (zoomSteps.includes(zoom)) this.mailZoom = zoom;
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

  /** A step larger or smaller, or as mails are. */
  zoomMail(step: 'in' | 'out' | 'reset'): void {
    const at = zoomSteps.findIndex((zoom) => zoom >= this.mailZoom - 0.001);
    const next = step === 'reset' ? 1 : (zoomSteps[at + (step === 'in' ? 1 : -1)] ?? this.mailZoom);
    this.mailZoom = next;
    try {
      this.#storage.setItem(zoomKey, String(next));
    } catch {
      // Not remembered for the next start, that is all.
    }
  }

  get height(): number {
    return this.#widths.height;
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
