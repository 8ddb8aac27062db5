/** What a job is called, and how far it is, in words. Pure. */
import type { Job } from '#shared/contract/jobs.ts';
import type { Translate } from '#shared/i18n/translate.ts';

export function jobName({ kind, folder }: Job, account: string | null, t: Translate): string {
  switch (kind) {
    case 'headers':
      return account === null ? t('jobs.headers') : t('jobs.headersOf', { account });
    case 'texts':
      return account === null ? t('jobs.texts') : t('jobs.textsOf', { account });
    case 'archive':
      return account === null ? t('jobs.archive') : t('jobs.archiveOf', { account });
    case 'import':
      return folder === null ? t('jobs.importing') : t('jobs.import', { folder });
    case 'export':
      return folder === null ? t('jobs.saving') : t('jobs.export', { folder });
    default:
      return t(`jobs.${kind}`);
  }
}

/** 0 to 1; null: nobody knows. */
export function jobShare({ done, total }: Job): number | null {
  return total > 0 ? Math.min(1, done / total) : null;
}

/** An import counts bytes, which say nothing to a person. */
export function jobProgress(job: Job, t: Translate, percent: (share: number) => string): string {
  const share = jobShare(job);
  if (share === null) return '';
  return job.kind === 'import' ? percent(share) : t('jobs.counted', { done: job.done, total: job.total });
}
