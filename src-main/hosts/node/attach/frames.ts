/** Texts over a byte stream: each after its length in four bytes, biggest first. */
import type { Socket } from 'node:net';

export interface FramedSocket {
  send(text: string): void;
  /** One listener at a time: the handshake first, the transport afterwards. What arrives while there is none is kept. */
  onFrame(listener: ((text: string) => void) | undefined): void;
  onClose(listener: () => void): void;
  /** Raises the limit once the other side has proved itself. */
  allow(maxFrameBytes: number): void;
  close(): void;
}

const headerBytes = 4;

/** A frame beyond the limit, or a reader that leaves more than `maxBacklogBytes` unread, ends the connection. */
export function createFramedSocket(
  socket: Socket,
  limits: { maxFrameBytes: number; maxBacklogBytes: number },
): FramedSocket {
  let { maxFrameBytes } = limits;
  let pieces: Buffer[] = [];
  let size = 0;
  let wanted: number | undefined;
  let listener: ((text: string) => void) | undefined;
  const waiting: string[] = [];

  const takeBytes = (count: number): Buffer => {
    const all = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
    size -= count;
    pieces = size > 0 ? [all.subarray(count)] : [];
    return all.subarray(0, count);
  };
  const read = (): void => {
    for (;;) {
      if (wanted === undefined) {
        if (size < headerBytes) return;
        wanted = takeBytes(headerBytes).readUInt32BE(0);
        if (wanted > maxFrameBytes) {
          socket.destroy();
          return;
        }
      }
      if (size < wanted) return;
      const text = takeBytes(wanted).toString('utf8');
      wanted = undefined;
      if (listener) listener(text);
      else waiting.push(text);
    }
  };
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    size += piece.length;
    read();
  });
  // An error is always followed by a close.
  socket.on('error', () => undefined);

  return {
    send(text) {
      if (socket.destroyed) return;
      const body = Buffer.from(text, 'utf8');
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32BE(body.length);
      socket.write(Buffer.concat([header, body]));
      if (socket.writableLength > limits.maxBacklogBytes) socket.destroy();
    },
    onFrame(next) {
      listener = next;
      while (listener && waiting.length > 0) listener(waiting.shift() ?? '');
    },
    onClose: (closed) => {
      if (socket.destroyed) closed();
      else socket.once('close', closed);
    },
    allow(bytes) {
      maxFrameBytes = bytes;
    },
    // What was sent before still gets out.
    close: () => {
      socket.end(() => socket.destroy());
    },
  };
}
