/** Moves through the list by keys, commands and acts: which row is selected, and what the reader shows with it. */
import type { MessageRow } from '#shared/domain/message.ts';
import type { Layout } from '../../app/layout.svelte.ts';
import type { Panes } from '../../app/panes.ts';
import type { Reader } from '../reader/reader.svelte.ts';
import type { MessageList } from './messageList.svelte.ts';
import { rowKey } from './rows.ts';
import type { RowKey } from './rows.ts';

export interface CursorParts {
  readonly list: MessageList;
  readonly reader: Reader;
  readonly layout: Layout;
  readonly panes: Panes;
}

export type CursorMove = 'next' | 'previous' | 'first' | 'last' | { readonly by: number };

export class ListCursor {
  readonly #parts: CursorParts;

  constructor(parts: CursorParts) {
    this.#parts = parts;
  }

  /** Selects this row alone; the reader follows where it stands beside the list. */
  select(key: RowKey, { rest = false } = {}): void {
    const { list, reader, layout } = this.#parts;
    const row = list.byKey(key);
    if (!row) return;
    list.selection.only(key);
    if (!layout.single || layout.readerOpen) reader.open(row, { rest });
  }

  /** Opens it to be read: where there is one pane, in the list's place. */
  open(key: RowKey, { focus = false } = {}): void {
    const { list, reader, layout, panes } = this.#parts;
    const row = list.byKey(key);
    if (!row) return;
    list.selection.only(key);
    layout.readerOpen = true;
    reader.open(row);
    if (focus || layout.single) queueMicrotask(() => panes.focus('reader'));
  }

  /** Back to the list, where the list gave way to the message. */
  close(): void {
    const { reader, layout, panes } = this.#parts;
    layout.readerOpen = false;
    if (layout.single) reader.close();
    queueMicrotask(() => panes.focus('list'));
  }

  /** The row that a move leads to; null at the ends. */
  target(move: CursorMove): RowKey | null {
    const { rows, selection } = this.#parts.list;
    if (rows.length === 0) return null;
    const at = this.#parts.list.indexOf(selection.active);
    const to =
      move === 'first'
        ? 0
        : move === 'last'
          ? rows.length - 1
          : at < 0
            ? 0
            : at + (move === 'next' ? 1 : move === 'previous' ? -1 : move.by);
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    return row ? rowKey(row) : null;
  }

  /** To another row, from wherever the focus is. */
  move(move: CursorMove): void {
    const key = this.target(move);
    if (
      key === null ||
      (key === this.#parts.list.selection.active && this.#parts.list.selection.keys.size === 1)
    ) {
      return;
    }
    const inReader = this.#parts.layout.single && this.#parts.layout.readerOpen;
    this.select(key, { rest: true });
    if (!inReader) this.#parts.panes.focus('list');
  }

  /** Every row of the source, those that are not loaded yet as well. */
  async selectAll(): Promise<void> {
    const { list } = this.#parts;
    const { source } = list;
    list.selection.all(list.keys());
    if (list.complete) return;
    await list.loadAll();
    if (list.source === source) list.selection.all(list.keys());
  }

  /** What an act concerns: the selected rows, else the open message. */
  get targets(): readonly MessageRow[] {
    const { list, reader } = this.#parts;
    const { selectedRows } = list;
    if (selectedRows.length > 0) return selectedRows;
    if (!reader.row) return [];
    return [list.rowFor(reader.row) ?? reader.row];
  }
}
