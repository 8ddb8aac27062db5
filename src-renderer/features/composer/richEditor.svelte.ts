/** The editor for formatted text: Squire with our cleaning, pictures kept as inline attachments, and what its toolbar shows. */
import Squire from 'squire-rte';
import { DisposableStore, toDisposable } from '#shared/base/disposables.ts';
import { linkTarget } from '../../mail-frame/links.ts';
import { isPicture } from './attachments.svelte.ts';
import type { Signature } from '#shared/contract/writing.ts';
import type { DraftAttachment } from '#shared/contract/compose.ts';
import type { BodyReader } from './composition.svelte.ts';
import { isUnchanged, signatureHtml, signatureMark } from './signature.ts';
import { quoteStyle } from './bodyText.ts';
import { cleanForEditor, fileOfData, readEditor } from './editorContent.ts';

export type InlineFormat = 'bold' | 'italic' | 'underline' | 'strike';
export type BlockFormat = 'bullets' | 'numbers' | 'quote';
export type EditorFormat = InlineFormat | BlockFormat | 'link';

const inlineFormats: readonly InlineFormat[] = ['bold', 'italic', 'underline', 'strike'];

const tagOf = {
  bold: 'B',
  italic: 'I',
  underline: 'U',
  strike: 'S',
  bullets: 'UL',
  numbers: 'OL',
  quote: 'BLOCKQUOTE',
  link: 'A',
} as const satisfies Record<EditorFormat, string>;

/** What the editor writes for: a mail, or a text of the settings that takes no pictures. */
export interface EditorOwner {
  readonly edited: boolean;
  readonly attachments: {
    add(file: File, inline?: boolean): Promise<DraftAttachment | null>;
    picture(contentId: string): Promise<string | null>;
  };
  bodyEdited(): void;
  attachReader(reader: BodyReader): Disposable;
  /** Work that changes the text when it ends. */
  waitFor(work: Promise<unknown>): void;
}

export class RichEditor implements BodyReader, Disposable {
  /** What is in force where the caret stands. */
  active = $state.raw<ReadonlySet<EditorFormat>>(new Set());
  readonly root: HTMLElement;
  readonly #composition: EditorOwner;
  readonly #squire: Squire;
  readonly #owned = new DisposableStore();
  #embedded = 0;

  constructor(root: HTMLElement, composition: EditorOwner, html: string) {
    this.root = root;
    this.#composition = composition;
    this.#squire = new Squire(root, {
      blockTag: 'DIV',
      tagAttributes: {
        blockquote: { type: 'cite', style: quoteStyle },
        a: { target: '_blank' },
        ul: {},
        ol: {},
        li: {},
        pre: {},
        code: {},
      },
      addLinks: true,
      sanitizeToDOMFragment: (dirty) => this.#clean(dirty),
      didError: (error: unknown) => {
        throw error;
      },
    });
    this.#squire.setHTML(html);
    this.#squire.moveCursorToStart();
    this.#show(root);
    for (const name of ['pathChange', 'select', 'cursor', 'input'] as const) {
      this.#squire.addEventListener(name, () => this.#look());
    }
    const begin = this.read();
    this.#squire.addEventListener('input', () => {
      // Also told of what only the browser did to the tree: a person has written once the text is another.
      if (composition.edited || this.read() !== begin) composition.bodyEdited();
    });
    for (const key of ['Enter', 'Shift-Enter'])
      this.#squire.setKeyHandler(key, (_squire, event, range) => this.#splitLine(event, range));
    this.#listen('paste', (event) => this.#onPaste(event as ClipboardEvent));
    this.#listen('click', (event) => this.#onClick(event));
    this.#owned.add(composition.attachReader(this));
  }

  read(): string {
    return readEditor(this.root);
  }

  focus({ atStart = false } = {}): void {
    if (atStart) this.#squire.moveCursorToStart();
    this.#squire.focus();
  }

  swapSignature(before: Signature, after: Signature | null): boolean {
    const blocks = [...this.root.querySelectorAll<HTMLElement>(`[${signatureMark}]`)];
    const block = blocks.findLast((one) => one.closest('blockquote') === null);
    if (!block || !isUnchanged(block.outerHTML, before)) return false;
    this.#squire.saveUndoState();
    if (after === null) block.remove();
    else block.replaceWith(this.#clean(signatureHtml(after)));
    return true;
  }

  insert({ html }: { readonly html: string }): void {
    this.#squire.focus();
    this.#squire.insertHTML(html);
    this.#look();
  }

  toggle(format: InlineFormat | BlockFormat): void {
    if (this.active.has(format)) this.#end(format);
    else this.#begin(format);
    this.#squire.focus();
    this.#look();
  }

  #begin(format: InlineFormat | BlockFormat): void {
    const editor = this.#squire;
    switch (format) {
      case 'bold':
        editor.bold();
        break;
      case 'italic':
        editor.italic();
        break;
      case 'underline':
        editor.underline();
        break;
      case 'strike':
        editor.strikethrough();
        break;
      case 'bullets':
        editor.makeUnorderedList();
        break;
      case 'numbers':
        editor.makeOrderedList();
        break;
      case 'quote':
        editor.increaseQuoteLevel();
    }
  }

  #end(format: InlineFormat | BlockFormat): void {
    const editor = this.#squire;
    switch (format) {
      case 'bold':
        editor.removeBold();
        break;
      case 'italic':
        editor.removeItalic();
        break;
      case 'underline':
        editor.removeUnderline();
        break;
      case 'strike':
        editor.removeStrikethrough();
        break;
      case 'bullets':
      case 'numbers':
        editor.removeList();
        break;
      case 'quote':
        editor.decreaseQuoteLevel();
    }
  }

  /** A format that was switched off at the end of a line: Squire begins the next line in it again, as it goes by the letter before. */
  #splitLine(event: KeyboardEvent, range: Range): void {
    const inForce = (): InlineFormat[] =>
      inlineFormats.filter((format) => this.#squire.hasFormat(tagOf[format]));
    const before = inForce();
    event.preventDefault();
    this.#squire.splitBlock(event.shiftKey, range);
    for (const format of inForce()) if (!before.includes(format)) this.#end(format);
    this.#look();
  }

  clearFormat(): void {
    this.#squire.removeAllFormatting();
    this.#squire.focus();
  }

  /** The address of the link at the caret, or ''. */
  linkAtCaret(): string {
    const range = this.#squire.getSelection();
    const node = range.startContainer;
    const element = node instanceof Element ? node : node.parentElement;
    return element?.closest('a')?.getAttribute('href') ?? '';
  }

  /** Makes a link of the selection; without one, writes the address and links it. False: this is no address that may be linked. */
  setLink(address: string): boolean {
    const typed = address.trim();
    const candidate = /^[a-z][a-z0-9+.-]*:/i.test(typed)
      ? typed
      : /^[^\s/@]+@[^\s/@]+$/.test(typed)
        ? `mailto:${typed}`
        : `https://${typed}`;
    const target = typed === '' ? null : linkTarget(candidate);
    if (target === null) return false;
    this.#squire.focus();
    this.#squire.makeLink(target.url);
    this.#look();
    return true;
  }

  removeLink(): void {
    this.#squire.focus();
    this.#squire.removeLink();
    this.#look();
  }

  /** Attaches a picture and shows it at the caret. */
  async insertPicture(file: File): Promise<void> {
    const squire = this.#squire;
    const picture = squire.insertImage('', { alt: file.name.replace(/\.[^.]*$/, '') });
    picture.classList.add('loading');
    await this.#attach(picture, file);
  }

  #clean(dirty: string): DocumentFragment {
    const { fragment, embedded } = cleanForEditor(dirty, this.root.ownerDocument);
    for (const { element, data } of embedded) {
      this.#embedded += 1;
      const file = fileOfData(data, `image${this.#embedded}`);
      if (file) void this.#attach(element, file);
      else element.remove();
    }
    this.#show(fragment);
    return fragment;
  }

  async #attach(picture: HTMLImageElement, file: File): Promise<void> {
    const work = this.#attachNow(picture, file);
    // Sending waits for it: a picture that is still on its way has no Content-ID to be sent by.
    this.#composition.waitFor(work);
    await work;
  }

  async #attachNow(picture: HTMLImageElement, file: File): Promise<void> {
    const stored = await this.#composition.attachments.add(file, true);
    if (stored?.contentId == null) {
      picture.remove();
    } else {
      picture.setAttribute('data-cid', stored.contentId);
      picture.classList.remove('loading');
      if (picture.classList.length === 0) picture.removeAttribute('class');
      this.#show(picture.parentNode ?? picture);
    }
    this.#composition.bodyEdited();
  }

  /** Gives pictures that are known by their Content-ID an address that this window can draw. */
  #show(within: ParentNode): void {
    for (const picture of within.querySelectorAll<HTMLImageElement>('img[data-cid]')) {
      if (picture.getAttribute('src')) continue;
      void this.#composition.attachments.picture(picture.dataset['cid'] ?? '').then((url) => {
        if (url !== null) picture.src = url;
      });
    }
  }

  /** Files on the clipboard: pictures into the text, others to the attachments. A text that a picture of itself comes with stays a text. */
  #onPaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    const html = event.clipboardData?.getData('text/html') ?? '';
    const body = new DOMParser().parseFromString(html, 'text/html').body;
    if (body.textContent.trim() !== '' || body.querySelector('table')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.takeFiles(files);
  }

  async takeFiles(files: readonly File[]): Promise<void> {
    for (const file of files) {
      if (isPicture(file.type)) await this.insertPicture(file);
      else await this.#composition.attachments.add(file);
    }
  }

  /** A click in the editor places the caret and follows no link. */
  #onClick(event: Event): void {
    if (event.target instanceof Element && event.target.closest('a')) event.preventDefault();
  }

  #look(): void {
    const now = new Set<EditorFormat>();
    for (const format of Object.keys(tagOf) as EditorFormat[]) {
      if (this.#squire.hasFormat(tagOf[format])) now.add(format);
    }
    const before = this.active;
    if (now.size !== before.size || [...now].some((format) => !before.has(format))) this.active = now;
  }

  #listen(name: string, listener: (event: Event) => void): void {
    this.root.addEventListener(name, listener, { capture: true });
    this.#owned.add(toDisposable(() => this.root.removeEventListener(name, listener, { capture: true })));
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
    this.#squire.destroy();
  }
}
