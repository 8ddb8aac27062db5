/** Newer versions of the program: what the host says of them, in words, and the restart that a person asks for. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { HostBridge, UpdateState } from '#shared/contract/host.ts';
import { countOnItsWay } from '#shared/domain/onItsWay.ts';
import type { ComposeRequests } from '../../app/composeRequests.ts';
import type { Dialogs } from '../../app/dialogs.svelte.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { Announcer } from '../notices/announcer.svelte.ts';

export interface UpdatesParts {
  readonly client: EngineClient;
  readonly host: HostBridge;
  readonly announcer: Announcer;
  readonly compose: ComposeRequests;
  readonly dialogs: Dialogs;
  readonly i18n: I18n;
  readonly explain: (error: unknown) => string;
}

export class Updates {
  state = $state.raw<UpdateState>({ is: 'idle' });
  readonly #parts: UpdatesParts;
  /** What was told already: a version is news once. */
  #told = '';

  constructor(parts: UpdatesParts) {
    this.#parts = parts;
  }

  /** What a look found; faults of the feed are quiet, a file that is not what it should be is not. */
  take(state: UpdateState): void {
    this.state = state;
    const { announcer, i18n } = this.#parts;
    const isRefused =
      state.is === 'failed' && (state.fault === 'file-refused' || state.fault === 'signature-refused');
    if (state.is !== 'available' && state.is !== 'ready' && !isRefused) return;
    const news = `${state.is} ${state.version ?? ''}`;
    if (news === this.#told) return;
    this.#told = news;
    announcer.show(this.words, {
      ms: 20_000,
      replaces: 'update',
      tone: isRefused ? 'error' : 'plain',
      ...(state.is === 'ready'
        ? { action: { label: i18n.t('update.restart.short'), run: () => void this.restart() } }
        : {}),
    });
  }

  /** The state in a sentence. */
  get words(): string {
    const { t, formats } = this.#parts.i18n;
    const { state } = this;
    switch (state.is) {
      case 'idle':
      case 'looking':
        return t(`update.${state.is}`);
      case 'newest':
        return t('update.newest', { time: formats.fullDate(state.checkedAt) });
      case 'available':
      case 'ready':
        return t(`update.${state.is}`, { version: state.version });
      case 'downloading':
        return t('update.downloading', { version: state.version, percent: state.percent });
      case 'failed':
        return t(`update.failed.${state.fault}`, { version: state.version ?? '' });
    }
  }

  async look(): Promise<void> {
    try {
      await this.#parts.host.lookForUpdate();
    } catch (error) {
      this.#parts.announcer.fail(this.#parts.explain(error));
    }
  }

  /** Restarts when everything that is being written is safe, and the person who writes it agrees. */
  async restart(): Promise<void> {
    const { announcer, compose, dialogs, host, i18n, explain } = this.#parts;
    const { count, safe } = await compose.keepAll();
    if (!safe) {
      announcer.fail(i18n.t('update.notSaved'));
      return;
    }
    const unsent = await this.#unsent();
    const reasons = [
      ...(count > 0 ? [i18n.t('update.writing', { count })] : []),
      ...(unsent > 0 ? [i18n.t('update.unsent', { count: unsent })] : []),
    ];
    if (reasons.length > 0) {
      const agreed = await dialogs.ask({
        title: i18n.t('update.restart'),
        text: reasons.join(' '),
        confirm: i18n.t('update.restart.short'),
        cancel: i18n.t('update.later'),
      });
      // What was typed while the question was open is saved too.
      if (!agreed || !(await compose.keepAll()).safe) return;
    }
    try {
      if (!(await host.installUpdate())) announcer.fail(i18n.t('update.failed.install-failed'));
    } catch (error) {
      announcer.fail(explain(error));
    }
  }

  /** An engine that is away sends nothing: there is nothing to wait for. */
  async #unsent(): Promise<number> {
    try {
      const { entries } = await this.#parts.client.call('outbox.list', {});
      return countOnItsWay(entries, Date.now());
    } catch {
      return 0;
    }
  }
}
