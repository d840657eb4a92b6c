/** The conversations of a record or of a professional, with a search in names and subjects. */
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { type Box, messagesApi } from "../api/messages";
import type { ConversationLine } from "../api/types";
import { messageWords as t } from "../catalogue/messages";
import { matches } from "../lib/fold";
import { keepSearch, takeSearch } from "../lib/kept-search";
import { useKeptPosition, usePagedList } from "../lib/paging";
import { takeSearchWanted } from "../lib/shortcuts";
import { sayUnread } from "../lib/unread";
import { More } from "../screens/documents";
import { Button } from "./button";
import { ConversationRow } from "./conversation-row";
import { TextField } from "./form";
import { Empty, ErrorPanel, Loading } from "./states";
import { Windowed } from "./windowed";

interface Props {
  /** Names the list: whose, or which box. */
  name: string;
  box: Box;
  side: "patient" | "professional";
  base: string;
  empty: ComponentChildren;
}

/** What a word is looked for in: names, roles and the subject. */
export const searched = ({ subject, correspondent: other, patient_name: patient }: ConversationLine, side: Props["side"]) => [
  subject, other.name, other.profession, other.organisation, side === "professional" ? patient : null,
];

export function ConversationList({ name, box, side, base, empty }: Props) {
  const key = `conversations ${name}`;
  const [wanted, setWanted] = useState(() => takeSearch(key));
  const list = usePagedList(key, async (cursor, signal) => {
    const page = await messagesApi.list(box, cursor, signal);
    if (page.unread !== null) sayUnread(name, page.unread);
    return page;
  });
  const remember = useKeptPosition(key, list.items.length > 0);
  const open = useCallback(
    (id: string) => {
      remember(id);
      keepSearch(key, wanted);
    },
    [key, wanted],
  );
  const found = useMemo(
    () => (wanted.trim() ? list.items.filter((one) => matches(wanted, searched(one, side))) : list.items),
    [list.items, wanted],
  );
  useEffect(() => {
    if (takeSearchWanted()) document.getElementById("search")?.focus();
  }, []);

  if (list.loading) return <Loading lines={6} />;
  if (list.error !== null && list.items.length === 0) return <ErrorPanel error={list.error} retry={list.reload} />;
  if (list.items.length === 0 && list.complete) return <>{empty}</>;
  const all = list.items.length;
  return (
    <>
      <search class="filters">
        <TextField
          id="search"
          type="search"
          mode="search"
          search
          label={t.search}
          hint={t.searchHint}
          value={wanted}
          onValue={setWanted}
        />
      </search>
      <p class="list-count" role="status">
        {wanted.trim() ? t.found(found.length, all, list.complete) : t.count(all, list.complete)}
      </p>
      {found.length > 1 && <p class="hint list-order">{t.order}</p>}
      {found.length === 0 && list.complete && (
        <Empty icon="search" title={t.noneTitle} text={t.none}>
          <Button onPress={() => setWanted("")}>{t.clear}</Button>
        </Empty>
      )}
      {found.length > 0 && (
        <Windowed
          items={found}
          label={t.listLabel}
          total={list.complete ? found.length : -1}
          keyOf={(one) => one.id}
          draw={(one) => (
            <ConversationRow of={one} side={side} id={`c-${one.id}`} href={`${base}/${one.id}`} onOpen={open} />
          )}
        />
      )}
      {wanted.trim() && !list.complete && <p class="hint">{t.searchMore}</p>}
      <More list={list} />
    </>
  );
}
