/** The queue of who reviews applications: those that have waited longest first. */
import { useLocation } from "preact-iso";
import { operatorApi } from "../api/desk";
import type { ApplicationState } from "../api/types";
import { deskWords } from "../catalogue/desk";
import { daysBetween, instantDay, parisDay } from "../lib/format";
import { useResource } from "../lib/resource";
import { RadioField } from "../ui/form";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { Line } from "./own-applications";

const t = deskWords.review;

const STATES = ["candidate", "online", "suspended", "delisted"] as const satisfies readonly ApplicationState[];

/** A place in the list of states: the address keeps that and no more. */
const stateAt = (place: string | undefined): ApplicationState => STATES[Number(place ?? 1) - 1] ?? "candidate";

const age = (since: string) => deskWords.waiting(daysBetween(parisDay(since), parisDay(new Date())));

function Queue({ state }: { state: ApplicationState }) {
  const known = useResource(`queue ${state}`, (signal) => operatorApi.list(state, signal));
  return (
    <>
      {known.loading && <Loading lines={4} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {known.data && (
        <p role="status" class="list-count">
          {t.count(known.data.length)}
        </p>
      )}
      {known.data?.length === 0 && <Empty icon="list-checks" title={t.emptyTitle} text={t.empty} />}
      {known.data && known.data.length > 0 && (
        <ul class="card application-lines" role="list">
          {known.data.map((line) => (
            <Line
              key={line.id}
              line={line}
              href={`/revue/${line.id}`}
              when={state === "candidate" ? age(line.state_since) : deskWords.since(instantDay(line.state_since))}
            />
          ))}
        </ul>
      )}
    </>
  );
}

export default function Review() {
  const { query, route } = useLocation();
  const state = stateAt(query["e"]);
  return (
    <Page title={t.title} intro={t.intro}>
      <RadioField
        id="state"
        label={t.show}
        value={state}
        choices={STATES.map((code) => ({ code, label: deskWords.states[code] }))}
        onValue={(wanted) => route(`/revue?e=${STATES.indexOf(wanted) + 1}`, true)}
      />
      <Queue key={state} state={state} />
    </Page>
  );
}
