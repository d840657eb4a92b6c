/** What waits to be announced: the alert before it is opened, and making it visible (R-CNF-04). */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/carnet";
import type { CarnetDocument } from "../api/types";
import { announcementWords as words } from "../catalogue/announcement";
import { catalogue as t } from "../catalogue";
import { dateLong, parisDay } from "../lib/format";
import { forgetLists } from "../lib/paging";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorPanel, Notice } from "./states";
import { toast } from "./toast";

/** The day to look at it again is past. */
export const isOverdue = ({ announcement }: CarnetDocument) =>
  announcement !== null && announcement.review_on < parisDay(new Date().toISOString());

export function AwaitedBadge({ doc }: { doc: CarnetDocument }) {
  if (!doc.announcement) return null;
  return <span class="badge warning">{isOverdue(doc) ? words.badgeLate : words.badge}</span>;
}

function Reveal({ pid, doc, onRevealed }: { pid: string; doc: CarnetDocument; onRevealed: () => void }) {
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const reveal = async () => {
    try {
      await api.revealDocument(pid, doc.id);
      forgetLists();
      toast(words.done);
      onRevealed();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <>
      <Button icon="eye" onPress={() => setAsked(true)}>
        {words.reveal}
      </Button>
      {asked && (
        <Dialog title={words.revealTitle} onClose={() => setAsked(false)} alert>
          <p>{words.revealText(doc.title)}</p>
          <p>{words.revealFinal}</p>
          {error !== null && <ErrorPanel error={error} retry={reveal} />}
          <div class="actions">
            <Button kind="primary" onPress={reveal}>
              {words.confirm}
            </Button>
            <Button onPress={() => setAsked(false)}>{t.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface Props {
  pid: string;
  doc: CarnetDocument;
  onRevealed: () => void;
  children: ComponentChildren;
}

/** The alert, then what is under it once the reader has asked for it. */
export function Awaiting({ pid, doc, onRevealed, children }: Props) {
  const [opened, setOpened] = useState(false);
  const awaited = doc.announcement;
  if (awaited === null) return <>{children}</>;
  const day = dateLong(awaited.review_on);
  return (
    <>
      <Notice kind="warning" title={words.alertTitle}>
        <p>{words.alert}</p>
        <p>{awaited.reason ? words.why(typo(awaited.reason)) : words.noReason}</p>
        <p>{isOverdue(doc) ? words.reviewLate(day) : words.review(day)}</p>
        <div class="actions">
          {!opened && (
            <Button kind="primary" icon="file-text" onPress={() => setOpened(true)}>
              {words.open}
            </Button>
          )}
          {doc.abilities.reveal && <Reveal pid={pid} doc={doc} onRevealed={onRevealed} />}
        </div>
      </Notice>
      {opened && children}
    </>
  );
}
