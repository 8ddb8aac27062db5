import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backOff } from '#engine/send/backOff.ts';
import { maxAttempts, nextJob, type Job, type JobEvent, type JobState } from '#engine/send/outboxState.ts';

const job = (state: JobState, attempts = 1): Job => ({ state, attempts, dueAt: 0 });
const after = (start: Job, ...events: JobEvent[]): JobState | 'refused' => {
  let current = start;
  for (const event of events) {
    const step = nextJob(current, event);
    if (!step.ok) return 'refused';
    current = step.job;
  }
  return current.state;
};

const events: readonly JobEvent[] = [
  { kind: 'start' },
  { kind: 'data-begins' },
  { kind: 'accepted' },
  { kind: 'partly-accepted', now: 1, random: 0.5 },
  { kind: 'refused' },
  { kind: 'temporary', now: 1, random: 0.5 },
  { kind: 'answer-lost' },
  { kind: 'recovered', now: 1 },
  { kind: 'found-in-sent' },
  { kind: 'cancel' },
  { kind: 'retry', now: 1 },
];

describe('the outbox state machine', () => {
  test('a mail goes from waiting over the wire to sent', () => {
    expect(after(job('waiting', 0), { kind: 'start' }, { kind: 'data-begins' }, { kind: 'accepted' })).toBe(
      'sent',
    );
  });

  test('a crash before the first byte is tried again, a crash after it is uncertain', () => {
    expect(after(job('connecting'), { kind: 'recovered', now: 5 })).toBe('retrying');
    expect(after(job('handing-over'), { kind: 'recovered', now: 5 })).toBe('uncertain');
  });

  test('an uncertain mail is never sent again without a person or proof', () => {
    for (const event of events) {
      const next = after(job('uncertain'), event);
      if (event.kind === 'retry') expect(next).toBe('retrying');
      else if (event.kind === 'found-in-sent') expect(next).toBe('sent');
      else if (event.kind === 'cancel') expect(next).toBe('cancelled');
      else expect(next).toBe('refused');
    }
  });

  test('a mail on the wire or sent cannot be cancelled', () => {
    for (const state of ['connecting', 'handing-over', 'sent'] as const)
      expect(after(job(state), { kind: 'cancel' })).toBe('refused');
  });

  test('temporary failures end in a failure a person sees, not in silence', () => {
    expect(after(job('connecting', maxAttempts), { kind: 'temporary', now: 1, random: 0 })).toBe('failed');
  });

  test('whatever happens in whatever order, a sent mail stays sent', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (sequence) => {
        let current: Job = { state: 'waiting', attempts: 0, dueAt: 0 };
        let sent = false;
        for (const event of sequence) {
          const step = nextJob(current, event);
          if (step.ok) current = step.job;
          if (sent) expect(current.state).toBe('sent');
          sent ||= current.state === 'sent';
        }
      }),
    );
  });

  test('the wait doubles, stays within an hour and a fifth, and is never nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random) => {
          const ms = backOff(attempt, random);
          expect(ms).toBeGreaterThanOrEqual(12_000);
          expect(ms).toBeLessThanOrEqual(1.2 * 60 * 60_000);
        },
      ),
    );
  });
});
