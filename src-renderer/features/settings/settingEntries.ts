/** Which settings there are: their names, what they are found by, and what may be chosen. */
import { NewsLevel, type Settings } from '#shared/contract/app.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { FolderRow } from '#shared/domain/message.ts';
import type { Translate } from '#shared/i18n/translate.ts';
import type { Command } from '../../app/commands.svelte.ts';
import type { AppContext } from '../../app/context.ts';
import { presetNames } from '../../app/keymapPresets.ts';
import { folderName } from '../folders/folderNames.ts';
import type { SearchableSetting } from './settingsSearch.ts';

export type SettingChoice = {
  [K in keyof Settings]: Settings[K] extends string | number
    ? { readonly key: K; readonly options: readonly { value: Settings[K]; label: string }[] }
    : never;
}[keyof Settings];

export interface SettingEntry extends SearchableSetting {
  readonly choice?: SettingChoice;
  readonly hint?: string | undefined;
  readonly command?: Command;
  /** How new mail of this account is told. */
  readonly newsOf?: AccountId;
  /** Of this folder, which has a level of its own. */
  readonly newsIn?: FolderRow;
  /** The organisation prescribes it. */
  readonly fixed?: boolean;
}

/** Choices of a number: those that are offered, and the one that is set where it is none of them. */
function numbers(offered: readonly number[], set: number, label: (value: number) => string) {
  const all = offered.includes(set) ? offered : [...offered, set].sort((a, b) => a - b);
  return all.map((value) => ({ value, label: label(value) }));
}

/** Words that also stand within a sentence, as they stand in a list of choices. */
function alone(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Each level with its words. */
export function newsLevels(t: Translate): { value: NewsLevel; label: string }[] {
  return NewsLevel.options.map((value) => ({ value, label: alone(t(`settings.newsLevel.${value}`)) }));
}

/** All of them that this host, these accounts and this organisation give a choice of, in the order in which they stand. */
export function settingEntries(app: AppContext): readonly SettingEntry[] {
  const { accounts, commands, folders, groups: groupWork, host, i18n, policy, preferences, updates } = app;
  const { t } = i18n;
  const { values } = preferences;
  const levels = newsLevels(t);
  const choice = (group: string, name: string, made: SettingChoice): SettingEntry => ({
    id: made.key,
    group,
    name,
    more: made.options.map(({ label }) => label),
    choice: made,
  });
  const seconds = (count: number): string =>
    count === 0 ? t('settings.undoSeconds.0') : t('settings.undoSeconds.option', { count });
  const reading = (ms: number): string => {
    switch (ms) {
      case 0:
        return t('settings.markRead.0');
      case 1500:
        return t('settings.markRead.1500');
      case 5000:
        return t('settings.markRead.5000');
      case 60_000:
        return t('settings.markRead.60000');
      default:
        return i18n.formats.duration(ms);
    }
  };
  return [
    choice(t('settings.appearance'), t('settings.language'), {
      key: 'language',
      options: (['system', 'de', 'en'] as const).map((value) => ({
        value,
        label: t(`settings.language.${value}`),
      })),
    }),
    choice(t('settings.appearance'), t('settings.theme'), {
      key: 'theme',
      options: (['system', 'light', 'dark'] as const).map((value) => ({
        value,
        label: t(`settings.theme.${value}`),
      })),
    }),
    choice(t('settings.appearance'), t('settings.density'), {
      key: 'density',
      options: (['comfortable', 'compact'] as const).map((value) => ({
        value,
        label: t(`settings.density.${value}`),
      })),
    }),
    choice(t('settings.appearance'), t('settings.layout'), {
      key: 'layout',
      options: (['columns', 'stacked', 'list'] as const).map((value) => ({
        value,
        label: t(`settings.layout.${value}`),
      })),
    }),
    { id: 'conversations', group: t('settings.reading'), name: t('settings.conversations'), more: [] },
    choice(t('settings.reading'), t('settings.conversationOrder'), {
      key: 'conversationOrder',
      options: (['oldest-first', 'newest-first'] as const).map((value) => ({
        value,
        label: t(`settings.conversationOrder.${value}`),
      })),
    }),
    choice(t('settings.reading'), t('settings.plainFont'), {
      key: 'plainFont',
      options: (['proportional', 'fixed'] as const).map((value) => ({
        value,
        label: t(`settings.plainFont.${value}`),
      })),
    }),
    choice(t('settings.reading'), t('settings.markRead'), {
      key: 'markReadAfterMs',
      options: numbers([0, 1500, 5000, 60_000], values.markReadAfterMs, reading),
    }),
    { id: 'notifications', group: t('settings.news'), name: t('settings.notifications'), more: [] },
    ...accounts.rows.map(({ id: accountId, name }, at) => ({
      id: `news-${accountId}`,
      group: t('settings.news'),
      name: t('settings.accountNews', { account: name }),
      more: levels.map(({ label }) => label),
      newsOf: accountId,
      ...(at === accounts.rows.length - 1 ? { hint: t('news.hint') } : {}),
    })),
    ...values.folderNews.flatMap(({ folderId }): SettingEntry[] => {
      const newsIn = folders.byId(folderId);
      if (!newsIn) return [];
      const names = {
        account: accounts.byId(newsIn.accountId)?.name ?? '',
        folder: folderName(newsIn, t),
      };
      return [
        {
          id: `news-in-${folderId}`,
          group: t('settings.news'),
          name: t('news.ofFolder', names),
          more: levels.map(({ label }) => label),
          newsIn,
        },
      ];
    }),
    ...(groupWork.active
      ? (['groupHandled', 'groupInformation'] as const).map((key) =>
          choice(t('settings.news'), t(`settings.${key}`), { key, options: levels }),
        )
      : []),
    {
      id: 'remoteContent',
      group: t('settings.reading'),
      name: t('settings.remoteContent'),
      more: [t('settings.remoteContent.ask')],
      fixed: policy.sets('remoteContent'),
    },
    {
      id: 'remoteContentSenders',
      group: t('settings.reading'),
      name: t('settings.remoteSenders'),
      more: values.remoteContentSenders.map(({ address }) => address),
    },
    choice(t('settings.writing'), t('settings.composeFormat'), {
      key: 'composeFormat',
      options: [
        { value: 'html', label: t('compose.format.rich') },
        { value: 'plain', label: t('compose.format.plain') },
      ],
    }),
    choice(t('settings.writing'), t('settings.quotePosition'), {
      key: 'quotePosition',
      options: (['above', 'below'] as const).map((value) => ({
        value,
        label: t(`settings.quotePosition.${value}`),
      })),
    }),
    choice(t('settings.writing'), t('settings.signaturePosition'), {
      key: 'signaturePosition',
      options: (['above-quote', 'below-quote'] as const).map((value) => ({
        value,
        label: t(`settings.signaturePosition.${value}`),
      })),
    }),
    {
      id: 'identities',
      group: t('settings.writing'),
      name: t('identities.title'),
      more: [t('identities.signature'), t('identities.address'), t('compose.replyTo')],
    },
    { id: 'templates', group: t('settings.writing'), name: t('templates.title'), more: [] },
    choice(t('settings.writing'), t('settings.undoSeconds'), {
      key: 'undoSeconds',
      options: numbers([0, 5, 10, 20, 30, 60], values.undoSeconds, seconds),
    }),
    ...(host.can.updates
      ? [
          {
            ...choice(t('settings.system'), t('settings.updates'), {
              key: 'updates',
              options: (['automatic', 'notify', 'off'] as const).map((value) => ({
                value,
                label: t(`settings.updates.${value}`),
              })),
            }),
            fixed: policy.sets('updates'),
            hint: values.updates === 'off' ? undefined : updates.words,
          },
        ]
      : []),
    {
      ...choice(t('settings.system'), t('settings.logLevel'), {
        key: 'logLevel',
        options: (['error', 'warn', 'info', 'debug'] as const).map((value) => ({
          value,
          label: t(`settings.logLevel.${value}`),
        })),
      }),
      hint: t('settings.logLevel.hint'),
      fixed: policy.sets('logLevel'),
    },
    {
      id: 'proxy',
      group: t('settings.network'),
      name: t('proxy.title'),
      more: ['SOCKS5', 'HTTP', 'CONNECT', t('proxy.host')],
      fixed: policy.sets('proxy'),
    },
    {
      id: 'caFiles',
      group: t('settings.network'),
      name: t('authorities.title'),
      more: ['CA', 'TLS', 'PEM'],
    },
    ...(host.can.mailto
      ? [{ id: 'mailto', group: t('settings.system'), name: t('settings.mailto'), more: ['mailto:'] }]
      : []),
    {
      id: 'accounts',
      group: t('settings.system'),
      name: t('menu.accounts'),
      more: ['IMAP', 'SMTP', t('accounts.form.archive')],
    },
    {
      ...choice(t('keyboard.title'), t('keyboard.preset'), {
        key: 'keymap',
        options: presetNames.map((value) => ({ value, label: t(`keyboard.preset.${value}`) })),
      }),
      hint: t('keyboard.preset.hint'),
    },
    {
      id: 'singleKeys',
      group: t('keyboard.title'),
      name: t('settings.singleKeys'),
      more: [t('settings.singleKeys.hint'), t('shortcuts.title')],
    },
    ...commands.all.map((command): SettingEntry => ({
      id: `command ${command.id}`,
      group: t('keyboard.title'),
      name: command.title(),
      more: [
        t('keyboard.change'),
        t(`shortcuts.group.${command.group}`),
        ...(command.keys ?? []).map((keys) => commands.caps(keys).flat().join('+')),
      ],
      command,
    })),
  ];
}
