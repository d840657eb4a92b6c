/** Choosing several documents of a list, and downloading them in one go. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { CarnetDocument } from "../api/types";
import { catalogue as t } from "../catalogue";
import { pickWords as w } from "../catalogue/pick";
import { type Failed, MANY_AT_MOST, nameOf, readEach, saveEach } from "../lib/download-many";
import { Button } from "./button";
import { verifiedContent } from "./document-view";
import { Icon } from "./icon";
import { tell } from "./states";
import { toast } from "./toast";

type Picked = ReadonlyMap<string, CarnetDocument>;

/** What is chosen; null while nothing is being chosen. */
export function usePicking() {
  const [picked, setPicked] = useState<Picked | null>(null);
  const begin = useCallback(() => setPicked(new Map()), []);
  const toggle = useCallback((doc: CarnetDocument) => {
    setPicked((old) => {
      const next = new Map(old);
      if (!next.delete(doc.id)) next.set(doc.id, doc);
      return next;
    });
  }, []);
  const set = useCallback((docs: readonly CarnetDocument[] | null) => {
    setPicked(docs && new Map(docs.map((doc) => [doc.id, doc])));
    // The bar is gone: the focus goes back to what opened it.
    if (!docs) requestAnimationFrame(() => document.getElementById("pick")?.focus());
  }, []);
  return { picked, begin, toggle, set };
}

function useDownload(pid: string, docs: readonly CarnetDocument[], done: () => void) {
  const files = useRef(new Map<string, ArrayBuffer>());
  const stop = useRef<AbortController | null>(null);
  const [read, setRead] = useState<number | null>(null);
  const [failed, setFailed] = useState<Failed[]>([]);
  useEffect(() => () => stop.current?.abort(), []);

  const save = () => {
    saveEach(docs, files.current, w.archive(files.current.size));
    toast(w.done(files.current.size));
    done();
  };
  const run = async () => {
    const { signal } = (stop.current = new AbortController());
    const had = files.current.size;
    let ended = 0;
    setFailed([]);
    setRead(had);
    const missing = await readEach(
      docs,
      files.current,
      (doc, cut) => verifiedContent(pid, doc, { signal: cut }),
      signal,
      () => setRead(had + ++ended),
    );
    setRead(null);
    if (signal.aborted) return;
    setFailed(missing);
    if (!missing.length) save();
  };
  return { read, failed, ready: files.current.size, run, save, cut: () => stop.current?.abort() };
}

function Missing({ failed, ready, retry, save }: {
  failed: Failed[];
  ready: number;
  retry: () => Promise<void>;
  save: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [failed]);
  return (
    <div class="panel danger" role="alert" tabIndex={-1} ref={box}>
      <Icon name="triangle-alert" size={24} />
      <div>
        <h2>{w.failedTitle(failed.length)}</h2>
        <ul>
          {failed.map(({ doc, error }) => (
            <li key={doc.id}>{w.because(nameOf(doc), tell(error).title)}</li>
          ))}
        </ul>
        <p>{w.failedText}</p>
        <div class="actions">
          <Button kind="primary" icon="refresh-cw" onPress={retry}>
            {w.retry(failed.length)}
          </Button>
          {ready > 0 && (
            <Button icon="download" onPress={save}>
              {w.keep(ready)}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}

interface Props {
  pid: string;
  picked: CarnetDocument[];
  /** What is listed now. */
  shown: readonly CarnetDocument[];
  set: (docs: readonly CarnetDocument[] | null) => void;
}

/** Another choice is another download: what was read for the former one is forgotten. */
export function PickBar(props: Props) {
  const { picked, set } = props;
  const heading = useRef<HTMLParagraphElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="pick-bar card" aria-label={w.bar}>
      <div class="pick-line">
        <p class="pick-count" role="status" tabIndex={-1} ref={heading}>
          {w.picked(picked.length)}
        </p>
        <Button kind="quiet" icon="x" onPress={() => set(null)}>
          {w.cancel}
        </Button>
      </div>
      <Download key={picked.map(({ id }) => id).join(" ")} {...props} />
    </section>
  );
}

function All({ picked, shown, set }: Props) {
  const others = shown.filter(({ id }) => !picked.some((doc) => doc.id === id));
  const room = MANY_AT_MOST - picked.length;
  if (room === 0) return <p class="hint">{w.limit(MANY_AT_MOST)}</p>;
  if (!others.length || others.length > room) return null;
  return (
    <Button kind="quiet" icon="check" label={w.allShown(shown.length)} onPress={() => set([...picked, ...others])}>
      {w.all(shown.length)}
    </Button>
  );
}

function Download(props: Props) {
  const { pid, picked, set } = props;
  const { read, failed, ready, run, save, cut } = useDownload(pid, picked, () => set(null));
  if (read !== null) {
    // A key of its own: the button that is still being pressed may not become « Arrêter ».
    return (
      <div key="reading" class="progress pick-line">
        <progress max={picked.length} value={read} aria-label={w.readingLabel} />
        <p role="status">{w.reading(read, picked.length)}</p>
        <Button icon="x" onPress={cut}>
          {w.stop}
        </Button>
      </div>
    );
  }
  if (failed.length) return <Missing {...{ failed, ready, save }} retry={run} />;
  return (
    <div class="pick-line">
      {picked.length > 0 && (
        <Button
          kind="primary"
          icon="download"
          label={`${t.document.download} : ${w.picked(picked.length)}`}
          onPress={run}
        >
          {t.document.download}
        </Button>
      )}
      <All {...props} />
    </div>
  );
}
