/** The wrapper of a signed .mobileconfig: a CMS SignedData (RFC 5652) around the property list. */
import * as pkijs from 'pkijs';
import { unusableFile } from './importRow.ts';

export interface SignedProfile {
  readonly content: Uint8Array;
  /** Common name of who signed it, for a person to judge: who may sign is not decided here. */
  readonly signer: string;
}

/** DER begins with a SEQUENCE; a property list with "<" or a byte order mark. */
export function isSigned(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80;
}

/** Errors: invalid-input (`truncated`, `not-signed-data`, `bad-signature`, `signature-expired`). */
export async function openSigned(bytes: Uint8Array, now: Date): Promise<SignedProfile> {
  let signed: pkijs.SignedData;
  try {
    const info = pkijs.ContentInfo.fromBER(Uint8Array.from(bytes).buffer);
    signed = new pkijs.SignedData({ schema: info.content as never });
  } catch {
    throw unusableFile('truncated', 'the signed file is cut off or damaged');
  }
  const octets = signed.encapContentInfo.eContent;
  if (octets === undefined) throw unusableFile('not-signed-data', 'the signature holds no profile');
  const certificate = signed.certificates?.find((one) => one instanceof pkijs.Certificate);
  const verified = await signed.verify({ signer: 0, checkChain: false }).catch(() => false);
  if (!verified || !certificate) {
    throw unusableFile(
      'bad-signature',
      'the signature does not fit: the file was changed after it was signed',
    );
  }
  if (certificate.notAfter.value < now || certificate.notBefore.value > now) {
    throw unusableFile(
      'signature-expired',
      `the certificate that signed this file was valid until ${certificate.notAfter.value.toISOString().slice(0, 10)}`,
    );
  }
  const name = certificate.subject.typesAndValues.find(({ type }) => type === '2.5.4.3');
  return {
    content: new Uint8Array(octets.getValue()),
    signer: name?.value.valueBlock.value ?? '',
  };
}
