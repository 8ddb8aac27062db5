/** An error's code and parameters as words for a person. */
import { isMailErrorCode } from '../errors/MailError.ts';
import type { WireError } from '../errors/MailError.ts';
import { placedFaultText } from './faultText.ts';
import { errorsDe } from './errors.de.ts';
import { errorsEn } from './errors.en.ts';
import type { ErrorWords } from './errors.en.ts';
import type { Language, TextParams } from './translate.ts';

const catalogues = { en: errorsEn, de: errorsDe } as const;

/** Both texts in `language`; a code that is not known (a newer engine) reads as `internal` with the code. */
export function errorText(
  wire: Pick<WireError, 'code' | 'params' | 'faults'>,
  language: Language,
): ErrorWords {
  const { code } = wire;
  const words = catalogues[language][isMailErrorCode(code) ? code : 'internal'];
  const [fault] = wire.faults ?? [];
  const params = {
    ...wire.params,
    ...(isMailErrorCode(code) ? {} : { code }),
    ...(code === 'config-unreachable' ? reasonInWords(wire.params, language) : {}),
    // The reason is the first fault's, in words of this language.
    ...(code === 'policy-unreadable' && fault ? { reason: placedFaultText(fault, language) } : {}),
  };
  return { message: fillOptional(words.message, params), hint: fillOptional(words.hint, params) };
}

/** A reason that is a code itself ("certificate-expired") says what that code says. */
function reasonInWords(params: TextParams, language: Language): TextParams {
  const { reason } = params;
  if (typeof reason !== 'string' || !isMailErrorCode(reason)) return {};
  return { reason: fillOptional(catalogues[language][reason].message, params).replace(/\.$/, '') };
}

/** Fills placeholders; a bracketed part whose placeholders have no value is left out with its brackets. */
export function fillOptional(text: string, params: TextParams): string {
  const value = (name: string): string => {
    const found = Object.hasOwn(params, name) ? params[name] : undefined;
    return found === undefined ? '' : String(found);
  };
  const filled = text.replace(/\[([^\]]*)\]/g, (_, part: string) => {
    let complete = true;
    const inner = part.replace(/\{(\w+)\}/g, (__, name: string) => {
      const text = value(name);
      if (text === '') complete = false;
      return text;
    });
    return complete ? inner : '';
  });
  return (
    filled
      .replace(/\{(\w+)\}/g, (_, name: string) => value(name))
      .replace(/ {2,}/g, ' ')
      // What a part that was left out stood before; ".eml" is a word of its own.
      .replace(/ ([.,])(?=\s|$)/g, '$1')
      .trim()
  );
}
