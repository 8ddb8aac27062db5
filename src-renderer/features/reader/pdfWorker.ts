/** PDFs are taken apart on a thread of their own, which has no page and no network. */
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
