/** html-to-text brings no types of its own: the part of its interface that we use. */
declare module 'html-to-text' {
  export interface DomNode {
    readonly type: string;
    readonly name?: string;
    readonly data?: string;
    readonly attribs?: Readonly<Record<string, string>>;
    readonly children?: readonly DomNode[];
    readonly parent?: DomNode | null;
  }

  export interface BlockTextBuilder {
    openBlock(options?: { leadingLineBreaks?: number; reservedLineLength?: number; isPre?: boolean }): void;
    closeBlock(options?: { trailingLineBreaks?: number; blockTransform?: (text: string) => string }): void;
    addInline(text: string, options?: { noWordTransform?: boolean }): void;
    addLiteral(text: string): void;
    addLineBreak(): void;
  }

  export type RecursiveCallback = (nodes: readonly DomNode[], builder: BlockTextBuilder) => void;

  export interface FormatOptions {
    leadingLineBreaks?: number;
    trailingLineBreaks?: number;
    [option: string]: unknown;
  }

  export type FormatCallback = (
    element: DomNode,
    walk: RecursiveCallback,
    builder: BlockTextBuilder,
    options: FormatOptions,
  ) => void;

  export interface SelectorDefinition {
    selector: string;
    format?: string;
    options?: FormatOptions;
  }

  export interface HtmlToTextOptions {
    baseElements?: {
      selectors?: string[];
      orderBy?: 'selectors' | 'occurrence';
      returnDomByDefault?: boolean;
    };
    decodeEntities?: boolean;
    encodeCharacters?: Record<string, string>;
    formatters?: Record<string, FormatCallback>;
    limits?: {
      ellipsis?: string;
      maxBaseElements?: number;
      maxChildNodes?: number;
      maxDepth?: number;
      maxInputLength?: number;
    };
    longWordSplit?: { forceWrapOnLimit?: boolean; wrapCharacters?: string[] };
    preserveNewlines?: boolean;
    selectors?: SelectorDefinition[];
    whitespaceCharacters?: string;
    wordwrap?: number | false | null;
  }

  export function compile<M = undefined>(options?: HtmlToTextOptions): (html: string, metadata?: M) => string;
  export function convert<M = undefined>(html: string, options?: HtmlToTextOptions, metadata?: M): string;
  export const htmlToText: typeof convert;
}
