/** P9: what is recommended at this age, why, by when, and what the person says of it. */
import { useState } from "preact/hooks";
import { agendaApi } from "../api/agenda";
import type { Prevention as Data, PreventionState, Profile, Recommendation } from "../api/types";
import { catalogue } from "../catalogue";
import { agendaWords } from "../catalogue/agenda";
import { preventionWords as t } from "../catalogue/prevention";
import { dateMedium } from "../lib/format";
import { keepPlace } from "../lib/focus";
import { ORDER } from "../lib/prevention";
import { said } from "../lib/profile";
import { type Resource, useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { LinkButton } from "../ui/button";
import { DoneDialog, LaterDialog } from "../ui/prevention-dialogs";
import { Page } from "../ui/page";
import { Coming } from "../ui/prevention-coming";
import { type Asked, PreventionCard } from "../ui/prevention-card";
import { PreventionPlot } from "../ui/prevention-plot";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { toast } from "../ui/toast";

/** Past and unconcerned, they are folded: the screen is about what comes. */
const FOLDED = new Set<PreventionState>(["done", "not_concerned"]);

type Settable = "to_plan" | "done" | "not_concerned" | "later";

interface Choice {
  state: Settable;
  on: string | null;
  until: string | null;
}

/** What the person had said before; what age alone decides counts as « à planifier ». */
const choiceOf = ({ state, on, until }: Recommendation): Choice => ({
  state: state === "done" || state === "not_concerned" || state === "later" ? state : "to_plan",
  on: state === "done" ? on : null,
  until: state === "later" ? until : null,
});

function useChoices(pid: string, known: Resource<Data>) {
  const [error, setError] = useState<unknown>(null);

  /** Raises what the server refused. */
  const choose = async (of: Recommendation, choice: Choice) => {
    const saved = await agendaApi.setPrevention(pid, of.key, known.data?.version ?? 0, choice);
    known.set(saved);
    const title = typo(of.title);
    const undo = async () => {
      try {
        known.set(await agendaApi.setPrevention(pid, of.key, saved.version, choiceOf(of)));
        toast(t.undone(title));
      } catch (failure) {
        setError(failure);
      }
    };
    const now = saved.items.find(({ key }) => key === of.key);
    const next = now?.next_on ? t.next(dateMedium(now.next_on)) : null;
    const told = t.changed(title, typo(now?.state_label ?? t.groups[choice.state]), next);
    // What an appointment said is not said again by hand: it would not follow it any more.
    if (of.state === "planned") toast(told);
    else toast(told, { label: catalogue.common.undo, run: undo });
  };

  const set = async (of: Recommendation, state: "to_plan" | "not_concerned") => {
    setError(null);
    const regain = keepPlace(".prevention");
    try {
      await choose(of, { state, on: null, until: null });
      regain();
    } catch (failure) {
      setError(failure);
    }
  };
  return { error, choose, set };
}

interface GroupProps {
  state: PreventionState;
  items: Recommendation[];
  set: (of: Recommendation, state: "to_plan" | "not_concerned") => Promise<void>;
  ask: (of: Recommendation, what: Asked) => void;
}

function Group({ state, items, set, ask }: GroupProps) {
  const all = items.filter((of) => of.state === state);
  if (all.length === 0) return null;
  const cards = (
    <div class="cards">
      {all.map((of) => (
        <PreventionCard key={of.key} of={of} set={(to) => set(of, to)} ask={(what) => ask(of, what)} />
      ))}
    </div>
  );
  const name = t.groups[state];
  if (!FOLDED.has(state)) {
    return (
      <section aria-labelledby={`group-${state}`}>
        <h2 id={`group-${state}`}>{name}</h2>
        {cards}
      </section>
    );
  }
  return (
    <details class="question folded">
      <summary>
        <h2>
          {name} ({all.length})
        </h2>
      </summary>
      {cards}
    </details>
  );
}

function Points({ label, of }: { label: string; of: readonly string[] }) {
  return (
    <>
      <p>{label}</p>
      <ul>
        {of.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );
}

/** What the page does not compute: nobody may read silence as « à jour ». */
function Limits() {
  return (
    <section class="card" aria-labelledby="limits">
      <h2 id="limits">{t.limits.title}</h2>
      <Points label={t.limits.known} of={t.limits.rules} />
      <Points label={t.limits.unfollowed} of={t.limits.others} />
      <p>{t.limits.unknown.join(" ")}</p>
      <p>{said(t).limits.ask}</p>
      <LinkButton href="/plus/avis">{t.choices}</LinkButton>
    </section>
  );
}

interface Question {
  of: Recommendation;
  what: Asked;
  /** Gives the focus back near the card, which the answer moves elsewhere. */
  regain: () => void;
}

export default function Prevention({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const answer = useResource(`prevention ${pid}`, (signal) => agendaApi.prevention(pid, signal));
  const [asked, setAsked] = useState<Question | null>(null);
  const { error, choose, set } = useChoices(pid, answer);
  const now = answer.data?.today ?? "";
  const items = answer.data?.items ?? [];
  const close = () => setAsked(null);
  const saveAsked = (question: Question) => async (date: string) => {
    const { of, what, regain } = question;
    await choose(of, { state: what, on: what === "done" ? date : null, until: what === "later" ? date : null });
    close();
    regain();
  };

  return (
    <Page title={t.title} intro={said(t).intro} back={{ href: "/agenda", label: agendaWords.title }}>
      {answer.loading && <Loading lines={5} />}
      {answer.error !== null && <ErrorPanel error={answer.error} retry={answer.reload} />}
      {error !== null && <ErrorPanel error={error} reply />}
      {answer.data && items.length === 0 && (
        <Empty icon="calendar-check" title={t.emptyTitle} text={said(t).empty}>
          <LinkButton href="/agenda">{t.toAgenda}</LinkButton>
        </Empty>
      )}
      {ORDER.map((state) => (
        <Group
          key={state}
          state={state}
          items={items}
          set={set}
          ask={(of, what) => setAsked({ of, what, regain: keepPlace(".prevention") })}
        />
      ))}
      {answer.data && <Coming steps={answer.data.coming} />}
      {answer.data && <PreventionPlot items={items} now={now} />}
      {answer.data && <Limits />}
      {asked?.what === "done" && <DoneDialog of={asked.of} now={now} save={saveAsked(asked)} onClose={close} />}
      {asked?.what === "later" && <LaterDialog of={asked.of} now={now} save={saveAsked(asked)} onClose={close} />}
    </Page>
  );
}
