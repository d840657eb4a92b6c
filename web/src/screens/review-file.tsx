/** One application under review: all it says, what was checked, a decision with its reason, its history. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { type Filed, operatorApi } from "../api/desk";
import { Problem } from "../api/problem";
import type { ApplicationState, Criterion } from "../api/types";
import { catalogue } from "../catalogue";
import { deskWords } from "../catalogue/desk";
import { useAttempt } from "../lib/attempt";
import { instantDay } from "../lib/format";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import {
  AskedByPublisher, History, SaidByPublisher, StateBadge, Technical, criteriaNames,
} from "../ui/application-file";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { AreaField, CheckField, ErrorSummary, type FieldError, Form, errorOf } from "../ui/form";
import { Page } from "../ui/page";
import { ErrorPanel, Loading, Notice } from "../ui/states";
import { toast } from "../ui/toast";

const t = deskWords.review;
const CRITERIA = Object.keys(deskWords.criteria) as Criterion[];

interface Props {
  file: Filed;
  /** Shows what came of it; false: the application was no longer the one read, nothing was done. */
  act: (work: Promise<Filed>) => Promise<boolean>;
}

function Who({ file }: { file: Filed }) {
  return (
    <section class="card" aria-label={deskWords.states[file.state]}>
      <StateBadge state={file.state} />
      <p class="muted">{deskWords.since(instantDay(file.state_since))}</p>
      <dl class="pairs">
        <div>
          <dt>{deskWords.form.publisher}</dt>
          <dd>{typo(file.publisher.name)}</dd>
        </div>
        <div>
          <dt>{t.keptBy}</dt>
          <dd>{file.siret ? catalogue.shell.siret(file.siret) : t.byOperator}</dd>
        </div>
      </dl>
      {file.siret && <p class="hint">{t.nameHint}</p>}
    </section>
  );
}

function Checks({ file, act }: Props) {
  const known = file.checked.map(({ criteria }) => criteria);
  const [chosen, setChosen] = useState<Criterion[]>(known);
  const { error, attempt } = useAttempt();
  const needed = new Set<string>([...known, ...file.missing]);
  const save = () =>
    attempt(async () => {
      if (await act(operatorApi.review(file, chosen))) toast(t.criteriaSaved);
    });
  return (
    <Form onSubmit={save} label={t.criteria}>
      <fieldset class="card" aria-describedby="criteria-hint">
        <legend>{t.criteria}</legend>
        <p class="hint" id="criteria-hint">
          {t.criteriaHint}
        </p>
        {error !== null && <ErrorPanel error={error} reply />}
        {CRITERIA.map((one) => (
          <CheckField
            key={one}
            id={`criteria-${one}`}
            label={needed.has(one) ? `${deskWords.criteria[one]} (${t.needed})` : deskWords.criteria[one]}
            value={chosen.includes(one)}
            onValue={(on) => setChosen(on ? [...chosen, one] : chosen.filter((other) => other !== one))}
          />
        ))}
        <Button type="submit">{t.saveCriteria}</Button>
      </fieldset>
    </Form>
  );
}

interface DecisionProps extends Props {
  state: ApplicationState;
  label: string;
  /** The reason typed before, for what was no longer the version read. */
  kept: string;
  close: (kept: string) => void;
}

function Decision({ file, act, state, label, kept, close }: DecisionProps) {
  const [reason, setReason] = useState(kept);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const { error, attempt } = useAttempt();
  const submit = async () => {
    const found = reason.trim() ? [] : [{ id: "reason", text: t.missingReason }];
    setErrors(found);
    setTurn((n) => n + 1);
    if (found.length) return;
    await attempt(async () => {
      const done = await act(operatorApi.decide(file, state, reason.trim()));
      if (done) toast(t.decided);
      close(done ? "" : reason);
    });
  };
  return (
    <Dialog title={label} onClose={() => close(kept)}>
      <p>{t.consequences[state]}</p>
      <Form onSubmit={submit} label={label}>
        <ErrorSummary errors={errors} turn={turn} />
        {error !== null && <ErrorPanel error={error} kept reply />}
        <AreaField
          id="reason"
          label={t.reason}
          hint={t.reasonHint}
          length={500}
          spell
          value={reason}
          error={errorOf(errors, "reason")}
          onValue={setReason}
        />
        <div class="actions">
          <Button kind={state === "online" ? "primary" : "danger"} type="submit">
            {label}
          </Button>
          <Button onPress={() => close(kept)}>{catalogue.common.cancel}</Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Decide({ file, act }: Props) {
  const [asked, setAsked] = useState<ApplicationState | null>(null);
  const [kept, setKept] = useState<Partial<Record<ApplicationState, string>>>({});
  const close = (state: ApplicationState, reason: string) => {
    setKept({ [state]: reason });
    setAsked(null);
  };
  const moves = Object.entries(t.moves[file.state] ?? {}) as [ApplicationState, string][];
  const blocked = file.state !== "online" && file.missing.length > 0;
  const label = moves.find(([state]) => state === asked)?.[1] ?? "";
  return (
    <section class="card" aria-labelledby="decide">
      <h2 id="decide">{t.decide}</h2>
      {moves.length === 0 && <p>{t.ended}</p>}
      {moves.length > 0 && blocked && (
        <Notice kind="info">
          <p>{t.toCheck(criteriaNames(file.missing))}</p>
        </Notice>
      )}
      <div class="actions">
        {moves
          .filter(([state]) => !(state === "online" && blocked))
          .map(([state, words]) => (
            <Button key={state} kind={state === "online" ? "primary" : "secondary"} onPress={() => setAsked(state)}>
              {words}
            </Button>
          ))}
      </div>
      {asked && (
        <Decision
          file={file}
          act={act}
          state={asked}
          label={label}
          kept={kept[asked] ?? ""}
          close={(reason) => close(asked, reason)}
        />
      )}
    </section>
  );
}

/** Said where reading begins again; read out, and brought into view. */
function Outdated({ of }: { of: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [of]);
  return (
    <div role="alert" ref={box} tabIndex={-1}>
      <Notice kind="warning" title={t.outdated}>
        <p>{t.outdatedText}</p>
      </Notice>
    </div>
  );
}

export default function ReviewFile() {
  const { id = "" } = useRoute().params;
  const known = useResource(`review ${id}`, (signal) => operatorApi.read(id, signal));
  const file = known.data;
  const [outdated, setOutdated] = useState(false);
  const act = async (work: Promise<Filed>) => {
    const done = await work.catch((error: unknown) => {
      if (error instanceof Problem && error.status === 412) return null;
      throw error;
    });
    known.set(done ?? (await operatorApi.read(id)));
    setOutdated(done === null);
    return done !== null;
  };
  return (
    <Page
      key={file ? "known" : "asked"}
      title={file ? typo(file.name) : t.tab}
      tab={t.tab}
      back={{ href: "/revue", label: t.back }}
    >
      {known.loading && <Loading lines={6} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {file && (
        <>
          {outdated && <Outdated of={file.etag} />}
          <Who file={file} />
          <AskedByPublisher file={file} />
          <SaidByPublisher file={file} />
          <Technical file={file} />
          <Checks key={file.etag} file={file} act={act} />
          <Decide file={file} act={act} />
          <History file={file} />
        </>
      )}
    </Page>
  );
}
