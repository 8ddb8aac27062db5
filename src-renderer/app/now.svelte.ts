/** The time for what is shown relative to it ("14:05", "Mon"), told anew each minute. */
export class Now implements Disposable {
  value = $state(Date.now());
  readonly #timer: ReturnType<typeof setInterval>;

  constructor() {
    this.#timer = setInterval(() => {
      this.value = Date.now();
    }, 60_000);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
