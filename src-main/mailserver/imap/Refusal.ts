/** Thrown by a command's handler: what the tagged answer says instead of OK. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: 'NO' | 'BAD';
  /** Response code without brackets, for example "TRYCREATE". */
  readonly code: string | null;

  constructor(status: 'NO' | 'BAD', text: string, code: string | null = null) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

export function bad(text: string): Refusal {
  return new Refusal('BAD', text);
}
