/** Who authorises a professional, until when, and, once asked for, their names and what is new. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api/carnet";
import { Problem } from "../api/problem";
import type { News, OwnPatient } from "../api/types";
import { catalogue as t } from "../catalogue";
import { relationWords as w } from "../catalogue/relations";
import { dateMedium, daysAway, daysBetween, parisDay } from "../lib/format";
import { type PagedList, usePagedList } from "../lib/paging";
import { forget, keepNews, namedPatients, newsOf } from "../lib/recent-patients";
import { announce } from "./announcer";
import { Button } from "./button";
import { Icon } from "./icon";
import { ErrorPanel, Loading } from "./states";
import { Name, identity } from "./whose";

const SOON_DAYS = 30;

function Fresh({ news }: { news: News }) {
  const { new_documents: count, has_more: more } = news;
  if (count === 0) return <span class="row-meta">{w.nothing}</span>;
  return (
    <span class="badge info">
      <Icon name="file-plus" />
      <span>{news.was_seen ? w.news(count, more) : w.toRead(count, more)}</span>
    </span>
  );
}

function Row({ one, soon }: { one: OwnPatient; soon: boolean }) {
  const patient = namedPatients.value.get(one.patient_id);
  const news = newsOf.value.get(one.patient_id);
  const end = parisDay(one.authorised_until);
  const away = soon ? daysAway(daysBetween(parisDay(new Date()), end)) : null;
  return (
    <a class="row" href={`/pro/patients/${one.patient_id}`}>
      <span class="row-body">
        <span class="row-title">
          {patient ? <Name of={patient} /> : w.unnamed(dateMedium(parisDay(one.since)))}
        </span>
        <span class="row-meta">
          {[
            patient && identity(patient, true),
            away ? w.untilAway(dateMedium(end), away) : w.until(dateMedium(end)),
            !one.opened && !news && w.never,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {news && <Fresh news={news} />}
      </span>
    </a>
  );
}

function Rows({ list, soon, label }: { list: PagedList<OwnPatient>; soon: boolean; label: string }) {
  return (
    <>
      <ul class="rows card own-rows" role="list" aria-label={label}>
        {list.items.map((one) => (
          <li key={one.patient_id}>
            <Row one={one} soon={soon} />
          </li>
        ))}
      </ul>
      {list.error !== null && <ErrorPanel error={list.error} retry={list.more} />}
      {!list.complete && list.error === null && (
        <Button busy={list.loadingMore} label={`${t.common.more} : ${label}`} onPress={list.more}>
          {t.common.more}
        </Button>
      )}
    </>
  );
}

/** Reads whose records these are and what is new in each, one after the other. */
function useNews(pids: string[], gone: () => void) {
  const stop = useRef<AbortController | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const run = async () => {
    const { signal } = (stop.current = new AbortController());
    let lost = false;
    setError(null);
    try {
      for (const [index, pid] of pids.entries()) {
        setDone(index);
        try {
          keepNews(await api.news(pid, signal));
        } catch (failure) {
          if (!(failure instanceof Problem && failure.status === 404)) throw failure;
          forget(pid);
          lost = true;
        }
      }
      announce(w.shown);
      if (lost) gone();
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    }
    setDone(null);
  };
  return { done, error, run };
}

function AskNews({ pids, gone }: { pids: string[]; gone: () => void }) {
  const missing = pids.filter((pid) => !newsOf.value.has(pid));
  const { done, error, run } = useNews(missing, gone);
  if (missing.length === 0) return null;
  return (
    <div class="ask-news">
      {error !== null && <ErrorPanel error={error} retry={run} />}
      <Button icon="eye" busy={done !== null} onPress={run}>
        {w.show}
      </Button>
      <p class="hint">{w.showHint}</p>
    </div>
  );
}

export function OwnPatients() {
  const soon = usePagedList("own patients soon", (cursor, signal) => api.ownPatients(SOON_DAYS, cursor, signal));
  const all = usePagedList("own patients", (cursor, signal) => api.ownPatients(null, cursor, signal));
  const reload = () => {
    soon.reload();
    all.reload();
  };
  const failed = [soon, all].find((list) => list.error !== null && list.items.length === 0);
  if (failed) {
    return (
      <section aria-labelledby="own-patients">
        <h2 id="own-patients">{w.all}</h2>
        <ErrorPanel error={failed.error} retry={reload} />
      </section>
    );
  }
  if (soon.loading || all.loading) return <Loading lines={3} />;
  const pids = [...new Set([...soon.items, ...all.items].map((one) => one.patient_id))];
  return (
    <>
      {soon.items.length > 0 && (
        <section aria-labelledby="ends-soon">
          <h2 id="ends-soon">{w.soon}</h2>
          <p class="hint">{w.soonHint}</p>
          <Rows list={soon} soon label={w.soon} />
        </section>
      )}
      <section aria-labelledby="own-patients">
        <h2 id="own-patients">{w.all}</h2>
        {all.items.length === 0 ? (
          <p>{w.none}</p>
        ) : (
          <>
            <p class="hint">{w.allHint}</p>
            <AskNews pids={pids} gone={reload} />
            <p class="list-count" role="status">{w.count(all.items.length, all.complete)}</p>
            <Rows list={all} soon={false} label={w.list} />
          </>
        )}
      </section>
    </>
  );
}
