/** pdf.js, loaded when a PDF is opened: its worker comes from us, no eval, no WebAssembly. */
import { GlobalWorkerOptions, type PDFDocumentProxy, getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";
import { trustedScript } from "./trusted";

export type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";

let worker: Worker | null = null;

/** Opens a PDF held in memory; the bytes are handed over and must not be used afterwards. */
export function openPdf(bytes: ArrayBuffer): Promise<PDFDocumentProxy> {
  if (!worker) {
    worker = new Worker(trustedScript(workerUrl), { type: "module" });
    GlobalWorkerOptions.workerPort = worker;
  }
  return getDocument({
    data: bytes,
    enableXfa: false,
    // Nothing of a document goes to the console.
    verbosity: 0,
    useWasm: false,
    wasmUrl: `${__PDF_FOLDER__}wasm/`,
    standardFontDataUrl: `${__PDF_FOLDER__}standard_fonts/`,
  }).promise;
}
