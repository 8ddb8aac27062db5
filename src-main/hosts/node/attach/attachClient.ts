/** Reaches the engine of the process that holds a profile. */
import { connect } from 'node:net';
import type { Clock } from '#shared/base/clock.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Transport } from '#shared/rpc/transport.ts';
import { createFramedSocket } from './frames.ts';
import { greetEngine, handshakeFrameBytes } from './handshake.ts';
import type { Holder } from './holder.ts';
import { createSocketTransport, socketLimits } from './socketTransport.ts';

/** Throws a MailError where nobody answers there, or where who answers is not the holder. */
export async function attachTo(holder: Holder, clock: Clock): Promise<Transport> {
  if (!holder.attach) throw new MailError('not-supported');
  const socket = connect(holder.attach.address);
  const frames = createFramedSocket(socket, { ...socketLimits, maxFrameBytes: handshakeFrameBytes });
  try {
    await greetEngine(frames, holder.attach.key, clock);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return createSocketTransport(frames);
}
