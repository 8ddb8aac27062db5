/** What every part of the window can reach: `useApp()` inside a component. */
import { createContext } from 'svelte';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { HostBridge } from '#shared/contract/host.ts';
import type { ChangeFeed } from '../client/changeFeed.ts';
import type { Accounts } from '../features/accounts/accounts.svelte.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { Folders } from '../features/folders/folders.svelte.ts';
import type { GroupActs } from '../features/group/groupActs.ts';
import type { Groups } from '../features/group/groups.svelte.ts';
import type { Dragging } from '../features/list/dragging.svelte.ts';
import type { ListCursor } from '../features/list/cursor.ts';
import type { MessageActs } from '../features/list/messageActs.ts';
import type { MessageList } from '../features/list/messageList.svelte.ts';
import type { MailFiles } from '../features/mailFiles/mailFiles.svelte.ts';
import type { Announcer } from '../features/notices/announcer.svelte.ts';
import type { OrganisationState } from '../features/organisation/organisation.svelte.ts';
import type { Outbox } from '../features/outbox/outbox.svelte.ts';
import type { Reader } from '../features/reader/reader.svelte.ts';
import type { PolicyState } from '../features/policy/policyState.svelte.ts';
import type { ServerSearch } from '../features/searches/serverSearch.svelte.ts';
import type { JobList } from '../features/status/jobList.svelte.ts';
import type { SavedSearches } from '../features/searches/savedSearches.svelte.ts';
import type { Preferences } from '../features/settings/preferences.svelte.ts';
import type { Updates } from '../features/updates/updates.svelte.ts';
import type { Writing } from '../features/writing/writing.svelte.ts';
import type { Connection } from '../transport/connection.svelte.ts';
import type { Commands } from './commands.svelte.ts';
import type { ComposeRequests } from './composeRequests.ts';
import type { Dialogs } from './dialogs.svelte.ts';
import type { I18n } from './i18n.svelte.ts';
import type { Layout } from './layout.svelte.ts';
import type { Navigation } from './navigation.svelte.ts';
import type { Now } from './now.svelte.ts';
import type { Panes } from './panes.ts';
import type { Theme } from './theme.svelte.ts';

export interface AppContext {
  readonly client: EngineClient;
  readonly connection: Connection;
  readonly host: HostBridge;
  readonly changes: ChangeFeed;
  readonly i18n: I18n;
  readonly now: Now;
  readonly theme: Theme;
  readonly layout: Layout;
  readonly dialogs: Dialogs;
  readonly announcer: Announcer;
  readonly commands: Commands;
  readonly compose: ComposeRequests;
  readonly policy: PolicyState;
  readonly preferences: Preferences;
  readonly updates: Updates;
  readonly writing: Writing;
  readonly accounts: Accounts;
  readonly folders: Folders;
  readonly organisation: OrganisationState;
  readonly outbox: Outbox;
  readonly searches: SavedSearches;
  readonly serverSearch: ServerSearch;
  readonly jobs: JobList;
  readonly navigation: Navigation;
  readonly list: MessageList;
  readonly reader: Reader;
  readonly cursor: ListCursor;
  readonly acts: MessageActs;
  readonly mailFiles: MailFiles;
  readonly dragging: Dragging;
  readonly groups: Groups;
  readonly groupActs: GroupActs;
  readonly panes: Panes;
  /** Words for whatever was thrown, in the language of the moment. */
  explain(error: unknown): string;
  /** Checks for mail now, in one account or in all; says so when it is done. */
  syncNow(accountId?: AccountId): void;
  /** Opens the composer with an answer to the message that acts concern. */
  answer(kind: 'reply' | 'reply-all' | 'forward'): void;
  printMessage(): void;
  /** For faults of ours that no person can do anything about. */
  report(error: unknown, why: string): void;
}

export const [useApp, provideApp] = createContext<AppContext>();
