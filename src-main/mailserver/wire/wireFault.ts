/** What a network can do to the bytes of one connection. Counted in bytes on the wire: with TLS, encrypted ones. */

/** `to-client`: what the server sends. */
export type Direction = 'to-client' | 'to-server';

export type WireFault =
  /** Both ends are cut off once so many bytes went this way. */
  | { readonly effect: 'cut'; readonly direction: Direction; readonly afterBytes: number }
  /** Nothing more goes this way after so many bytes, and the connection stays open: a black hole (N05). */
  | { readonly effect: 'stall'; readonly direction: Direction; readonly afterBytes: number }
  /** After so many bytes (default 0) the rest trickles (N06). */
  | {
      readonly effect: 'slow';
      readonly direction: Direction;
      readonly bytesPerSecond: number;
      readonly afterBytes?: number;
    }
  /** Once a line that holds this text went by, these bytes follow it at once. */
  | {
      readonly effect: 'insert';
      readonly direction: Direction;
      readonly afterLine: string;
      readonly bytes: string;
    };
