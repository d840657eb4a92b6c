/** P22: which e-mails, when none, and by which clock; what cannot be refused says why. */
import { useState } from "preact/hooks";
import { agendaApi } from "../api/agenda";
import type { Preferences, Profile } from "../api/types";
import { catalogue } from "../catalogue";
import { agendaWords } from "../catalogue/agenda";
import { noticeWords } from "../catalogue/notices";
import { useDraft } from "../lib/kept-drafts";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { zoneChoices, zoneWords } from "../lib/when";
import { deviceZone, sameClock } from "../lib/zoned";
import { Button } from "../ui/button";
import { CheckField, ErrorSummary, type FieldError, Form, SelectField, TextField, errorOf } from "../ui/form";
import { Page } from "../ui/page";
import { ErrorPanel, Loading, Notice, Resumed } from "../ui/states";
import { toast } from "../ui/toast";

const t = noticeWords.choices;

type Kind = keyof Preferences["mail"];
type Set = (change: Partial<Preferences>) => void;
const KINDS = Object.keys(t.kinds) as Kind[];

function Mails({ typed, set }: { typed: Preferences; set: Set }) {
  return (
    <fieldset class="card field checks" aria-describedby="mail-hint">
      <legend>{t.mail}</legend>
      <p class="hint" id="mail-hint">
        {t.mailHint}
      </p>
      {KINDS.map((kind) => (
        <CheckField
          key={kind}
          id={`mail-${kind}`}
          label={said(noticeWords).choices.kinds[kind]}
          value={typed.mail[kind]}
          onValue={(on) => set({ mail: { ...typed.mail, [kind]: on } })}
        />
      ))}
      <CheckField id="mail-access" label={said(noticeWords).choices.access} value disabled describedBy="access-why" onValue={() => undefined} />
      <p class="hint" id="access-why">
        {said(noticeWords).choices.accessWhy}
      </p>
    </fieldset>
  );
}

function Reminders({ typed, set }: { typed: Preferences; set: Set }) {
  const kinds = Object.keys(t.reminders) as (keyof Preferences["remind"])[];
  return (
    <fieldset class="card field checks" aria-describedby="remind-hint">
      <legend>{t.remind}</legend>
      <p class="hint" id="remind-hint">
        {t.remindHint}
      </p>
      {kinds.map((kind) => (
        <CheckField
          key={kind}
          id={`remind-${kind}`}
          label={t.reminders[kind]}
          value={typed.remind[kind]}
          onValue={(on) => set({ remind: { ...typed.remind, [kind]: on } })}
        />
      ))}
    </fieldset>
  );
}

function Zone({ typed, set }: { typed: Preferences; set: Set }) {
  const here = deviceZone();
  const words = zoneWords(here);
  return (
    <section class="card" aria-labelledby="zone-title">
      <h2 id="zone-title">{t.zone}</h2>
      <SelectField
        id="zone"
        label={t.zoneLabel}
        value={typed.zone}
        onValue={(zone) => set({ zone })}
        choices={zoneChoices(typed.zone, here)}
      />
      {!sameClock(here, typed.zone) && (
        <Notice kind="info">
          <p>{t.zoneOffer(words.of)}</p>
          <Button onPress={() => set({ zone: here })}>{t.zoneUse(words.of)}</Button>
        </Notice>
      )}
    </section>
  );
}

const NO_QUIET = { quiet_from: null, quiet_until: null };
const USUAL_QUIET = { quiet_from: "21:00", quiet_until: "08:00" };

function Quiet({ typed, set, errors }: { typed: Preferences; set: Set; errors: FieldError[] }) {
  return (
    <fieldset class="card field" aria-describedby="quiet-hint">
      <legend>{t.quiet}</legend>
      <p class="hint" id="quiet-hint">
        {t.quietHint}
      </p>
      <CheckField
        id="no-quiet"
        label={t.noQuiet}
        value={typed.quiet_from === null}
        onValue={(none) => set(none ? NO_QUIET : USUAL_QUIET)}
      />
      {typed.quiet_from !== null && <div class="fields pair">
        <TextField
          id="quiet_from"
          type="time"
          label={t.from}
          value={typed.quiet_from}
          error={errorOf(errors, "quiet_from")}
          onValue={(value) => set({ quiet_from: value })}
        />
        <TextField
          id="quiet_until"
          type="time"
          label={t.until}
          value={typed.quiet_until ?? ""}
          error={errorOf(errors, "quiet_until")}
          onValue={(value) => set({ quiet_until: value })}
        />
      </div>}
    </fieldset>
  );
}

function Choices({ pid, start, latest }: { pid: string; start: Preferences; latest: () => void }) {
  const [saved, setSaved] = useState(start);
  const name = `preferences ${pid} ${saved.version}`;
  const { typed, set, put, drop, resumed, restart } = useDraft(name, saved);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<unknown>(null);

  const save = async () => {
    const missing = [
      ...(typed.quiet_from !== "" ? [] : [{ id: "quiet_from", text: t.errors.from }]),
      ...(typed.quiet_until !== "" ? [] : [{ id: "quiet_until", text: t.errors.until }]),
      ...(typed.quiet_from && typed.quiet_from === typed.quiet_until
        ? [{ id: "quiet_until", text: t.errors.same }]
        : []),
    ];
    setErrors(missing);
    setTurn((n) => n + 1);
    setFailure(null);
    if (missing.length) return;
    try {
      const now = await agendaApi.setPreferences(pid, typed);
      drop();
      setSaved(now);
      put(now);
      toast(t.saved);
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <Form onSubmit={save} label={t.title}>
      <ErrorSummary errors={errors} turn={turn} />
      {failure !== null && (
        <ErrorPanel
          error={failure}
          kept
          reply
          latest={() => {
            drop();
            latest();
          }}
        />
      )}
      {resumed && <Resumed restart={restart} />}
      {typed.address === "none" && (
        <Notice kind="warning">
          <p>{agendaWords.noChannel}</p>
        </Notice>
      )}
      <Reminders typed={typed} set={set} />
      <Mails typed={typed} set={set} />
      <Quiet typed={typed} set={set} errors={errors} />
      <Zone typed={typed} set={set} />
      <Button kind="primary" type="submit" icon="check">
        {t.save}
      </Button>
    </Form>
  );
}

export default function NoticeSettings({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const answer = useResource(`preferences ${pid}`, (signal) => agendaApi.preferences(pid, signal));
  return (
    <Page title={t.title} back={{ href: "/plus", label: catalogue.settings.title }}>
      {answer.loading && <Loading lines={5} />}
      {answer.error !== null && <ErrorPanel error={answer.error} retry={answer.reload} />}
      {answer.data && <Choices key={answer.data.version} pid={pid} start={answer.data} latest={answer.reload} />}
    </Page>
  );
}
