/** Byte arrays that are ready for a structured clone. */

/**
 * A structured clone of a view copies the whole buffer behind it: for a slice of a pool that is up to gigabytes of strangers' bytes,
 * readable on the other side. So views of a larger buffer are copied first. Returns the same value where there is nothing to copy.
 */
export function compactBytes<T>(value: T): T {
  return compact(value, 0) as T;
}

const maxDepth = 100;

function compact(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return value;
  if (value instanceof Uint8Array) {
    return value.byteLength === value.buffer.byteLength ? value : Uint8Array.from(value);
  }
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let at = 0; at < value.length; at += 1) {
      const item: unknown = compact(value[at], depth + 1);
      if (item !== value[at]) (copy ??= [...(value as unknown[])])[at] = item;
    }
    return copy ?? value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(value)) {
    const compacted = compact(item, depth + 1);
    if (compacted !== item) (copy ??= { ...value })[key] = compacted;
  }
  return copy ?? value;
}
