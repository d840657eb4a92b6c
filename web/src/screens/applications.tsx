/** P17: the referenced applications. What their publishers say is apart from what was checked here. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { catalogueApi } from "../api/catalogue";
import { me } from "../api/session";
import type { Card } from "../api/types";
import { applicationWords as t } from "../catalogue/applications";
import {
  ANYTHING, ASKED, type Asked, GROUPS, type Group, type Sought, THEMES, addressOf, among, soughtOf,
} from "../lib/applications";
import { keepSearch, takeSearch } from "../lib/kept-search";
import { useResource } from "../lib/resource";
import { takeSearchWanted } from "../lib/shortcuts";
import { ApplicationCard } from "../ui/application-card";
import { Button, LinkButton } from "../ui/button";
import { SelectField, TextField } from "../ui/form";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading, Notice } from "../ui/states";

const LIST = "applications";

interface SearchProps {
  wanted: string;
  onWanted: (text: string) => void;
  sought: Sought;
  seek: (change: Partial<Sought>) => void;
}

function Search({ wanted, onWanted, sought, seek }: SearchProps) {
  return (
    <search class="filters">
      <TextField
        id="search"
        type="search"
        mode="search"
        search
        label={t.search}
        hint={t.searchHint}
        value={wanted}
        onValue={onWanted}
      />
      <SelectField
        id="theme"
        label={t.theme}
        none={t.allThemes}
        value={sought.theme}
        onValue={(theme) => seek({ theme: theme as Sought["theme"] })}
        choices={THEMES.map((code) => ({ code, label: t.themes[code] }))}
      />
      <SelectField
        id="asked"
        label={t.data}
        none={t.anyData}
        value={sought.asked}
        onValue={(asked) => seek({ asked: asked as Asked | "" })}
        choices={ASKED.map((code) => ({ code, label: t.kinds[code] }))}
      />
    </search>
  );
}

/** The ways to what is not usually listed, and back. */
function Others({ group }: Pick<Sought, "group">) {
  return (
    <nav class="actions" aria-label={t.others}>
      {GROUPS.filter((one) => one !== group).map((one) => (
        <LinkButton key={one} kind="quiet" href={`/applications${addressOf({ ...ANYTHING, group: one })}`}>
          {t.groups[one]}
        </LinkButton>
      ))}
    </nav>
  );
}

function Found({ all, shown, group, clear }: { all: Card[]; shown: Card[]; group: Group; clear: () => void }) {
  if (all.length === 0) {
    return <Empty icon="layout-grid" title={t.emptyTitles[group]} text={t.empty} />;
  }
  return (
    <>
      <p class="list-count" role="status">
        {t.count(shown.length)}
      </p>
      <p class="hint list-order">{t.order}</p>
      {shown.length === 0 ? (
        <Empty icon="search" title={t.noneTitle} text={t.none}>
          <Button onPress={clear}>{t.clear}</Button>
        </Empty>
      ) : (
        <ul class="applications" role="list">
          {shown.map((card) => (
            <li key={card.id}>
              <ApplicationCard card={card} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export default function Applications() {
  const { path, query, route } = useLocation();
  const sought = soughtOf(query);
  const state = sought.group === "listed" ? null : sought.group;
  const known = useResource(`catalogue ${state}`, (signal) => catalogueApi.list(state, signal));
  const [wanted, setWanted] = useState(() => takeSearch(LIST));
  const seek = (change: Partial<Sought>) => route(path + addressOf({ ...sought, ...change }), true);

  useEffect(() => {
    if (takeSearchWanted()) document.getElementById("search")?.focus();
  }, []);
  useEffect(() => () => keepSearch(LIST, wanted), [wanted]);

  const all = known.data ?? [];
  const shown = useMemo(() => among(all, sought, wanted), [known.data, addressOf(sought), wanted]);
  const clear = () => {
    setWanted("");
    seek({ ...ANYTHING, group: sought.group });
  };
  return (
    <Page
      wide
      title={t.title}
      intro={t.intro}
      actions={
        me.value?.role === "patient" && (
          <LinkButton icon="layout-grid" href="/applications/mes-applications">
            {t.mine}
          </LinkButton>
        )
      }
    >
      <Search wanted={wanted} onWanted={setWanted} sought={sought} seek={seek} />
      {known.loading && <Loading lines={4} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {sought.group !== "listed" && (
        <Notice kind="info" title={t.groups[sought.group]}>
          <p>{t.groupText[sought.group]}</p>
        </Notice>
      )}
      {known.data && <Found all={all} shown={shown} group={sought.group} clear={clear} />}
      <Others group={sought.group} />
    </Page>
  );
}
