/** Looking for a professional in the public directory; the name travels in a body, never in a URL. */
import { useRef, useState } from "preact/hooks";
import { api } from "../api/carnet";
import type { ProfessionalCard } from "../api/types";
import { catalogue as t } from "../catalogue";
import { typo } from "../lib/typo";
import { placed } from "./authorise-dialog";
import { Button } from "./button";
import { ErrorSummary, type FieldError, Form, TextField, errorOf } from "./form";
import { Empty, ErrorPanel } from "./states";

interface Typed {
  family: string;
  given: string;
  city: string;
  rpps: string;
}

function wrong({ family, rpps }: Typed): FieldError[] {
  const digits = rpps.replaceAll(/\s/g, "");
  if (digits && !/^\d{11}$/.test(digits)) return [{ id: "rpps", text: t.professionals.errors.rpps }];
  if (!digits && !family.trim()) return [{ id: "family", text: t.professionals.errors.name }];
  return [];
}

function wanted({ family, given, city, rpps }: Typed) {
  const digits = rpps.replaceAll(/\s/g, "");
  if (digits) return { rpps: digits };
  return {
    family_name: family.trim(),
    given_name: given.trim() || null,
    city: city.trim() || null,
  };
}

function Results({ found, authorised, onChoose }: {
  found: ProfessionalCard[];
  authorised: Set<string>;
  onChoose: (card: ProfessionalCard) => void;
}) {
  if (found.length === 0) {
    return <Empty icon="search" title={t.professionals.noneTitle} text={t.professionals.none} />;
  }
  return (
    <ul class="results" role="list">
      {found.map((card) => {
        const name = typo(card.name);
        return (
          <li key={card.rpps} class="result">
            <div>
              <p class="result-name">{name}</p>
              <p class="muted">{placed(card)}</p>
            </div>
            {authorised.has(card.rpps) ? (
              <p class="muted">{t.professionals.already}</p>
            ) : (
              <Button
                icon="user-round-check"
                label={t.professionals.authoriseNamed(name)}
                onPress={() => onChoose(card)}
              >
                {t.professionals.authorise}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

export function FindProfessional({ authorised, onChoose }: {
  authorised: Set<string>;
  onChoose: (card: ProfessionalCard) => void;
}) {
  const [typed, setTyped] = useState<Typed>({ family: "", given: "", city: "", rpps: "" });
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [turn, setTurn] = useState(0);
  const [found, setFound] = useState<ProfessionalCard[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const latest = useRef(0);

  const submit = async () => {
    const problems = wrong(typed);
    setErrors(problems);
    setTurn((n) => n + 1);
    setFailure(null);
    const mine = (latest.current += 1);
    if (problems.length) {
      setFound(null);
      return;
    }
    try {
      const items = await api.findProfessionals(wanted(typed));
      if (mine === latest.current) setFound(items);
    } catch (error) {
      setFound(null);
      setFailure(error);
    }
  };
  const field = (id: keyof Typed) => ({
    id,
    value: typed[id],
    error: errorOf(errors, id),
    onValue: (value: string) => setTyped((old) => ({ ...old, [id]: value })),
  });

  return (
    <section class="card" aria-labelledby="find">
      <h2 id="find">{t.professionals.find}</h2>
      <p>{t.professionals.findIntro}</p>
      <Form onSubmit={submit} label={t.professionals.find}>
        <ErrorSummary errors={errors} turn={turn} />
        <div class="fields">
          <TextField {...field("family")} label={t.professionals.familyName} hint={t.professionals.familyNameHint} search />
          <TextField {...field("given")} label={t.professionals.givenName} optional />
          <TextField {...field("city")} label={t.professionals.city} optional />
          <TextField
            {...field("rpps")}
            label={t.professionals.rpps}
            hint={t.professionals.rppsHint}
            mode="numeric"
            optional
          />
        </div>
        <Button type="submit" icon="search">
          {t.common.search}
        </Button>
      </Form>
      <p class="list-count" role="status">
        {found ? t.professionals.results(found.length) : ""}
      </p>
      {failure !== null && <ErrorPanel error={failure} kept reply />}
      {found && <Results found={found} authorised={authorised} onChoose={onChoose} />}
    </section>
  );
}
