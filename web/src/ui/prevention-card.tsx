/** One recommendation: what, when, why, by which source, and what the person says of it. */
import { useLocation } from "preact-iso";
import type { Recommendation } from "../api/types";
import { preventionWords as t } from "../catalogue/prevention";
import { prefill } from "../lib/appointment-draft";
import { STATE_LOOKS, windowInWords } from "../lib/prevention";
import { typo } from "../lib/typo";
import { Button, LinkButton } from "./button";
import { Icon } from "./icon";

export type Asked = "done" | "later";

interface Props {
  of: Recommendation;
  set: (state: "to_plan" | "not_concerned") => Promise<void>;
  ask: (what: Asked) => void;
}

export function StateBadge({ of }: { of: Recommendation }) {
  const { icon, tone } = STATE_LOOKS[of.state];
  return (
    <p class={`badge ${tone}`}>
      <Icon name={icon} />
      <span>{typo(of.state_label)}</span>
    </p>
  );
}

/** Opens the form of an appointment with the title of the recommendation, and tied to it. */
export function usePlanning() {
  const { route } = useLocation();
  return (of: Recommendation) => {
    prefill({ title: of.title, recommendation: of.key });
    route("/agenda/ajouter");
  };
}

function Acts({ of, set, ask }: Props) {
  const plan = usePlanning();
  const title = typo(of.title);
  if (of.state === "done" || of.state === "not_concerned") {
    return (
      <div class="actions">
        <Button icon="undo-2" label={t.reopenNamed(title)} onPress={() => set("to_plan")}>
          {t.reopen}
        </Button>
      </div>
    );
  }
  const isOpen = of.state !== "upcoming" && of.state !== "planned";
  return (
    <div class="actions">
      {of.state === "planned" && of.appointment_id && (
        <LinkButton
          icon="calendar"
          href={`/agenda/${of.appointment_id}`}
          label={t.seeAppointmentNamed(title)}
        >
          {t.seeAppointment}
        </LinkButton>
      )}
      {isOpen && (
        <Button icon="calendar-plus" label={t.planNamed(title)} onPress={() => plan(of)}>
          {t.plan}
        </Button>
      )}
      <Button kind="quiet" icon="check" label={t.doneNamed(title)} onPress={() => ask("done")}>
        {t.done}
      </Button>
      {isOpen && (
        <Button kind="quiet" icon="hourglass" label={t.laterNamed(title)} onPress={() => ask("later")}>
          {t.later}
        </Button>
      )}
      <Button kind="quiet" icon="ban" label={t.notConcernedNamed(title)} onPress={() => set("not_concerned")}>
        {t.notConcerned}
      </Button>
    </div>
  );
}

export function PreventionCard(props: Props) {
  const { of } = props;
  const when = windowInWords(of);
  return (
    <article class="card prevention" aria-labelledby={`p-${of.key}`}>
      <div class="prevention-head">
        <h3 id={`p-${of.key}`}>{typo(of.title)}</h3>
        <StateBadge of={of} />
        {of.is_mandatory && <p class="badge">{t.mandatory}</p>}
      </div>
      {when && <p class="prevention-when">{when}</p>}
      <details class="question">
        <summary aria-label={`${t.why} ${typo(of.title)}`}>{t.why}</summary>
        <p>{typo(of.reason)}</p>
        <p class="muted">
          {t.source} : {typo(of.source.text)} ({typo(of.source.reference)}). {t.certainties[of.source.certainty]}{" "}
          {t.windowCertainties[of.source.window_certainty]}
        </p>
      </details>
      <Acts {...props} />
    </article>
  );
}
