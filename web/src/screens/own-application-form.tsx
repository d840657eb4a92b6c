/** A1: what a publisher says of an application, for the first time or again. */
import { useRef, useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { type Filed, publisherApi } from "../api/desk";
import { Problem } from "../api/problem";
import { catalogue } from "../catalogue";
import { deskWords } from "../catalogue/desk";
import {
  BLANK, type TypedApplication, askedOf, bodyOf, changesOf, fieldOf, keysOf, typedOf,
} from "../lib/application-draft";
import { idempotencyKey } from "../lib/ids";
import { dropDraft, useDraft } from "../lib/kept-drafts";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { Addresses, Attestations, DataAsked, Identity, Keys } from "../ui/application-fields";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { ErrorSummary, type FieldError, Form } from "../ui/form";
import { Page } from "../ui/page";
import { ErrorPanel, Loading, Notice, Resumed } from "../ui/states";
import { toast } from "../ui/toast";

const t = deskWords.form;

const REQUIRED = ["name", "publisher", "website", "purpose", "theme"] as const;
const REQUIRED_AFTER = ["retention", "site", "privacy"] as const;

/** What is left to fill, in the order of the form. */
function missingIn(typed: TypedApplication): FieldError[] {
  const empty = <T extends (typeof REQUIRED | typeof REQUIRED_AFTER)[number]>(names: readonly T[]) =>
    names.filter((name) => !typed[name].trim()).map((name) => ({ id: name, text: t.missing[name] }));
  const whys = askedOf(typed)
    .filter((permission) => !typed.asked[permission]?.trim())
    .map((permission) => ({ id: `why-${permission}`, text: t.missing.why(deskWords.permissions[permission]) }));
  const found = [
    ...empty(REQUIRED),
    ...(typed.platforms.length ? [] : [{ id: "platforms", text: t.missing.platforms }]),
    ...(typed.priceDetail.trim() ? [] : [{ id: "priceDetail", text: t.missing.priceDetail }]),
    ...whys,
    ...empty(REQUIRED_AFTER),
  ];
  if (typed.isPublic || keysOf(typed.jwks)) return found;
  return [...found, { id: "jwks", text: typed.jwks.trim() ? t.notJson : t.missing.jwks }];
}

/** What the server says of a field belongs to it. */
const refusedIn = (failure: unknown, typed: TypedApplication): FieldError[] =>
  ((failure instanceof Problem && failure.body.errors) || []).map(({ pointer, detail }) => ({
    id: fieldOf(pointer, typed),
    text: typo(detail),
  }));

const ALIKE = ["website", "site", "privacy", "jwks"] as const;

/** Away from its field, what is said of an address says of which one; what is missing says it. */
function named(error: FieldError): FieldError {
  const place = /^redirect-(\d)$/.exec(error.id)?.[1];
  const name = ALIKE.find((one) => one === error.id && error.text !== t.missing[one]);
  const label = place ? t.redirect(Number(place) + 1) : name && t[name];
  return label ? { ...error, text: t.of(label, error.text) } : error;
}

const draftOf = (file: Filed | null) => (file ? `application ${file.id} ${file.etag}` : "application");

function useSaving(file: Filed | null, typed: TypedApplication, drop: () => void) {
  const { route } = useLocation();
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<unknown>(null);
  // The same words sent again are the same application.
  const key = useRef({ of: "", value: "" });
  const keyOf = (body: object) => {
    const of = JSON.stringify(body);
    if (key.current.of !== of) key.current = { of, value: idempotencyKey() };
    return key.current.value;
  };
  const say = (found: FieldError[]) => {
    setErrors(found);
    setTurn((n) => n + 1);
  };
  const isComplete = () => {
    const found = missingIn(typed);
    setFailure(null);
    say(found);
    return found.length === 0;
  };
  const save = async () => {
    setFailure(null);
    try {
      const body = bodyOf(typed);
      const saved = file
        ? await publisherApi.change(file, changesOf(typed, file))
        : await publisherApi.register(body, keyOf(body));
      drop();
      toast(file ? deskWords.own.changed : deskWords.own.registered);
      route(`/editeur/${saved.id}`, true);
    } catch (error) {
      const found = refusedIn(error, typed);
      if (found.length) say(found);
      else setFailure(error);
    }
  };
  return { errors, turn, failure, isComplete, save };
}

function Online({ save, close }: { save: () => Promise<void>; close: () => void }) {
  return (
    <Dialog title={t.onlineTitle} onClose={close} alert>
      <ul class="references">
        {t.online.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <div class="actions">
        <Button kind="primary" onPress={() => save().finally(close)}>
          {t.onlineConfirm}
        </Button>
        <Button onPress={close}>{catalogue.common.cancel}</Button>
      </div>
    </Dialog>
  );
}

function Whole({ file, latest }: { file: Filed | null; latest: () => void }) {
  const name = draftOf(file);
  const [start] = useState(() => (file ? typedOf(file) : BLANK));
  const { typed, set, drop, resumed, restart } = useDraft(name, start);
  const { errors, turn, failure, isComplete, save } = useSaving(file, typed, drop);
  const [asking, setAsking] = useState(false);
  const submit = async () => {
    if (!isComplete()) return;
    if (file?.state === "online") setAsking(true);
    else await save();
  };
  const fields = { typed, set, errors };
  return (
    <Form onSubmit={submit} label={file ? t.editTitle : t.addTitle}>
      <ErrorSummary errors={errors.map(named)} turn={turn} />
      {failure !== null && (
        <ErrorPanel
          error={failure}
          kept
          reply
          latest={() => {
            dropDraft(name);
            latest();
          }}
        />
      )}
      {resumed && <Resumed restart={restart} />}
      {file?.state === "online" && (
        <Notice kind="warning">
          <p>{t.onlineHint}</p>
        </Notice>
      )}
      <Identity {...fields} />
      <DataAsked {...fields} />
      <Addresses {...fields} />
      <Keys {...fields} />
      <Attestations {...fields} />
      <Button kind="primary" type="submit" icon="check">
        {file ? t.save : t.submit}
      </Button>
      {asking && <Online save={save} close={() => setAsking(false)} />}
    </Form>
  );
}

export default function OwnApplicationForm() {
  const { id } = useRoute().params as { id?: string };
  const known = useResource(`form ${id}`, async (signal) => ({ file: id ? await publisherApi.read(id, signal) : null }));
  const back = id ? { href: `/editeur/${id}`, label: deskWords.own.tab } : { href: "/editeur", label: deskWords.own.back };
  return (
    <Page title={id ? t.editTitle : t.addTitle} intro={id ? undefined : t.addIntro} back={back}>
      {known.loading && <Loading lines={6} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {known.data && <Whole key={known.data.file?.etag} file={known.data.file} latest={known.reload} />}
    </Page>
  );
}
