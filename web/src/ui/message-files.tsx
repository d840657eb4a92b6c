/** The files of a message: each opens here, and is kept among the documents in one press. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { messagesApi } from "../api/messages";
import type { MessageFile } from "../api/types";
import { catalogue } from "../catalogue";
import { messageWords as t } from "../catalogue/messages";
import { useAttempt } from "../lib/attempt";
import { isShown } from "../lib/file-facts";
import { fileSize } from "../lib/format";
import { domId } from "../lib/ids";
import { forgetLists } from "../lib/paging";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { saveAs } from "../lib/save";
import { scanned } from "../lib/scanned";
import { announce } from "./announcer";
import { Button, LinkButton } from "./button";
import { FileView } from "./file-view";
import { Icon } from "./icon";
import { ErrorPanel, Loading, Notice } from "./states";

interface FileProps {
  conversation: string;
  file: MessageFile;
}

function Content({ conversation, file, children }: FileProps & { children: ComponentChildren }) {
  const content = useResource(`attachment ${conversation} ${file.id}`, (signal) =>
    messagesApi.content(conversation, file.id, signal),
  );
  return (
    <div class="file-content">
      {content.loading && <Loading lines={6} />}
      {content.error !== null && <ErrorPanel error={content.error} retry={content.reload} />}
      {content.data && <FileView format={file.format} bytes={content.data} title={file.name} />}
      {children}
    </div>
  );
}

interface Kept {
  documentId: string;
  isNew: boolean;
}

function Result({ name, kept }: { name: string; kept: Kept }) {
  const [id] = useState(() => domId("saved"));
  // The button pressed is gone: the focus goes to what it made.
  useEffect(() => document.getElementById(id)?.focus(), []);
  return (
    <Notice kind="success">
      <p>{kept.isNew ? said(t).saved(name) : said(t).savedAlready(name)}</p>
      <LinkButton id={id} href={`/documents/${kept.documentId}`}>{t.seeDocument}</LinkButton>
    </Notice>
  );
}

function File({ conversation, file, own }: FileProps & { own: boolean }) {
  const [open, setOpen] = useState(false);
  const [kept, setKept] = useState<Kept | null>(null);
  const { error, attempt } = useAttempt();
  const save = () =>
    attempt(async () => {
      const result = await messagesApi.save(conversation, file.id);
      forgetLists();
      setKept(result);
      announce(result.isNew ? said(t).saved(file.name) : said(t).savedAlready(file.name));
    });
  const download = () =>
    attempt(async () => {
      const bytes = await messagesApi.content(conversation, file.id);
      saveAs(new Blob([bytes], { type: "application/octet-stream" }), file.name);
    });
  const toDevice = (
    <Button icon="download" label={t.downloadNamed(file.name)} onPress={download}>
      {catalogue.document.download}
    </Button>
  );
  return (
    <li class="joined-file">
      <p class="joined-name">
        <Icon name={file.format.startsWith("image/") ? "image" : "file-text"} />
        <span>
          {file.name} <span class="muted">{fileSize(file.size_bytes)}</span>
        </span>
      </p>
      {file.antivirus && <p class="hint">{scanned(file.antivirus)}</p>}
      <div class="actions">
        {isShown(file.format) ? (
          <Button
            icon={open ? "x" : "eye"}
            label={open ? t.hideNamed(file.name) : t.openNamed(file.name)}
            onPress={() => setOpen(!open)}
          >
            {open ? t.hideFile : t.openFile}
          </Button>
        ) : (
          toDevice
        )}
        {own && !kept && (
          <Button icon="file-plus" label={said(t).saveNamed(file.name)} onPress={save}>
            {said(t).save}
          </Button>
        )}
      </div>
      {error !== null && <ErrorPanel error={error} reply />}
      {kept && <Result name={file.name} kept={kept} />}
      {open && (
        <Content conversation={conversation} file={file}>
          {toDevice}
        </Content>
      )}
    </li>
  );
}

/** `own`: whoever reads may put them, which she was sent, among the documents of the record. */
export function MessageFiles({ conversation, files, own }: {
  conversation: string;
  files: MessageFile[];
  own: boolean;
}) {
  if (files.length === 0) return null;
  return (
    <ul class="joined-files" role="list" aria-label={t.files}>
      {files.map((file) => (
        <File key={file.id} conversation={conversation} file={file} own={own} />
      ))}
    </ul>
  );
}
