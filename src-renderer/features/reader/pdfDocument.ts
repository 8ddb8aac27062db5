/**
 * A PDF as pages that can be drawn. Loaded when the first one is looked at, and no earlier: the library is larger than the rest of the
 * window. Drawn on a canvas and nothing more: no script of the file runs, no link of it leads anywhere, nothing is fetched.
 */
import { AnnotationMode, getDocument, PDFWorker } from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface PdfPage {
  /** Width by height. */
  readonly ratio: number;
  /** Draws it as wide as the canvas is shown. An abort ends it quietly. */
  draw(canvas: HTMLCanvasElement, width: number, signal: AbortSignal): Promise<void>;
  /** Its words, for who does not see them. */
  text(): Promise<string>;
}

export interface PdfFile extends Disposable {
  readonly pages: number;
  /** From 1 on. */
  page(number: number): Promise<PdfPage>;
}

/** A protected file, and every other that cannot be shown. */
export class PdfUnreadable extends Error {
  readonly reason: 'password' | 'damaged';

  constructor(reason: 'password' | 'damaged', cause: unknown) {
    super(reason, { cause });
    this.name = 'PdfUnreadable';
    this.reason = reason;
  }
}

/** A picture in a file may claim any size. */
const maxImagePixels = 64_000_000;
/** Beyond this a page is drawn coarser. */
const maxCanvasPixels = 16_000_000;

/** Throws PdfUnreadable. `content` is not usable afterwards: it goes to the worker. */
export async function openPdf(content: Uint8Array<ArrayBuffer>): Promise<PdfFile> {
  const port = new Worker(new URL('./pdfWorker.ts', import.meta.url), { type: 'module' });
  const worker = PDFWorker.create({ port });
  const end = (): void => {
    worker.destroy();
    port.terminate();
  };
  const task = getDocument({
    data: content,
    worker,
    maxImageSize: maxImagePixels,
    useWasm: false,
    useWorkerFetch: false,
    enableXfa: false,
    verbosity: 0,
  });
  try {
    const file = await task.promise;
    return {
      pages: file.numPages,
      async page(number) {
        const page = await file.getPage(number);
        const whole = page.getViewport({ scale: 1 });
        return {
          ratio: whole.width / whole.height,
          async draw(canvas, width, signal) {
            const wanted = (width * devicePixelRatio) / whole.width;
            const most = Math.sqrt(maxCanvasPixels / (whole.width * whole.height));
            const viewport = page.getViewport({ scale: Math.min(wanted, most) });
            canvas.width = Math.floor(viewport.width);
            canvas.height = Math.floor(viewport.height);
            const drawing = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE });
            const stop = (): void => drawing.cancel();
            signal.addEventListener('abort', stop, { once: true });
            try {
              await drawing.promise;
            } catch (error) {
              if (!signal.aborted) throw error;
            } finally {
              signal.removeEventListener('abort', stop);
            }
          },
          async text() {
            const { items } = await page.getTextContent();
            return items
              .map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : ''))
              .join('');
          },
        };
      },
      [Symbol.dispose]: () => {
        void task.destroy().finally(end);
      },
    };
  } catch (error) {
    void task.destroy().finally(end);
    const name = error instanceof Error ? error.name : '';
    throw new PdfUnreadable(name === 'PasswordException' ? 'password' : 'damaged', error);
  }
}
