/** One application under review: all it says, what was checked, a decision with its reason, its history. */
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { type Filed, operatorApi } from "../api/desk";
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
  put: (file: Filed) => void;
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

function Checks({ file, put }: Props) {
  const known = file.checked.map(({ criteria }) => criteria);
  const [chosen, setChosen] = useState<Criterion[]>(known);
  const { error, attempt } = useAttempt();
  const needed = new Set<string>([...known, ...file.missing]);
  const save = () =>
    attempt(async () => {
      put(await operatorApi.review(file.id, chosen));
      toast(t.criteriaSaved);
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
  close: () => void;
}

function Decision({ file, put, state, label, close }: DecisionProps) {
  const [reason, setReason] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const { error, attempt } = useAttempt();
  const submit = async () => {
    const found = reason.trim() ? [] : [{ id: "reason", text: t.missingReason }];
    setErrors(found);
    setTurn((n) => n + 1);
    if (found.length) return;
    await attempt(async () => {
      put(await operatorApi.decide(file.id, state, reason.trim()));
      toast(t.decided);
      close();
    });
  };
  return (
    <Dialog title={label} onClose={close}>
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
          <Button onPress={close}>{catalogue.common.cancel}</Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Decide({ file, put }: Props) {
  const [asked, setAsked] = useState<ApplicationState | null>(null);
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
      {asked && <Decision file={file} put={put} state={asked} label={label} close={() => setAsked(null)} />}
    </section>
  );
}

export default function ReviewFile() {
  const { id = "" } = useRoute().params;
  const known = useResource(`review ${id}`, (signal) => operatorApi.read(id, signal));
  const file = known.data;
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
          <Who file={file} />
          <AskedByPublisher file={file} />
          <SaidByPublisher file={file} />
          <Technical file={file} />
          <Checks key={file.etag} file={file} put={known.set} />
          <Decide file={file} put={known.set} />
          <History file={file} />
        </>
      )}
    </Page>
  );
}
