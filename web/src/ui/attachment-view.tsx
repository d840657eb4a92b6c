/** A file held inside a clinical document: shown when it is one we can draw. */
import { useMemo, useState } from "preact/hooks";
import type { Attachment } from "../api/types";
import { catalogue as t } from "../catalogue";
import { fileSize } from "../lib/format";
import { Button } from "./button";
import { FileView } from "./file-view";
import { Notice } from "./states";

const decode = (data: string) =>
  Uint8Array.from(atob(data), (character) => character.codePointAt(0) ?? 0).buffer;

export function AttachmentView({ file, name }: { file: Attachment; name: string }) {
  const bytes = useMemo(() => (file.data ? decode(file.data) : null), [file]);
  if (!bytes || !file.media_type) {
    return (
      <Notice kind="warning">
        <p>{file.refused ? t.document.refusedFile : t.document.unknownFormat}</p>
      </Notice>
    );
  }
  return <FileView format={file.media_type} bytes={bytes} title={name} />;
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
