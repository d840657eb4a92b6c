/** The answer to an application: nothing is on beforehand, and refusing is as easy as accepting. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Months, applicationsApi } from "../api/applications";
import type { ConsentGiven, ConsentRequest, Permission, Profile } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { timeOfDay } from "../lib/format";
import { idempotencyKey } from "../lib/ids";
import { useDraft } from "../lib/kept-drafts";
import type { KeptRequest } from "../lib/kept-request";
import { inOrder } from "../lib/permissions";
import { said } from "../lib/profile";
import { Button } from "./button";
import { CheckField, ErrorSummary, type FieldError, Form, RadioField, errorOf } from "./form";
import { Icon } from "./icon";
import { ErrorPanel } from "./states";

const t = consentWords.request;

type Duration = `${Months}`;
const DURATIONS: Duration[] = ["1", "6", "12"];

interface Choice {
  on: Permission[];
  months: Duration | "";
}

const NOTHING: Choice = { on: [], months: "" };

const lineId = (permission: Permission) => `line-${permission.replace(":", "-")}`;

function Lines({ asked, choice, set, error }: {
  asked: ConsentRequest["asked"];
  choice: Choice;
  set: (change: Partial<Choice>) => void;
  error: string | undefined;
}) {
  const whys = new Map(asked.map(({ permission, why }) => [permission, why]));
  return (
    <fieldset class="card field checks" aria-describedby={error ? "lines-hint lines-error" : "lines-hint"}>
      <legend>{t.lines}</legend>
      <p class="hint" id="lines-hint">
        {t.linesHint}
      </p>
      {error && (
        <p class="field-error" id="lines-error">
          <Icon name="circle-alert" />
          <span>{error}</span>
        </p>
      )}
      {inOrder([...whys.keys()]).map((permission) => (
        <div key={permission} class="consent-line">
          <CheckField
            id={lineId(permission)}
            label={said(consentWords).permissions[permission]}
            value={choice.on.includes(permission)}
            describedBy={`${lineId(permission)}-why`}
            onValue={(on) =>
              set({ on: on ? inOrder([...choice.on, permission]) : choice.on.filter((one) => one !== permission) })
            }
          />
          <p class="hint" id={`${lineId(permission)}-why`}>
            {t.why(whys.get(permission) ?? "")}
          </p>
        </div>
      ))}
    </fieldset>
  );
}

function Effects({ asked }: { asked: ConsentRequest["asked"] }) {
  const documents = asked.some(({ permission }) => permission === "document:read");
  return (
    <section class="card" aria-labelledby="then">
      <h2 id="then">{t.thenTitle}</h2>
      <ul class="effects" role="list">
        {said(consentWords).request.effects(documents).map((effect) => (
          <li key={effect}>
            <Icon name="check" />
            <span>{effect}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One key as long as the answer is the same: however often it leaves, it is given once. */
function useKey() {
  const last = useRef({ of: "", key: "" });
  return (answer: object) => {
    const of = JSON.stringify(answer);
    if (last.current.of !== of) last.current = { of, key: idempotencyKey() };
    return last.current.key;
  };
}

function check(asked: ConsentRequest["asked"], { on, months }: Choice): FieldError[] {
  const [first] = inOrder(asked.map(({ permission }) => permission));
  const errors: FieldError[] = [];
  if (on.length === 0 && first) errors.push({ id: lineId(first), text: t.errors.lines });
  if (months === "") errors.push({ id: "months", text: t.errors.months });
  return errors;
}

interface Props {
  request: KeptRequest;
  asked: ConsentRequest;
  profile: Profile;
  onEnd: (how: "refused" | ConsentGiven) => void;
  /** True when the request itself is over, which the screen then says. */
  onProblem: (problem: unknown) => boolean;
  /** Said before what accepting does. */
  children: ComponentChildren;
}

export function ConsentForm({ request, asked, profile, onEnd, onProblem, children }: Props) {
  const pid = profile.patient_id;
  const { typed, set, drop } = useDraft<Choice>(`${pid} ${request.name}`, NOTHING);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const keyOf = useKey();

  const accept = async () => {
    const wrong = check(asked.asked, typed);
    setErrors(wrong);
    setTurn(turn + 1);
    setError(null);
    if (wrong.length > 0) return;
    const answer = { request: request.sealed, permissions: typed.on, months: Number(typed.months) as Months };
    try {
      const given = await applicationsApi.give(pid, answer, keyOf(answer));
      drop();
      onEnd(given);
    } catch (failure) {
      if (onProblem(failure)) drop();
      else setError(failure);
    }
  };

  const refuse = () => {
    drop();
    onEnd("refused");
  };

  return (
    <Form onSubmit={accept} label={t.tab}>
      <ErrorSummary errors={errors} turn={turn} />
      <Lines asked={asked.asked} choice={typed} set={set} error={errors.find(({ id }) => id !== "months")?.text} />
      <div class="card">
        <RadioField<Duration>
          id="months"
          label={t.months}
          hint={t.monthsHint}
          error={errorOf(errors, "months")}
          value={typed.months}
          onValue={(months) => set({ months })}
          choices={DURATIONS.map((code) => ({ code, label: t.durations[code] }))}
        />
      </div>
      {children}
      <Effects asked={asked.asked} />
      {error !== null && <ErrorPanel error={error} kept reply />}
      <div class="consent-answer">
        <Button icon="x" onPress={refuse}>
          {t.refuse}
        </Button>
        <Button type="submit" icon="check">
          {t.accept}
        </Button>
        <p class="hint">{t.answerUntil(timeOfDay(asked.expires_at))}</p>
      </div>
    </Form>
  );
}
