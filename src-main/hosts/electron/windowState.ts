/** Where the window stood: read back only as far as a screen still shows it. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const State = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(400).max(20_000),
  height: z.int().min(300).max(20_000),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof State>;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const usual = { width: 1280, height: 800 };
/** So much of the title bar must be on a screen that the window can be taken hold of. */
const visible = 100;

/** The stored state where a screen shows it, else a usual size wherever the system puts it. `areas`: the screens' work areas. */
export function readWindowState(file: string, areas: readonly Area[]): Partial<WindowState> {
  let stored: WindowState;
  try {
    stored = State.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return usual;
  }
  const { width, height, maximized } = stored;
  const shown = areas.some(
    (area) =>
      stored.x + width >= area.x + visible &&
      stored.x <= area.x + area.width - visible &&
      stored.y >= area.y &&
      stored.y <= area.y + area.height - visible,
  );
  return shown ? stored : { width, height, maximized };
}

/** A state that cannot be kept costs the remembered place and nothing else. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    // Read-only or full disk: said elsewhere, where it matters.
  }
}
