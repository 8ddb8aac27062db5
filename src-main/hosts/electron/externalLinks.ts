/** The one way out: a link is opened in the person's own browser after its true host was shown, and only http, https and mailto. */
import type { BrowserWindow, Dialog, Shell } from 'electron';
import { parseMailto } from '#shared/domain/mailto.ts';
import type { MailtoDraft } from '#shared/contract/host.ts';
import type { Translate } from '#shared/i18n/translate.ts';
import { appOrigin } from './appProtocol.ts';

const maxLength = 8000;
/** The page that a browser shows before a link of a mail is followed; its fragment is the link. */
const leavePage = `${appOrigin}/leave.html`;

export interface ExternalLinksParts {
  readonly shell: Pick<Shell, 'openExternal'>;
  readonly dialog: Pick<Dialog, 'showMessageBox'>;
  readonly window: () => BrowserWindow | null;
  readonly translate: () => Translate;
  readonly compose: (draft: MailtoDraft) => void;
  readonly report: (error: unknown, why: string) => void;
}

export interface ExternalLinks {
  /** A link of a mail: asked about first. */
  follow(url: string): Promise<void>;
  /** A link whose target the window has shown already. Resolves to whether it was opened. */
  open(url: string): Promise<boolean>;
}

export function createExternalLinks(parts: ExternalLinksParts): ExternalLinks {
  const open = async (url: string): Promise<boolean> => {
    const target = outside(url);
    if (target === null) return false;
    if (target.protocol === 'mailto:') {
      const draft = parseMailto(target.href);
      if (draft === null) return false;
      parts.compose(draft);
      return true;
    }
    try {
      await parts.shell.openExternal(target.href);
      return true;
    } catch (error) {
      parts.report(error, 'opening a link outside');
      return false;
    }
  };
  return {
    open,
    async follow(url) {
      const target = outside(url);
      const window = parts.window();
      if (target === null || window === null) return;
      if (target.protocol === 'mailto:') {
        await open(target.href);
        return;
      }
      const t = parts.translate();
      const { response } = await parts.dialog.showMessageBox(window, {
        type: 'question',
        title: t('leave.title'),
        message: t('leave.host', { host: target.host }),
        detail: `${t('leave.text')}\n${shortened(target.href)}`,
        buttons: [t('leave.continue'), t('common.cancel')],
        defaultId: 1,
        cancelId: 1,
        noLink: true,
      });
      if (response === 0) await open(target.href);
    },
  };
}

/** null: nothing that is ever opened (file:, smb:, UNC, own schemes, an unreadable address: H10). */
export function outside(url: string): URL | null {
  let text = url;
  if (text.startsWith(`${leavePage}#`)) {
    try {
      text = decodeURIComponent(text.slice(leavePage.length + 1));
    } catch {
      return null;
    }
  }
  if (text.length > maxLength || !/^(https?|mailto):/i.test(text)) return null;
  try {
    const target = new URL(text);
    // What stands before an @ only pretends to be the host.
    target.username = '';
    target.password = '';
    return target;
  } catch {
    return null;
  }
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
