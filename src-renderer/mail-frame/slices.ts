/**
 * Long work in slices, between which the window hears and draws (H16). What does such work is written once, as a generator that yields
 * wherever it may be interrupted; here it is run at a stretch, or with pauses for as long as somebody wants its outcome.
 */

/** `pause`: what comes next takes long and cannot be interrupted, so it begins a slice of its own. */
export type Steps<T> = Generator<'pause' | undefined, T>;

/** Where a frame is expected 60 times a second nobody notices one or two that are late. */
const sliceMs = 25;
/** So long it runs without a pause: what most mails take, which are then there at once. */
const firstSliceMs = 30;

export interface SliceOptions {
  /** Aborted: nothing more is done, and the outcome is the signal's reason. */
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  /** Resolves when what waited has had its turn. */
  readonly pause?: () => Promise<void>;
}

/** An outcome that is there, or is on its way. */
export type Begun<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly rest: Promise<T> };

export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Runs the first slice at once. What takes no longer than that has its outcome immediately. */
export function begin<T>(steps: Steps<T>, options: SliceOptions = {}): Begun<T> {
  const { signal, now = () => performance.now(), pause = letOthersRun } = options;
  const first = slice(steps, firstSliceMs, now);
  if (first.done) return first;
  const goOn = async (): Promise<T> => {
    try {
      for (;;) {
        await pause();
        signal?.throwIfAborted();
        const next = slice(steps, sliceMs, now);
        if (next.done) return next.value;
      }
    } finally {
      // Whatever it holds open, where it ends early.
      steps.return(undefined as never);
    }
  };
  return { done: false, rest: goOn() };
}

export async function inSlices<T>(steps: Steps<T>, options: SliceOptions = {}): Promise<T> {
  const begun = begin(steps, options);
  return begun.done ? begun.value : begun.rest;
}

function slice<T>(
  steps: Steps<T>,
  ms: number,
  now: () => number,
): { done: true; value: T } | { done: false } {
  const until = now() + ms;
  do {
    const step = steps.next();
    if (step.done === true) return { done: true, value: step.value };
    if (step.value === 'pause') break;
  } while (now() < until);
  return { done: false };
}

/** A turn for whatever waits: keys, drawing. Not by `scheduler.yield`, which puts what goes on before the next drawing. */
export function letOthersRun(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
