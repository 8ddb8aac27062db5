/** Run for what it does; it gives nothing out. */
declare module 'pdfjs-dist/legacy/build/pdf.worker.mjs';
