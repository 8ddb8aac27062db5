/** Pictures as data for the frame: only such that are pictures by their own bytes, whatever their type says (H17). */

const largestBytes = 20_000_000;

const signatures: readonly { readonly type: string; readonly test: (bytes: Uint8Array) => boolean }[] = [
  { type: 'image/png', test: (b) => begins(b, [0x89, 0x50, 0x4e, 0x47]) },
  { type: 'image/jpeg', test: (b) => begins(b, [0xff, 0xd8, 0xff]) },
  { type: 'image/gif', test: (b) => begins(b, [0x47, 0x49, 0x46, 0x38]) },
  { type: 'image/bmp', test: (b) => begins(b, [0x42, 0x4d]) },
  { type: 'image/x-icon', test: (b) => begins(b, [0, 0, 1, 0]) },
  { type: 'image/webp', test: (b) => begins(b, [0x52, 0x49, 0x46, 0x46]) && ascii(b, 8, 12) === 'WEBP' },
  { type: 'image/avif', test: (b) => ascii(b, 4, 12) === 'ftypavif' || ascii(b, 4, 12) === 'ftypavis' },
];

function begins(bytes: Uint8Array, wanted: readonly number[]): boolean {
  return wanted.every((byte, at) => bytes[at] === byte);
}
function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

/** The type by the bytes; null: no picture that may be shown. */
export function pictureType(bytes: Uint8Array): string | null {
  if (bytes.byteLength > largestBytes) return null;
  return signatures.find(({ test }) => test(bytes))?.type ?? null;
}

/** A data: address; null: no picture. */
export async function pictureData(bytes: Uint8Array): Promise<string | null> {
  const type = pictureType(bytes);
  if (type === null) return null;
  const blob = new Blob([Uint8Array.from(bytes)], { type });
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : null);
    reader.onerror = () => reject(reader.error ?? new Error('reading a picture'));
    reader.readAsDataURL(blob);
  });
}
