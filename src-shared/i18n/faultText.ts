/** A fault of a file as words for a person. */
import type { Fault } from '../errors/MailError.ts';
import { translateCode, type Language, type TextParams } from './translate.ts';

/** In `language`; a code without words here, or one whose details did not come along, reads as its author wrote it (English). */
export function faultText({ code, message, params = {} }: Omit<Fault, 'path'>, language: Language): string {
  const word = (name: string, more: TextParams = {}): string | undefined =>
    translateCode(language, 'fault', name, more);
  if (code === 'not-json' && params['line'] !== undefined) return word('not-json-at', params) ?? message;
  const type = code === 'invalid-type' ? word(`type.${String(params['expected'])}`) : undefined;
  const text = word(code, type === undefined ? params : { ...params, expected: type });
  return text === undefined || /\{\w+\}/.test(text) ? message : text;
}

/** The same with its place before it. */
export function placedFaultText(fault: Fault, language: Language): string {
  return `${fault.path === '' ? '' : `${fault.path}: `}${faultText(fault, language)}`;
}
