/** Whose record this is, said on every screen and on paper. */
import { signal } from "@preact/signals";
import { me } from "../api/session";
import type { OperatorMe, Patient, Profile, PublisherMe } from "../api/types";
import { catalogue as t } from "../catalogue";
import { dateMedium, dateShort, firstName, instantDay, parisDay } from "../lib/format";
import { currentProfile, isChilds, profiles } from "../lib/profile";
import { Icon } from "./icon";
import { Switcher, spaceName } from "./switcher";

/** The patient whose record a professional has open. */
export const openPatient = signal<Patient | null>(null);

/** Given and family names, each kept whole when the line breaks. */
export const Name = ({ of }: { of: Pick<Patient, "given_name" | "family_name"> }) => (
  <>
    <span class="name">{firstName(of.given_name)}</span>{" "}
    <span class="name">{of.family_name}</span>
  </>
);

type Born = Pick<Patient, "birth_date" | "age">;

/** « 47 ans · Naissance : 28/03/1979 »; the day of birth may not be known. */
export const identity = ({ age, birth_date: born }: Born, withBirth: boolean) =>
  [age === null ? null : t.shell.age(age), withBirth && born ? t.shell.born(dateShort(born)) : null]
    .filter(Boolean)
    .join(" · ");

/** The room that a name will take. */
const Nobody = () => (
  <div class="whose record" aria-hidden="true">
    <p class="whose-label">{"\u00a0"}</p>
    <p class="whose-name">{"\u00a0"}</p>
    <p class="whose-more">{"\u00a0"}</p>
  </div>
);

/** One of several profiles: a child's says so in words, with a drawing of its own. */
function OneOfSeveral({ profile }: { profile: Profile }) {
  const childs = isChilds(profile);
  return (
    <div class={childs ? "whose record several childs" : "whose record several"}>
      <Icon name={childs ? "baby" : "user-round"} size={24} />
      <div>
        <p class="whose-name">{childs ? spaceName(profile) : <Name of={profile} />}</p>
        <p class="whose-more">
          {[identity(profile, false), childs ? t.shell.childBadge : t.shell.ownBadge].filter(Boolean).join(" · ")}
        </p>
      </div>
      <Switcher />
    </div>
  );
}

/** Who is at work with applications: in which name, and for which establishment. */
function AtWork({ who }: { who: PublisherMe | OperatorMe }) {
  return (
    <div class="whose">
      <p class="whose-label">{t.shell.spaces[who.role]}</p>
      <p class="whose-name">{who.display_name}</p>
      {who.role === "publisher" && <p class="whose-more">{t.shell.siret(who.siret)}</p>}
    </div>
  );
}

function Professional() {
  const who = me.value;
  if (who?.role === "publisher" || who?.role === "operator") return <AtWork who={who} />;
  if (me.value?.role !== "professional") return null;
  return (
    <div class="whose">
      <p class="whose-label">{me.value.profession.label}</p>
      <p class="whose-name">{me.value.display_name}</p>
      {me.value.organisation && <p class="whose-more">{me.value.organisation.name}</p>}
    </div>
  );
}

export function Whose() {
  const patient = openPatient.value;
  const profile = currentProfile.value;
  const shown = patient ?? profile;
  if (me.value === null) return <Nobody />;
  if (!shown) return <Professional />;
  if (profile && profiles.value.length > 1) return <OneOfSeveral profile={profile} />;
  return (
    <div class="whose record">
      <p class="whose-label">{t.shell.recordOf}</p>
      <p class="whose-name">
        <Name of={shown} />
      </p>
      <p class="whose-more">
        {identity(shown, patient !== null)}
      </p>
      {patient?.authorised_until && (
        <p class="whose-more">{t.shell.authorisedUntil(instantDay(patient.authorised_until))}</p>
      )}
    </div>
  );
}

/** Whose record is read, however far down: the name above is said once. */
export function PatientBar() {
  const patient = openPatient.value;
  const profile = currentProfile.value;
  if (patient) {
    return (
      <p class="patient-bar" aria-hidden="true">
        <Name of={patient} /> · {identity(patient, true)}
      </p>
    );
  }
  if (!profile || !isChilds(profile)) return null;
  return (
    <p class="patient-bar childs-bar" aria-hidden="true">
      <Icon name="baby" />
      <span>{[spaceName(profile), identity(profile, false)].filter(Boolean).join(" · ")}</span>
    </p>
  );
}

/** Printed at the top of the page instead of the navigation. */
export function PrintHead() {
  const shown = openPatient.value ?? currentProfile.value;
  if (!shown) return null;
  return (
    <p class="print-head">
      <Name of={shown} /> · {identity(shown, true)} ·{" "}
      {t.shell.printedOn(dateMedium(parisDay(new Date())))}
    </p>
  );
}
