/** D1: opening a patient's record by the full identity; no list of the nation, no completion. */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api } from "../api/carnet";
import { Problem } from "../api/problem";
import type { PatientSearch } from "../api/types";
import { catalogue as t } from "../catalogue";
import { countUnread } from "../lib/boxes";
import { isFuture, readDate } from "../lib/dates";
import { compactIns, isIns } from "../lib/ins";
import { recentPatients } from "../lib/recent-patients";
import { takeSearchWanted } from "../lib/shortcuts";
import { Button } from "../ui/button";
import { ErrorSummary, type FieldError, Form, RadioField, TextField, errorOf } from "../ui/form";
import { OwnPatients } from "../ui/own-patients";
import { Page } from "../ui/page";
import { Name, identity } from "../ui/whose";
import { Refusal } from "../ui/refusal";
import { ErrorPanel } from "../ui/states";

interface Typed {
  ins: string;
  familyName: string;
  givenName: string;
  birthDate: string;
  sex: "female" | "male" | "";
}

const BLANK: Typed = { ins: "", familyName: "", givenName: "", birthDate: "", sex: "" };

function wrong(typed: Typed): FieldError[] {
  const born = readDate(typed.birthDate);
  const tests: [keyof Typed, boolean][] = [
    ["ins", !isIns(typed.ins)],
    ["birthDate", !born || isFuture(born)],
    ["familyName", !typed.familyName.trim()],
    ["givenName", !typed.givenName.trim()],
    ["sex", typed.sex === ""],
  ];
  return tests.filter(([, bad]) => bad).map(([id]) => ({ id, text: t.pro.errors[id] }));
}

const asSearch = (typed: Typed): PatientSearch => ({
  ins: compactIns(typed.ins),
  family_name: typed.familyName.trim(),
  given_name: typed.givenName.trim(),
  birth_date: readDate(typed.birthDate) ?? "",
  sex: typed.sex === "male" ? "male" : "female",
});

function Recent() {
  const patients = recentPatients.value;
  if (patients.length === 0) return null;
  return (
    <section aria-labelledby="recent">
      <h2 id="recent">{t.pro.recent}</h2>
      <p class="hint">{t.pro.recentHint}</p>
      <ul class="rows" role="list">
        {patients.map((patient) => (
          <li key={patient.patient_id}>
            <a class="row" href={`/pro/patients/${patient.patient_id}`}>
              <span class="row-body">
                <span class="row-title">
                  <Name of={patient} />
                </span>
                <span class="row-meta">
                  {identity(patient, true)}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useSearch() {
  const { route } = useLocation();
  const [typed, setTyped] = useState<Typed>(BLANK);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<unknown>(null);

  const submit = async () => {
    const problems = wrong(typed);
    setErrors(problems);
    setTurn((n) => n + 1);
    setFailure(null);
    if (problems.length) return;
    try {
      const { patient_id: pid } = await api.findPatient(asSearch(typed));
      route(`/pro/patients/${pid}`);
    } catch (error) {
      setFailure(error);
    }
  };
  const set = (change: Partial<Typed>) => setTyped((old) => ({ ...old, ...change }));
  return { typed, set, errors, turn, failure, submit };
}

export default function ProHome() {
  const { typed, set, errors, turn, failure, submit } = useSearch();
  useEffect(() => {
    if (takeSearchWanted()) document.getElementById("ins")?.focus();
    // Without an answer the navigation has no figure: nothing here depends on it.
    countUnread().catch(() => undefined);
  }, []);
  const refused = failure instanceof Problem && failure.status === 404;
  const error = (id: keyof Typed) => errorOf(errors, id);
  return (
    <Page title={t.pro.searchTitle} intro={t.pro.searchIntro}>
      {refused && <Refusal />}
      {failure !== null && !refused && <ErrorPanel error={failure} kept reply />}
      <Form onSubmit={submit} label={t.pro.searchTitle}>
        <ErrorSummary errors={errors} turn={turn} />
        <div class="card fields">
          <TextField
            id="ins"
            label={t.pro.ins}
            hint={t.pro.insHint}
            search
            mode="text"
            value={typed.ins}
            error={error("ins")}
            onValue={(ins) => set({ ins })}
          />
          <TextField
            id="birthDate"
            label={t.pro.birthDate}
            hint={t.add.dateHint}
            mode="numeric"
            value={typed.birthDate}
            error={error("birthDate")}
            onValue={(birthDate) => set({ birthDate })}
          />
          <TextField
            id="familyName"
            label={t.pro.familyName}
            value={typed.familyName}
            error={error("familyName")}
            onValue={(familyName) => set({ familyName })}
          />
          <TextField
            id="givenName"
            label={t.pro.givenName}
            value={typed.givenName}
            error={error("givenName")}
            onValue={(givenName) => set({ givenName })}
          />
          <RadioField
            id="sex"
            label={t.pro.sex}
            value={typed.sex}
            error={error("sex")}
            onValue={(sex) => set({ sex })}
            choices={[
              { code: "female" as const, label: t.pro.female },
              { code: "male" as const, label: t.pro.male },
            ]}
          />
        </div>
        <Button kind="primary" type="submit" icon="search">
          {t.pro.open}
        </Button>
      </Form>
      <Recent />
      <OwnPatients />
    </Page>
  );
}
