/** A notice as words for a person. */
import { placedFaultText } from './faultText.ts';
import { translateCode, type Language, type TextParams } from './translate.ts';

/** undefined: a newer engine's, that there are no words for. Where a fault of a file is the reason, it is said in `language` as well. */
export function noticeText(code: string, params: TextParams, language: Language): string | undefined {
  const { fault, path, reason, ...details } = params;
  if (typeof fault !== 'string') return translateCode(language, 'notice', code, params);
  const told = { path: String(path ?? ''), code: fault, message: String(reason ?? ''), params: details };
  return translateCode(language, 'notice', code, { ...details, reason: placedFaultText(told, language) });
}
