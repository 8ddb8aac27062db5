/** The page between a mail and the web: says where a link truly leads, and goes there when it is told to. It has no session and needs none. */
import '@fontsource-variable/inter/wght.css';
import '../ui/tokens.css';
import '../ui/base.css';
import './leave.css';
import { createTranslate, resolveLanguage } from '#shared/i18n/translate.ts';
import { leaveChannel } from './leaveChannel.ts';
import { leavingTo } from './leaveTarget.ts';

const t = createTranslate(resolveLanguage('system', navigator.language));
const main = document.getElementById('leave');

function add(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  main?.append(element);
  return element;
}

function show(): void {
  main?.replaceChildren();
  const target = leavingTo(location.href);
  document.title = t('leave.title');
  add('h1', '', t('leave.title'));
  if (!target) {
    add('p', '', t('leave.unsafe'));
    return;
  }
  const { url, host, kind, userinfo, foreignLetters } = target;
  if (kind === 'mail') {
    add('p', 'host', host);
    const button = add('button', 'go', t('leave.write'));
    button.addEventListener('click', () => {
      const channel = new BroadcastChannel(leaveChannel);
      channel.postMessage({ mailto: url });
      channel.close();
      window.close();
    });
    return;
  }
  add('p', '', t('leave.text'));
  add('p', 'host', host);
  add('p', 'address', url);
  if (userinfo) add('p', 'warning', t('leave.userinfo', { host }));
  if (foreignLetters) add('p', 'warning', t('leave.idn', { host }));
  const link = add('a', 'go', t('leave.continue')) as HTMLAnchorElement;
  link.href = withoutUserinfo(url);
  link.rel = 'noopener noreferrer';
  link.referrerPolicy = 'no-referrer';
}

/** What stands before an @ only pretends to be the server; no server is to get it. */
function withoutUserinfo(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}

document.documentElement.lang = resolveLanguage('system', navigator.language);
window.addEventListener('hashchange', show);
show();
