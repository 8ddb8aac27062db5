/**
 * How a link leaves. The frame of a mail has no scripts, and no window of ours can look into it: so each link in it opens the page
 * `leave.html` of our own, with its target in the fragment (which is sent nowhere). That page shows where the link truly leads and goes there
 * when it is told to. In the browser host it is a tab; the desktop shell recognises the address (`leavingTo`), opens no window, and hands the
 * target to this window as the host event `follow-link`, which shows the same in a dialog.
 */
import { linkTarget } from './links.ts';
import type { LinkTarget } from './links.ts';

const page = 'leave.html';

/** @param base address of the window's own page */
export function leaveUrl(target: string, base: string): string {
  const url = new URL(page, base);
  url.hash = encodeURIComponent(target);
  return url.href;
}

/** What the address of the leave page asks for; null: nothing that may be opened. */
export function leavingTo(address: string): LinkTarget | null {
  const at = address.indexOf('#');
  if (at < 0) return null;
  try {
    return linkTarget(decodeURIComponent(address.slice(at + 1)));
  } catch {
    return null;
  }
}
