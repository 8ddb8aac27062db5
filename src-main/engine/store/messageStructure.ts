/** What is kept of a BODYSTRUCTURE: which parts are text to be fetched, and which are attachments. */
import * as z from 'zod';

export const StoredTextPart = z.object({
  /** IMAP part number; "1" for a message of one part. */
  part: z.string(),
  /** Lower case: "text/plain". */
  contentType: z.string(),
  /** Lower-case names: charset, format, delsp. */
  parameters: z.record(z.string(), z.string()),
  /** Lower case: "quoted-printable". */
  encoding: z.string(),
  /** Encoded bytes. */
  size: z.int(),
});
export type StoredTextPart = z.infer<typeof StoredTextPart>;

export const StoredAttachment = z.object({
  part: z.string(),
  filename: z.string(),
  contentType: z.string(),
  encoding: z.string(),
  /** Decoded bytes where known, else the estimate from the encoded size. */
  size: z.int(),
  inline: z.boolean(),
  contentId: z.string().nullable(),
});
export type StoredAttachment = z.infer<typeof StoredAttachment>;

export const MessageStructure = z.object({
  textParts: z.array(StoredTextPart),
  attachments: z.array(StoredAttachment),
});
export type MessageStructure = z.infer<typeof MessageStructure>;

/** What the clip in a list stands for: something to save, not a picture inside the text. */
export function hasAttachments(structure: MessageStructure | null): boolean {
  return structure !== null && structure.attachments.some((attachment) => !attachment.inline);
}
