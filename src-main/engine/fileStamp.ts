/** Has a file changed since it was read? */
import { statSync } from 'node:fs';

/** Changes with every change of the file that is worth another look; also says that it is not there, or why it cannot be looked at. */
export function fileStamp(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${String(mtimeMs)} ${String(size)} ${String(ino)}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
