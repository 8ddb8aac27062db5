/** What a mail is called as a file: the day it is of, then its subject, so that a folder of them stands in order. */
import { cleanFileName } from '../domain/fileName.ts';

/** Of the subject; the rest of the name is for the day and the ending. */
const maxSubject = 80;

/** "2025-03-05 Quarterly figures.eml". `day`: as it stands before the subject; by the clock of the place, which the caller knows. */
export function mailFileName(subject: string, day: string): string {
  const words = [...cleanFileName(subject.replace(/[/\\]/g, '-'))].slice(0, maxSubject).join('').trim();
  return cleanFileName(`${day} ${words}.eml`);
}
