/** Who may speak to the shell: the top frame of one of our windows, showing our own page, and nothing else (W10). */
import type { WebContents, WebFrameMain } from 'electron';
import { appOrigin } from './appProtocol.ts';

interface Sender {
  readonly senderFrame: WebFrameMain | null;
  readonly sender: WebContents;
}

/** A frame of a mail, a page that was navigated to, developer tools and a frame that is gone are all strangers. */
export function isOwnPage(event: Sender, windows: ReadonlySet<WebContents>): boolean {
  const { senderFrame, sender } = event;
  if (senderFrame === null || !windows.has(sender)) return false;
  return senderFrame.parent === null && senderFrame.origin === appOrigin;
}
