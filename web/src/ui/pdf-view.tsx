/** A PDF page by page: zoom to 400 %, rotation, the keyboard, and the text of each page. */
import { useEffect, useRef, useState } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import type { PDFDocumentProxy } from "../lib/pdf";
import { isTyping } from "../lib/shortcuts";
import { zoomed } from "../lib/zoom";
import { announce } from "./announcer";
import { Button } from "./button";
import { Loading, Notice } from "./states";

interface View {
  page: number;
  zoom: number;
  turn: number;
}

function usePdf(bytes: ArrayBuffer) {
  const [state, setState] = useState<{ pdf: PDFDocumentProxy | null; failed: boolean }>({
    pdf: null,
    failed: false,
  });
  useEffect(() => {
    let gone = false;
    let opened: PDFDocumentProxy | null = null;
    import("../lib/pdf")
      .then(({ openPdf }) => openPdf(bytes.slice(0)))
      .then((pdf) => {
        opened = pdf;
        if (gone) return pdf.loadingTask.destroy();
        return setState({ pdf, failed: false });
      })
      .catch(() => !gone && setState({ pdf: null, failed: true }));
    return () => {
      gone = true;
      opened?.loadingTask.destroy().catch(() => undefined);
    };
  }, [bytes]);
  return state;
}

/** Draws one page on the canvas; the newest request wins. */
function useDrawing(pdf: PDFDocumentProxy, { page, zoom, turn }: View, width: number) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    if (width === 0) return undefined;
    let gone = false;
    let stop = () => {};
    setText(null);
    const draw = async () => {
      const sheet = await pdf.getPage(page);
      const target = canvas.current;
      if (gone || !target) return;
      const rotation = (sheet.rotate + turn) % 360;
      const natural = sheet.getViewport({ scale: 1, rotation });
      const scale = (width / natural.width) * (zoom / 100);
      const density = Math.min(devicePixelRatio || 1, 2);
      const viewport = sheet.getViewport({ scale: scale * density, rotation });
      target.width = Math.floor(viewport.width);
      target.height = Math.floor(viewport.height);
      target.style.width = `${viewport.width / density}px`;
      const work = sheet.render({ canvas: target, viewport });
      stop = () => work.cancel();
      await work.promise;
      const content = await sheet.getTextContent();
      if (!gone) setText(lines(content.items));
    };
    draw().catch((error: unknown) => {
      if (!gone && (error as Error).name !== "RenderingCancelledException") setText("");
    });
    return () => {
      gone = true;
      stop();
    };
  }, [pdf, page, zoom, turn, width]);
  return { canvas, text };
}

function lines(items: readonly object[]): string {
  return items
    .map((item) => ("str" in item && "hasEOL" in item ? `${item.str}${item.hasEOL ? "\n" : ""}` : ""))
    .join("")
    .trim();
}

function Tools({ view, pages, go }: { view: View; pages: number; go: (change: Partial<View>) => void }) {
  return (
    <div class="viewer-tools pages" role="group" aria-label={t.document.viewer}>
      {pages > 1 && (
        <>
          <Button kind="quiet" icon="chevron-left" label={t.document.previous} onPress={() => go({ page: view.page - 1 })}>
            <span class="tool-word">{t.document.previousWord}</span>
          </Button>
          <p class="viewer-page">{t.document.page(view.page, pages)}</p>
          <Button kind="quiet" icon="chevron-right" label={t.document.next} onPress={() => go({ page: view.page + 1 })}>
            <span class="tool-word">{t.document.nextWord}</span>
          </Button>
        </>
      )}
      {pages === 1 && <p class="viewer-page single">{t.document.page(1, 1)}</p>}
      <Button kind="quiet" icon="zoom-out" label={t.document.zoomOut} onPress={() => go({ zoom: zoomed(view.zoom, -1) })}>
        <span class="tool-word">{t.document.zoomOut}</span>
      </Button>
      <p class="viewer-zoom">{t.document.zoom(view.zoom)}</p>
      <Button kind="quiet" icon="zoom-in" label={t.document.zoomIn} onPress={() => go({ zoom: zoomed(view.zoom, 1) })}>
        <span class="tool-word">{t.document.zoomIn}</span>
      </Button>
      <Button kind="quiet" icon="rotate-cw" label={t.document.rotate} onPress={() => go({ turn: (view.turn + 90) % 360 })}>
        <span class="tool-word">{t.document.rotate}</span>
      </Button>
    </div>
  );
}

/** What a key does to the view, or nothing. */
export function keyed(key: string, view: View, pages: number): Partial<View> | null {
  if (key === "ArrowRight" || key === "PageDown") return { page: Math.min(pages, view.page + 1) };
  if (key === "ArrowLeft" || key === "PageUp") return { page: Math.max(1, view.page - 1) };
  if (key === "Home") return { page: 1 };
  if (key === "End") return { page: pages };
  if (key === "+" || key === "=") return { zoom: zoomed(view.zoom, 1) };
  if (key === "-") return { zoom: zoomed(view.zoom, -1) };
  if (key === "r" || key === "R") return { turn: (view.turn + 90) % 360 };
  return null;
}

function useFrameWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const measure = () => setWidth(Math.max(200, (frame.current?.clientWidth ?? 600) - 2));
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, []);
  return { frame, width };
}

function Pages({ pdf, title }: { pdf: PDFDocumentProxy; title: string }) {
  const [view, setView] = useState<View>({ page: 1, zoom: 100, turn: 0 });
  const { frame, width } = useFrameWidth();
  const { canvas, text } = useDrawing(pdf, view, width);
  const pages = pdf.numPages;

  const go = (change: Partial<View>) => {
    const next = { ...view, ...change };
    next.page = Math.max(1, Math.min(pages, next.page));
    if (next.page !== view.page) announce(t.document.page(next.page, pages));
    else if (next.zoom !== view.zoom) announce(t.document.zoom(next.zoom));
    setView(next);
  };

  return (
    <section class="viewer" aria-label={t.document.viewer}>
      <Tools view={view} pages={pages} go={go} />
      <div
        class="sheet"
        ref={frame}
        tabIndex={0}
        role="group"
        aria-label={`${t.document.viewer}. ${t.document.viewerHint}`}
        onKeyDown={(event) => {
          const change = isTyping(event) ? null : keyed(event.key, view, pages);
          if (!change) return;
          event.preventDefault();
          go(change);
        }}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${title}. ${t.document.page(view.page, pages)}`}
          data-drawn={text === null ? undefined : view.page}
        />
      </div>
      <details class="page-text">
        <summary>{t.document.pageText}</summary>
        <p class="plain-text">{text || t.document.noPageText}</p>
      </details>
      <p class="hint keys-hint">{t.document.viewerHint}</p>
    </section>
  );
}

export default function PdfView({ bytes, title }: { bytes: ArrayBuffer; title: string }) {
  const { pdf, failed } = usePdf(bytes);
  if (failed) {
    return (
      <Notice kind="warning">
        <p>{t.document.unreadable}</p>
      </Notice>
    );
  }
  return pdf ? <Pages pdf={pdf} title={title} /> : <Loading lines={8} />;
}
