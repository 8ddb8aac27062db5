/** How the page that is shown before a link is followed hands a mailto: link back to the window, in the browser host. */

export const leaveChannel = 'postkorb-leave';

export interface LeaveMessage {
  readonly mailto: string;
}

/** The mailto: address of a message on the channel, or null. */
export function readLeaveMessage(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('mailto' in data)) return null;
  const { mailto } = data;
  return typeof mailto === 'string' && /^mailto:/i.test(mailto) && mailto.length <= 100_000 ? mailto : null;
}
