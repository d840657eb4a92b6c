/** A document and what is known of it: facts, content checked against its hash, what can be done. */
import type { ComponentChildren } from "preact";
import { useCallback, useState } from "preact/hooks";
import type { Pouring } from "../api/bytes";
import { api } from "../api/carnet";
import { me } from "../api/session";
import { Tampered } from "../api/problem";
import type { CarnetDocument } from "../api/types";
import { catalogue as t } from "../catalogue";
import { announcementWords } from "../catalogue/announcement";
import { downloadName, isShown, sha256 } from "../lib/file-facts";
import { dateLong, fileSize, instantDay, instantLong } from "../lib/format";
import { typeName } from "../lib/kinds";
import { useResource } from "../lib/resource";
import { saveAs } from "../lib/save";
import { scanned } from "../lib/scanned";
import { typo } from "../lib/typo";
import { Awaiting } from "./announcement";
import { announce } from "./announcer";
import { Original } from "./attachment-view";
import { Button, LinkButton } from "./button";
import { authorName, isSecret, kindOf, thePerson } from "./document-row";
import { FileView } from "./file-view";
import { Icon } from "./icon";
import { type Level, NarrativeView } from "./narrative-view";
import { ErrorPanel, Loading, Notice } from "./states";

/** Below it a file is there before its reader would wonder. */
const LONG_BYTES = 1024 * 1024;

/** Reads the bytes and checks them; raises Tampered when they are not those deposited. */
export async function verifiedContent(pid: string, doc: CarnetDocument, pouring?: Pouring) {
  const bytes = await api.content(pid, doc.id, doc.size_bytes, pouring);
  if ((await sha256(bytes)) !== doc.sha256.toLowerCase()) throw new Tampered();
  return bytes;
}

function Verified() {
  return (
    <p class="badge success">
      <Icon name="shield-check" />
      <span>{t.document.verified}</span>
    </p>
  );
}

function save(bytes: ArrayBuffer, doc: CarnetDocument) {
  const content = new Blob([bytes], { type: "application/octet-stream" });
  saveAs(content, downloadName(doc.care_date, doc.title, doc.author.name, doc.format));
}

const isScanned = ({ antivirus }: CarnetDocument) => antivirus.verdict === "clean";

/** What is on the screen can be printed from it. */
const isDrawn = ({ format }: CarnetDocument) => isShown(format) || format === "text/xml";

interface Props {
  pid: string;
  doc: CarnetDocument;
  /** Links and acts that depend on who reads. */
  children?: ComponentChildren;
  /** The level of headings inside the document. */
  level?: Level;
}

interface ViewProps extends Props {
  /** Where another version of it is. */
  hrefOf: (id: string) => string;
  /** It was made visible to the person. */
  onRevealed: () => void;
}

/** That another version stands for it, or which one it stands for. */
function Versions({ doc, hrefOf }: Pick<ViewProps, "doc" | "hrefOf">) {
  return (
    <>
      {doc.replaced_by && (
        <Notice kind="info">
          <p>{announcementWords.replaced}</p>
          <LinkButton href={hrefOf(doc.replaced_by)}>{announcementWords.newer}</LinkButton>
        </Notice>
      )}
      {doc.replaces && (
        <Notice kind="info">
          <p>{announcementWords.corrected(instantDay(doc.deposited_at))}</p>
          <LinkButton href={hrefOf(doc.replaces)}>{announcementWords.older}</LinkButton>
        </Notice>
      )}
    </>
  );
}

function Shown({ doc, bytes }: { doc: CarnetDocument; bytes: ArrayBuffer }) {
  const view = <FileView format={doc.format} bytes={bytes} title={doc.title} />;
  if (doc.format !== "text/plain") return view;
  return (
    <section class="card" aria-label={t.document.textTitle}>
      {view}
    </section>
  );
}

/** How far a file is: it may be minutes on a bad line. */
function Arriving({ read, size }: { read: number; size: number }) {
  return (
    <div class="loading progress" aria-busy="true">
      <progress max={size} value={read} aria-label={t.document.arriving} />
      <p>{t.document.arrived(fileSize(read), fileSize(size))}</p>
    </div>
  );
}

function FileContent({ pid, doc, children }: Props) {
  const [read, setRead] = useState(0);
  const content = useResource(`content ${pid} ${doc.id}`, (signal) => {
    setRead(0);
    return verifiedContent(pid, doc, { signal, onRead: setRead });
  });
  const isLong = doc.size_bytes > LONG_BYTES;
  return (
    <>
      {content.loading && (isLong ? <Arriving read={read} size={doc.size_bytes} /> : <Loading lines={8} />)}
      {content.error !== null && <ErrorPanel error={content.error} retry={content.reload} />}
      {content.data && (
        <>
          <Shown doc={doc} bytes={content.data} />
          <Bar doc={doc} verified load={async () => content.data as ArrayBuffer}>
            {children}
          </Bar>
        </>
      )}
    </>
  );
}

function ClinicalContent({ pid, doc, children, level = 2 }: Props) {
  const original = useCallback((signal: AbortSignal) => verifiedContent(pid, doc, { signal }), [pid, doc]);
  const narrative = useResource(`narrative ${pid} ${doc.id}`, (signal) => api.narrative(pid, doc.id, signal));
  return (
    <>
      {narrative.loading && <Loading lines={8} />}
      {narrative.error !== null && <ErrorPanel error={narrative.error} retry={narrative.reload} />}
      {narrative.data && (
        <>
          <Original.Provider value={original}>
            <NarrativeView narrative={narrative.data} level={level} title={doc.title} />
          </Original.Provider>
          <Bar doc={doc} load={() => verifiedContent(pid, doc)}>
            {children}
          </Bar>
        </>
      )}
    </>
  );
}

function Bar({ doc, load, verified, children }: {
  doc: CarnetDocument;
  load: () => Promise<ArrayBuffer>;
  verified?: boolean;
  children?: ComponentChildren;
}) {
  const [checked, setChecked] = useState(verified ?? false);
  const [error, setError] = useState<unknown>(null);
  const run = async (then?: (bytes: ArrayBuffer) => void) => {
    try {
      const bytes = await load();
      setChecked(true);
      setError(null);
      announce(t.document.verified);
      then?.(bytes);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <div class="document-bar">
      {checked && <Verified />}
      {error !== null && <ErrorPanel error={error} retry={() => run()} />}
      <div class="actions">
        {!checked && (
          <Button icon="shield-check" onPress={() => run()}>
            {t.document.verify}
          </Button>
        )}
        <Button icon="download" onPress={() => run((bytes) => save(bytes, doc))}>
          {t.document.download}
        </Button>
        {isDrawn(doc) && (
          <Button icon="printer" onPress={() => print()}>
            {t.document.print}
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function author({ author: who }: CarnetDocument): string {
  const said = [who.name, who.profession, who.organisation].filter(Boolean).join(", ");
  return said ? typo(said) : t.common.none;
}

function Facts({ doc }: { doc: CarnetDocument }) {
  return (
    <details class="facts">
      <summary>{t.document.facts}</summary>
      <dl>
        <Fact name={t.document.type}>{typeName(doc.type, me.value?.role)}</Fact>
        <Fact name={t.document.category}>{typo(doc.category.label)}</Fact>
        <Fact name={t.document.author}>{author(doc)}</Fact>
        <Fact name={t.document.depositedBy}>
          {typo(doc.depositor.name ?? thePerson())}
        </Fact>
        <Fact name={t.document.depositedAt}>
          <div class="begins">{instantLong(doc.deposited_at)}</div>
        </Fact>
        <Fact name={t.document.size}>{fileSize(doc.size_bytes)}</Fact>
        {isScanned(doc) && <Fact name={t.document.antivirus}>{scanned(doc.antivirus)}</Fact>}
      </dl>
    </details>
  );
}

/** The line under the title: when, what, who. */
export const summaryOf = (doc: CarnetDocument) =>
  [
    dateLong(doc.care_date),
    kindOf(doc),
    authorName(doc),
  ]
    .filter(Boolean)
    .join(" · ");

export function DocumentView({ pid, doc, children, level, hrefOf, onRevealed }: ViewProps) {
  const Content = doc.format === "text/xml" ? ClinicalContent : FileContent;
  return (
    <div class="document">
      {isSecret(doc) && me.value?.role === "professional" && (
        <Notice kind="warning" title={t.documents.secret}>
          <p>{t.documents.secretText}</p>
        </Notice>
      )}
      {doc.warnings.length > 0 && (
        <Notice kind="warning" title={t.document.warnings}>
          <ul>
            {doc.warnings.map((warning) => (
              <li key={warning}>{t.document.oddities[warning] ?? t.document.oddity}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Versions doc={doc} hrefOf={hrefOf} />
      <Awaiting key={doc.id} pid={pid} doc={doc} onRevealed={onRevealed}>
        <Content key={doc.id} pid={pid} doc={doc} {...(level && { level })}>
          {children}
        </Content>
      </Awaiting>
      {!isScanned(doc) && <p class="hint">{scanned(doc.antivirus)}</p>}
      <Facts doc={doc} />
    </div>
  );
}
