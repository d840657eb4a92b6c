/** D7: a first message to a patient, which opens a conversation with her. */
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { messagesApi } from "../api/messages";
import { Problem } from "../api/problem";
import { me } from "../api/session";
import type { Patient } from "../api/types";
import { messageWords } from "../catalogue/messages";
import { idempotencyKey } from "../lib/ids";
import { isMinor } from "../lib/majority";
import { SUBJECT_MAX, dropDraft, editDraft, heldDraft, lengthOf, useMessageDraft } from "../lib/message-draft";
import { forgetLists } from "../lib/paging";
import { Button, LinkButton } from "../ui/button";
import { ErrorSummary, type FieldError, Form, RadioField, TextField, errorOf } from "../ui/form";
import { Page } from "../ui/page";
import { PatientFrame, isRefusal } from "../ui/patient-frame";
import { BodyField, DraftState, bodyErrors } from "../ui/reply-box";
import { ErrorPanel, Notice, Resumed } from "../ui/states";
import { toast } from "../ui/toast";

const t = messageWords.pro;

function useOpening(pid: string) {
  const { route } = useLocation();
  const name = `opening ${pid}`;
  const held = useMessageDraft(name);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<unknown>(null);
  const [reused, setReused] = useState(false);
  const submit = async () => {
    const { subject, body, asTeam, key } = heldDraft(name).value.draft;
    const over = lengthOf(subject) - SUBJECT_MAX;
    const wrong = [
      ...(over > 0 ? [{ id: "subject", text: messageWords.errors.subject(over) }] : []),
      ...bodyErrors(body),
    ];
    setErrors(wrong);
    setTurn((n) => n + 1);
    setFailure(null);
    setReused(false);
    if (wrong.length) return;
    try {
      const opened = await messagesApi.open({ patient_id: pid, subject: subject.trim(), body, as_team: asTeam }, key);
      dropDraft(name);
      forgetLists();
      toast(t.opened);
      route(`/pro/messages/${opened.id}`);
    } catch (error) {
      if (error instanceof Problem && error.slug === "idempotency-key-reused") {
        // What left first has opened a conversation: the text changed since would open another.
        editDraft(name, { key: idempotencyKey() });
        setReused(true);
      } else setFailure(error);
    }
  };
  return { name, held, errors, turn, failure, reused, submit };
}

function Guidance({ patient }: { patient: Patient }) {
  return (
    <>
      <ul class="guidance">
        {t.guidance.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {isMinor(patient.age) && (
        <Notice kind="warning" title={t.minorTitle}>
          <p>{t.minor}</p>
        </Notice>
      )}
    </>
  );
}

function Writing({ patient }: { patient: Patient }) {
  const pid = patient.patient_id;
  const { name, held, errors, turn, failure, reused, submit } = useOpening(pid);
  const { subject, body, asTeam } = held.draft;
  const team = me.value?.role === "professional" ? me.value.organisation : null;
  return (
    <Page
      title={t.writeTitle}
      back={{ href: `/pro/patients/${pid}`, label: t.toRecord }}
    >
      <Guidance patient={patient} />
      {isRefusal(failure) && (
        <Notice kind="warning" title={t.notReachedTitle}>
          <p>{t.notReached}</p>
        </Notice>
      )}
      {failure !== null && !isRefusal(failure) && <ErrorPanel error={failure} kept reply />}
      <div role="status" class="send-state">
        {reused && (
          <Notice kind="warning" title={t.reusedTitle}>
            <p>{t.reused}</p>
            <LinkButton href="/pro/messages">{messageWords.toList}</LinkButton>
          </Notice>
        )}
      </div>
      {held.found && <Resumed restart={() => dropDraft(name)} />}
      <Form onSubmit={submit} label={t.writeTitle}>
        <ErrorSummary errors={errors} turn={turn} />
        <div class="card">
          {team && (
            <RadioField
              id="as-team"
              label={t.who}
              hint={t.teamHint}
              value={asTeam ? "team" : "own"}
              onValue={(as) => editDraft(name, { asTeam: as === "team" })}
              choices={[
                { code: "own" as const, label: t.me(me.value?.display_name ?? "") },
                { code: "team" as const, label: t.teamNamed(team.name) },
              ]}
            />
          )}
          <TextField
            id="subject"
            label={messageWords.subject}
            hint={t.subjectHint}
            optional
            spell
            value={subject}
            error={errorOf(errors, "subject")}
            onValue={(text) => editDraft(name, { subject: text })}
          />
          <BodyField
            body={body}
            rows={8}
            error={errorOf(errors, "body")}
            onValue={(text) => editDraft(name, { body: text })}
          />
        </div>
        <div class="send">
          <Button kind="primary" type="submit" icon="send">
            {messageWords.send}
          </Button>
          <DraftState name={name} />
        </div>
      </Form>
    </Page>
  );
}

export default function ProWrite() {
  const { pid = "" } = useRoute().params;
  return <PatientFrame pid={pid}>{(patient) => <Writing patient={patient} />}</PatientFrame>;
}
