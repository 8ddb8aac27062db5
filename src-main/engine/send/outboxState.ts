/**
 * The outbox's state machine, pure: what is known of a job and what happened in, its next state out. One job for each Message-ID;
 * a job never leaves `handing-over` by itself after a crash, because the server may have accepted the mail (the gap between SMTP's
 * 250 and our record of it cannot be closed, only be shown: research/reliability.md R02).
 */
import { backOff } from './backOff.ts';

/**
 * waiting: undo window or send later · connecting: on the way to DATA, nothing was handed over, safe to try again ·
 * handing-over: the mail's bytes are going out; from here on only the server's answer tells · the rest as in contract/compose.ts.
 */
export type JobState =
  'waiting' | 'connecting' | 'handing-over' | 'retrying' | 'sent' | 'failed' | 'uncertain' | 'cancelled';

export interface Job {
  readonly state: JobState;
  readonly attempts: number;
  /** ms since 1970; when to try next. Meaningful in `waiting` and `retrying`. */
  readonly dueAt: number;
}

export type JobEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'data-begins' }
  | { readonly kind: 'accepted' }
  /** Accepted for some; others were put off by the server and are tried again, alone. */
  | { readonly kind: 'partly-accepted'; readonly now: number; readonly random: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'temporary'; readonly now: number; readonly random: number }
  /** The connection ended where the server may or may not have accepted the mail. */
  | { readonly kind: 'answer-lost' }
  /** Found at start-up: the process ended in the middle. */
  | { readonly kind: 'recovered'; readonly now: number }
  | { readonly kind: 'found-in-sent' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'retry'; readonly now: number };

export type Transition = { readonly ok: true; readonly job: Job } | { readonly ok: false };

/** After this many temporary failures (about two days with the back-off below) the job has failed and the draft is back. */
export const maxAttempts = 40;

const refuse: Transition = { ok: false };
const to = (job: Job, change: Partial<Job>): Transition => ({ ok: true, job: { ...job, ...change } });

export function nextJob(job: Job, event: JobEvent): Transition {
  switch (event.kind) {
    case 'start':
      return job.state === 'waiting' || job.state === 'retrying'
        ? to(job, { state: 'connecting', attempts: job.attempts + 1 })
        : refuse;
    case 'data-begins':
      return job.state === 'connecting' ? to(job, { state: 'handing-over' }) : refuse;
    case 'accepted':
      return job.state === 'handing-over' ? to(job, { state: 'sent' }) : refuse;
    case 'partly-accepted':
      if (job.state !== 'handing-over') return refuse;
      if (job.attempts >= maxAttempts) return to(job, { state: 'sent' });
      return to(job, { state: 'retrying', dueAt: event.now + backOff(job.attempts, event.random) });
    case 'refused':
      return job.state === 'connecting' || job.state === 'handing-over'
        ? to(job, { state: 'failed' })
        : refuse;
    case 'temporary':
      if (job.state !== 'connecting' && job.state !== 'handing-over') return refuse;
      if (job.attempts >= maxAttempts) return to(job, { state: 'failed' });
      return to(job, { state: 'retrying', dueAt: event.now + backOff(job.attempts, event.random) });
    case 'answer-lost':
      return job.state === 'handing-over' ? to(job, { state: 'uncertain' }) : refuse;
    case 'recovered':
      if (job.state === 'handing-over') return to(job, { state: 'uncertain' });
      return job.state === 'connecting' ? to(job, { state: 'retrying', dueAt: event.now }) : refuse;
    case 'found-in-sent':
      return job.state === 'uncertain' ? to(job, { state: 'sent' }) : refuse;
    case 'cancel':
      return job.state === 'waiting' ||
        job.state === 'retrying' ||
        job.state === 'uncertain' ||
        job.state === 'failed'
        ? to(job, { state: 'cancelled' })
        : refuse;
    case 'retry':
      // Sending an uncertain job again is a person's decision, after looking.
      return job.state === 'waiting' ||
        job.state === 'retrying' ||
        job.state === 'failed' ||
        job.state === 'uncertain'
        ? to(job, { state: 'retrying', dueAt: event.now })
        : refuse;
  }
}

/** Nothing more happens to it by itself right now. */
export function isSettled(state: JobState): boolean {
  return state !== 'connecting' && state !== 'handing-over' && state !== 'waiting';
}
