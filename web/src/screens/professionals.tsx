/** P16: who may read my record; opening it to a professional, and taking the key back. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api/carnet";
import type { Authorisation, Profile } from "../api/types";
import { catalogue as t } from "../catalogue";
import { instantDay } from "../lib/format";
import { type PagedList, usePagedList } from "../lib/paging";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { toast } from "../ui/toast";
import { AuthoriseDialog, type Candidate, placed } from "../ui/authorise-dialog";
import { FindProfessional } from "../ui/find-professional";
import { More } from "./documents";

function When({ entry }: { entry: Authorisation }) {
  if (entry.status === "withdrawn") {
    return <p class="muted">{t.professionals.withdrawnOn(instantDay(entry.last_change_at))}</p>;
  }
  if (entry.status === "expired") {
    // The instant is midnight where she lives: whatever day it is here, it is that birthday.
    const ended = entry.ends_at_majority ? said(t.professionals).lapsed : null;
    return <p class="muted">{ended ?? t.professionals.expiredOn(instantDay(entry.valid_until))}</p>;
  }
  return (
    <>
      <p>
        {t.professionals.since(instantDay(entry.since))},{" "}
        {entry.ends_at_majority
          ? said(t.professionals).untilMajority
          : t.professionals.until(instantDay(entry.valid_until))}
      </p>
      {entry.given_by && <p class="muted">{t.professionals.givenBy(typo(entry.given_by))}</p>}
      <p class="muted">
        {entry.first_used_at
          ? t.professionals.used(instantDay(entry.first_used_at))
          : said(t.professionals).unused}
      </p>
    </>
  );
}

interface Acts {
  withdraw: (entry: Authorisation) => Promise<void>;
  ask: (candidate: Candidate) => void;
  /** Whose access has just changed. */
  moved: string | null;
}

function Entry({ entry, withdraw, ask, moved }: { entry: Authorisation } & Acts) {
  const name = typo(entry.name);
  const heading = useRef<HTMLHeadingElement>(null);
  const changed = moved === entry.rpps;
  // It went to the other list, and the button pressed is gone: the focus follows it.
  useEffect(() => {
    if (changed) heading.current?.focus();
  }, [changed, entry.status, entry.version]);
  return (
    <article class="card professional" aria-labelledby={`pro-${entry.rpps}`}>
      <div class="person-head">
        <Icon name="stethoscope" size={24} />
        <div>
          <h3 id={`pro-${entry.rpps}`} ref={heading} tabIndex={-1}>{name}</h3>
          <p class="muted">{placed(entry)}</p>
        </div>
      </div>
      <When entry={entry} />
      <div class="actions">
        {entry.status === "active" ? (
          <Button
            icon="user-round-x"
            label={t.professionals.withdrawNamed(name)}
            onPress={() => withdraw(entry)}
          >
            {t.professionals.withdraw}
          </Button>
        ) : (
          <Button
            icon="user-round-check"
            label={t.professionals.againNamed(name)}
            onPress={() => ask(entry)}
          >
            {t.professionals.again}
          </Button>
        )}
      </div>
    </article>
  );
}

function Entries({ list, acts }: { list: PagedList<Authorisation>; acts: Acts }) {
  const current = list.items.filter((entry) => entry.status === "active");
  const past = list.items.filter((entry) => entry.status !== "active");
  return (
    <>
      <section aria-labelledby="current">
        <h2 id="current">{said(t.professionals).current}</h2>
        {current.length === 0 && (
          <Empty icon="users" title={said(t.professionals).emptyTitle} text={said(t.professionals).empty} />
        )}
        <div class="cards">
          {current.map((entry) => (
            <Entry key={entry.rpps} entry={entry} {...acts} />
          ))}
        </div>
      </section>
      <FindProfessional
        authorised={new Set(current.map((entry) => entry.rpps))}
        onChoose={acts.ask}
      />
      {past.length > 0 && (
        <section aria-labelledby="past">
          <h2 id="past">{t.professionals.past}</h2>
          <div class="cards">
            {past.map((entry) => (
              <Entry key={entry.rpps} entry={entry} {...acts} />
            ))}
          </div>
        </section>
      )}
      <More list={list} />
    </>
  );
}

export default function Professionals({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const list = usePagedList(`authorisations ${pid}`, (cursor, signal) =>
    api.authorisations(pid, cursor, signal),
  );
  const [asked, setAsked] = useState<Candidate | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [moved, setMoved] = useState<string | null>(null);

  const authorise = async (candidate: Candidate) => {
    const entry = await api.authorise(pid, candidate.rpps);
    setMoved(candidate.rpps);
    list.reload();
    return entry;
  };

  const withdraw = async (entry: Authorisation) => {
    const name = typo(entry.name);
    setError(null);
    try {
      await api.withdraw(pid, entry.rpps);
      setMoved(entry.rpps);
      list.reload();
    } catch (failure) {
      setError(failure);
      return;
    }
    const undo = async () => {
      try {
        await authorise(entry);
        toast(t.professionals.undone(name));
      } catch (failure) {
        setError(failure);
      }
    };
    toast(t.professionals.withdrawn(name), { label: t.professionals.undo, run: undo });
  };

  return (
    <Page title={said(t.professionals).title} intro={said(t.professionals).intro}>
      {error !== null && <ErrorPanel error={error} reply />}
      {list.loading && <Loading lines={3} />}
      {list.error !== null && list.items.length === 0 && (
        <ErrorPanel error={list.error} retry={list.reload} />
      )}
      {!list.loading && (list.error === null || list.items.length > 0) && (
        <Entries list={list} acts={{ withdraw, ask: setAsked, moved }} />
      )}
      {asked && (
        <AuthoriseDialog
          candidate={asked}
          onClose={() => setAsked(null)}
          onConfirm={async () => {
            const entry = await authorise(asked);
            setAsked(null);
            toast(t.professionals.authorised(typo(asked.name), instantDay(entry.valid_until)));
          }}
        />
      )}
    </Page>
  );
}
