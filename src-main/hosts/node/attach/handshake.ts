/**
 * Both sides of an attach prove that they can read the holder's file, by a keyed digest of each other's random number. So nobody who
 * took the address first (a named pipe, an old socket) is ever sent a command, and nobody else's command is ever carried out.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { FramedSocket } from './frames.ts';

const handshakeMs = 3000;
/** Long enough for every frame of a handshake. */
export const handshakeFrameBytes = 512;

const proofOf = (key: string, side: 'engine' | 'client', client: string, engine: string): string =>
  createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(`${side}|${client}|${engine}`)
    .digest('base64url');

function isEqual(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The next frame, or a rejection: the other side closed, or took too long. */
function nextFrame(frames: FramedSocket, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(handshakeMs, () => {
      reject(new MailError('deadline-exceeded', { ms: handshakeMs }));
    });
    frames.onClose(() => {
      timer[Symbol.dispose]();
      reject(new MailError('connection-closed'));
    });
    frames.onFrame((text) => {
      // What follows in the same piece of the stream is for whoever listens next.
      frames.onFrame(undefined);
      timer[Symbol.dispose]();
      resolve(text);
    });
  });
}

const refused = (): MailError => new MailError('not-permitted', { reason: 'attach' });

/** Resolves once the engine at the other end has proved itself and took this client in. */
export async function greetEngine(frames: FramedSocket, key: string, clock: Clock): Promise<void> {
  const own = randomBytes(32).toString('base64url');
  frames.send(own);
  const [engine, proof] = (await nextFrame(frames, clock)).split(' ', 2);
  if (engine === undefined || proof === undefined) throw refused();
  if (!isEqual(proof, proofOf(key, 'engine', own, engine))) throw refused();
  frames.send(proofOf(key, 'client', own, engine));
  if ((await nextFrame(frames, clock)) !== 'welcome') throw refused();
}

/** Resolves once the client at the other end has proved itself. */
export async function greetClient(frames: FramedSocket, key: string, clock: Clock): Promise<void> {
  const own = randomBytes(32).toString('base64url');
  const client = await nextFrame(frames, clock);
  frames.send(`${own} ${proofOf(key, 'engine', client, own)}`);
  if (!isEqual(await nextFrame(frames, clock), proofOf(key, 'client', client, own))) throw refused();
  frames.send('welcome');
}
