/** One's own national number and traits, shown on request: what a professional must type. */
import { useState } from "preact/hooks";
import { api } from "../api/carnet";
import type { OwnIdentity as Identity, Profile } from "../api/types";
import { catalogue } from "../catalogue";
import { dateMedium, firstName } from "../lib/format";
import { groupedIns } from "../lib/ins";
import { said } from "../lib/profile";
import { announce } from "./announcer";
import { Button } from "./button";
import { Name } from "./whose";
import { ErrorPanel } from "./states";
import { toast } from "./toast";

const t = catalogue.settings.identity;
/** Those that are not the same in the space of a child. */
const words = () => said(catalogue.settings).identity;

function Traits({ of }: { of: Identity }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(of.ins);
      toast(t.copied);
    } catch {
      // Refused by the browser: the number stays selected, to be copied by hand.
      getSelection()?.selectAllChildren(document.getElementById("ins-number") ?? document.body);
    }
  };
  return (
    <>
      <dl class="facts-list">
        <dt>{t.ins}</dt>
        <dd class="ins" id="ins-number">{groupedIns(of.ins)}</dd>
        <dt>{t.familyName}</dt>
        <dd>{of.family_name}</dd>
        <dt>{t.givenNames}</dt>
        <dd>{of.given_names.map(firstName).join(", ")}</dd>
        <dt>{t.birthDate}</dt>
        <dd>{of.birth_date ? dateMedium(of.birth_date) : catalogue.common.none}</dd>
        <dt>{t.sex}</dt>
        <dd>{t.sexes[of.sex]}</dd>
      </dl>
      <Button icon="copy" onPress={copy}>
        {t.copy}
      </Button>
    </>
  );
}

/** Kept in this screen's memory only: leaving it forgets them. */
export function OwnIdentity({ profile }: { profile: Profile }) {
  const [shown, setShown] = useState<Identity | null>(null);
  const [error, setError] = useState<unknown>(null);
  const show = async () => {
    setError(null);
    try {
      setShown(await api.ownIdentity(profile.patient_id));
      announce(t.shown);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <section class="card" aria-labelledby="identity">
      <h2 id="identity">{words().title}</h2>
      <p class="identity-name">
        <Name of={profile} />
      </p>
      <p>{words().why}</p>
      {error !== null && <ErrorPanel error={error} />}
      {shown && <Traits of={shown} />}
      <Button icon={shown ? "x" : "eye"} onPress={shown ? () => setShown(null) : show}>
        {shown ? t.hide : words().show}
      </Button>
    </section>
  );
}
