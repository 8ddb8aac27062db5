/** Keys that a window never gets, or that do something else that people rely on. Pure. */
import type { HostBridge } from '#shared/contract/host.ts';
import { parseKeys, sameStep, type KeyStep, type Platform } from './shortcuts.ts';

/** Who takes the key: the browser, the system, or whatever text is being written or marked. */
export type Taker = 'browser' | 'system' | 'text';

/** Chromium and Firefox keep these from the pages that they show. */
const ofBrowsers = ['Mod+N', 'Mod+T', 'Mod+W', 'Mod+Shift+N', 'Mod+Shift+T', 'Mod+Shift+W', 'Mod+Shift+P'];
const ofBrowserTabs = ['Mod+Tab', 'Mod+Shift+Tab', 'Mod+PageUp', 'Mod+PageDown'];
const ofSystems: Record<Platform, readonly string[]> = {
  windows: [
    'Alt+F4',
    'Alt+Tab',
    'Alt+Space',
    'Alt+Escape',
    'Mod+Escape',
    'Mod+Alt+Delete',
    'Mod+Shift+Escape',
  ],
  linux: ['Alt+F4', 'Alt+Tab', 'Alt+Space', 'Alt+F2', 'Mod+Alt+Delete'],
  macos: ['Mod+Q', 'Mod+H', 'Mod+M', 'Mod+Tab', 'Mod+Space', 'Mod+Alt+Escape', 'Mod+Shift+3', 'Mod+Shift+4'],
  other: [],
};
/** To copy from a mail must stay possible. */
const ofTexts = ['Mod+C', 'Mod+V', 'Mod+X'];

function among(list: readonly string[], step: KeyStep): boolean {
  return list.some((keys) => parseKeys(keys).every((other) => sameStep(step, other)));
}

/** null: the window gets it. */
export function takerOf(keys: string, host: HostBridge['kind'], platform: Platform): Taker | null {
  for (const step of parseKeys(keys)) {
    if (among(ofSystems[platform], step)) return 'system';
    if (host === 'browser' && among([...ofBrowsers, ...ofBrowserTabs], step)) return 'browser';
    if (among(ofTexts, step)) return 'text';
  }
  return null;
}

/** Does the window never see it? */
export function isKept(taker: Taker | null): boolean {
  return taker === 'browser' || taker === 'system';
}

/** Keys that move the focus, press what has it or close what is open: a shortcut cannot begin with them. */
export function isNeededElsewhere(keys: string): boolean {
  const [first] = parseKeys(keys);
  return (
    first !== undefined &&
    !first.mod &&
    !first.alt &&
    /^(?:Tab|Enter|Space|Escape|Arrow(?:Up|Down|Left|Right)|Home|End|PageUp|PageDown|ContextMenu)$/.test(
      first.key,
    )
  );
}
