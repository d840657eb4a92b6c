/** A file held inside a clinical document: shown when it is one we can draw. */
import { createContext } from "preact";
import { useContext, useMemo, useState } from "preact/hooks";
import type { Attachment } from "../api/types";
import { catalogue as t } from "../catalogue";
import { bytesOf } from "../lib/file-facts";
import { fileInside } from "../lib/file-inside";
import { fileSize } from "../lib/format";
import { useResource } from "../lib/resource";
import { Button } from "./button";
import { FileView } from "./file-view";
import { ErrorPanel, Loading, Notice } from "./states";

/** How the document that holds the files is read, for those that are too long for one answer. */
export const Original = createContext<(signal: AbortSignal) => Promise<ArrayBuffer>>(async () => {
  throw new Error("no original");
});

function FromOriginal({ file, name }: { file: Attachment; name: string }) {
  const read = useContext(Original);
  const inside = useResource(`inside ${file.sha256}`, async (signal) => ({
    bytes: await fileInside(await read(signal), file.sha256 ?? ""),
  }));
  if (inside.loading) return <Loading lines={8} />;
  if (inside.error !== null) return <ErrorPanel error={inside.error} retry={inside.reload} />;
  return <Drawn file={file} name={name} bytes={inside.data?.bytes ?? null} />;
}

function Drawn({ file, name, bytes }: { file: Attachment; name: string; bytes: ArrayBuffer | null }) {
  if (!bytes || !file.media_type) {
    return (
      <Notice kind="warning">
        <p>{file.refused ? t.document.refusedFile : t.document.unknownFormat}</p>
      </Notice>
    );
  }
  return <FileView format={file.media_type} bytes={bytes} title={name} />;
}

export function AttachmentView({ file, name }: { file: Attachment; name: string }) {
  const bytes = useMemo(() => (file.data ? bytesOf(file.data) : null), [file]);
  if (!file.data && !file.refused && file.sha256) return <FromOriginal file={file} name={name} />;
  return <Drawn file={file} name={name} bytes={bytes} />;
}

function Line({ file, name }: { file: Attachment; name: string }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <p class="attachment">
        <span>{t.document.showNamed(name, fileSize(file.size_bytes))}</span>
        <Button kind="quiet" label={`${open ? t.document.hide : t.document.show} ${name}`} onPress={() => setOpen(!open)}>
          {open ? t.document.hide : t.document.show}
        </Button>
      </p>
      {open && <AttachmentView file={file} name={name} />}
    </li>
  );
}

/** The files that the text does not show. */
export function AttachmentList({ files, level }: { files: Attachment[]; level: number }) {
  if (files.length === 0) return null;
  const Heading = `h${level}` as "h2";
  return (
    <section class="card">
      <Heading>{t.document.attachments}</Heading>
      <ul role="list">
        {files.map((file, index) => (
          <Line key={file.key} file={file} name={t.document.attachment(index + 1)} />
        ))}
      </ul>
    </section>
  );
}
