/** A file as it can be shown: page by page, as a picture, as a text; else it is for downloading. */
import { catalogue as t } from "../catalogue";
import { ImageView } from "./image-view";
import { lazy } from "./lazy";
import { PlainText } from "./plain-text";
import { Notice } from "./states";

const PdfView = lazy(() => import("./pdf-view"));

export function FileView({ format, bytes, title }: { format: string; bytes: ArrayBuffer; title: string }) {
  if (format === "application/pdf") return <PdfView bytes={bytes} title={title} />;
  if (format === "image/jpeg" || format === "image/png") {
    return <ImageView bytes={bytes} format={format} title={title} />;
  }
  if (format === "text/plain") return <PlainText bytes={bytes} />;
  return (
    <Notice kind="info">
      <p>{t.document.notShown[format] ?? t.document.unknownFormat}</p>
    </Notice>
  );
}
