/** Everything that a page could ask a browser for beyond showing itself is denied, here for every page there will ever be. */
import type { App, Session, WebContents } from 'electron';
import { appOrigin } from './appProtocol.ts';

export interface NavigationRules {
  /** A page wanted to open or go to `url`: never done; links of a mail come to a question first. */
  readonly onLink: (url: string) => void;
}

/** Applies to every web contents of the app, also to ones that are not made yet. */
export function denyByDefault(app: App, rules: NavigationRules): void {
  app.on('web-contents-created', (_event, contents) => {
    guard(contents, rules);
  });
}

function guard(contents: WebContents, { onLink }: NavigationRules): void {
  contents.on('will-navigate', (details) => {
    if (isOwn(details.url)) return;
    details.preventDefault();
    if (details.isMainFrame) onLink(details.url);
  });
  contents.on('will-redirect', (details) => {
    if (!isOwn(details.url)) details.preventDefault();
  });
  // The frame of a mail is made by srcdoc and stays there.
  contents.on('will-frame-navigate', (details) => {
    if (!details.isMainFrame && !isOwn(details.url)) {
      details.preventDefault();
      onLink(details.url);
    }
  });
  contents.setWindowOpenHandler(({ url }) => {
    onLink(url);
    return { action: 'deny' };
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
}

function isOwn(url: string): boolean {
  return url === 'about:srcdoc' || url === 'about:blank' || url.startsWith(`${appOrigin}/`);
}

/** Permissions, downloads by a page, and devices: no. What Postkorb shows of the system (notifications) it asks the shell for. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => {
    callback(false);
  });
  // Writing to the clipboard after a click is what "copy" is.
  session.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => {
    callback({});
  });
  session.on('will-download', (event) => {
    event.preventDefault();
  });
  // A mail can name hosts; the window itself never asks the network for anything (H09).
  session.webRequest.onBeforeRequest((details, callback) => {
    const own = /^(postkorb-app|blob|data|devtools|chrome-extension):/i.test(details.url);
    callback({ cancel: !own });
  });
}
