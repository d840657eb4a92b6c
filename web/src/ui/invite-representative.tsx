/** Inviting a second representative: three exact facts, no list, and one answer whoever he is. */
import { useRef, useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { relativesApi } from "../api/relatives";
import type { Child, Invitation } from "../api/types";
import { catalogue } from "../catalogue";
import { relativesWords as t } from "../catalogue/relatives";
import { firstName } from "../lib/format";
import { idempotencyKey } from "../lib/ids";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorSummary, type FieldError, Form, TextField, errorOf } from "./form";
import { ErrorPanel } from "./states";

const FIELDS = { family_name: "invite-family", given_name: "invite-given", birth_date: "invite-birth" } as const;
type Field = keyof typeof FIELDS;
const ORDER = Object.keys(FIELDS) as Field[];
type Typed = Record<Field, string>;

const missing = (typed: Typed): FieldError[] =>
  ORDER.filter((field) => !typed[field].trim()).map((field) => ({ id: FIELDS[field], text: t.inviteMissing[field] }));

/** What the server says of a field belongs to it. */
const refused = (failure: unknown): FieldError[] =>
  ((failure instanceof Problem && failure.body.errors) || []).flatMap(({ pointer, detail }) => {
    const field = ORDER.find((one) => pointer === `/${one}`);
    return field ? [{ id: FIELDS[field], text: typo(detail) }] : [];
  });

interface Props {
  child: Child;
  onSent: (sent: Invitation) => void;
  onClose: () => void;
}

export function InviteRepresentative({ child, onSent, onClose }: Props) {
  const [typed, setTyped] = useState<Typed>({ family_name: "", given_name: "", birth_date: "" });
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [error, setError] = useState<unknown>(null);
  // The same words sent again are the same invitation.
  const key = useRef(idempotencyKey());
  const tell = (found: FieldError[]) => {
    setErrors(found);
    setTurn((n) => n + 1);
  };
  const submit = async () => {
    const found = missing(typed);
    setError(null);
    tell(found);
    if (found.length) return;
    try {
      onSent(await relativesApi.invite(child.patient_id, typed, key.current));
    } catch (failure) {
      const said = refused(failure);
      if (said.length) tell(said);
      else setError(failure);
    }
  };
  const field = (name: Field) => ({
    id: FIELDS[name],
    value: typed[name],
    error: errorOf(errors, FIELDS[name]),
    onValue: (value: string) => {
      key.current = idempotencyKey();
      setTyped((old) => ({ ...old, [name]: value }));
    },
  });
  return (
    <Dialog title={t.inviteTitle(firstName(child.given_name))} onClose={onClose}>
      <p>{t.inviteText}</p>
      <Form onSubmit={submit} label={t.inviteTitle(firstName(child.given_name))}>
        <ErrorSummary errors={errors} turn={turn} />
        {error !== null && <ErrorPanel error={error} kept reply />}
        <TextField {...field("family_name")} label={t.inviteFamily} length={100} />
        <TextField {...field("given_name")} label={t.inviteGiven} length={100} />
        <TextField {...field("birth_date")} label={t.inviteBirth} type="date" min="1900-01-01" max="2100-12-31" short />
        <p class="hint">{t.inviteConstant}</p>
        <div class="actions">
          <Button kind="primary" type="submit">
            {t.inviteSend}
          </Button>
          <Button onPress={onClose}>{catalogue.common.cancel}</Button>
        </div>
      </Form>
    </Dialog>
  );
}
