/** The one way to not await a promise: says why, and its failure is reported instead of lost. */
export function drop(
  promise: Promise<unknown>,
  why: string,
  report: (error: unknown, why: string) => void,
): void {
  promise.catch((error: unknown) => {
    report(error, why);
  });
}
