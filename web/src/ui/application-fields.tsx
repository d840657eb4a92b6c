/** The fields by which a publisher says what an application is, in the order people will read them. */
import type { Permission } from "../api/types";
import { applicationWords } from "../catalogue/applications";
import { deskWords } from "../catalogue/desk";
import { ATTESTED, MAX_REDIRECTS, PLATFORMS, PRICES, type TypedApplication } from "../lib/application-draft";
import { THEMES } from "../lib/applications";
import { PERMISSIONS } from "../lib/permissions";
import { Button } from "./button";
import { AreaField, CheckField, type FieldError, RadioField, SelectField, TextField, errorOf } from "./form";
import { Icon } from "./icon";

const t = deskWords.form;

export interface FieldsProps {
  typed: TypedApplication;
  set: (change: Partial<TypedApplication>) => void;
  errors: FieldError[];
}

type Texts = "name" | "publisher" | "website" | "purpose" | "priceDetail" | "retention" | "site" | "privacy" | "jwks";

const bound = ({ typed, set, errors }: FieldsProps) => (name: Texts) => ({
  id: name,
  value: typed[name],
  error: errorOf(errors, name),
  onValue: (value: string) => set({ [name]: value }),
});

function Refused({ errors, id }: { errors: FieldError[]; id: string }) {
  const text = errorOf(errors, id);
  if (!text) return null;
  return (
    <p class="field-error" id={`${id}-error`}>
      <Icon name="circle-alert" />
      <span>{text}</span>
    </p>
  );
}

/** The first box of a group has the name of the field, so that an error leads to it. */
function Platforms({ typed, set, errors }: FieldsProps) {
  const invalid = errorOf(errors, "platforms") !== undefined;
  return (
    <fieldset class="field radios" aria-describedby={invalid ? "platforms-error" : undefined}>
      <legend>{t.platforms}</legend>
      <Refused errors={errors} id="platforms" />
      <div class="radio-row">
        {PLATFORMS.map((one, place) => (
          <CheckField
            key={one}
            id={place === 0 ? "platforms" : `platforms-${one}`}
            label={applicationWords.platform[one]}
            value={typed.platforms.includes(one)}
            invalid={invalid}
            onValue={(on) =>
              set({ platforms: on ? [...typed.platforms, one] : typed.platforms.filter((other) => other !== one) })
            }
          />
        ))}
      </div>
    </fieldset>
  );
}

export function Identity(props: FieldsProps) {
  const { typed, set, errors } = props;
  const field = bound(props);
  return (
    <fieldset class="card">
      <legend>{t.identity}</legend>
      <TextField {...field("name")} label={t.name} length={60} spell />
      <TextField {...field("publisher")} label={t.publisher} hint={t.publisherHint} length={120} />
      <TextField {...field("website")} label={t.website} length={500} />
      <AreaField {...field("purpose")} label={t.purpose} hint={t.purposeHint} length={500} spell />
      <SelectField
        id="theme"
        label={t.theme}
        value={typed.theme}
        error={errorOf(errors, "theme")}
        none={t.chooseTheme}
        choices={THEMES.map((code) => ({ code, label: applicationWords.themes[code] }))}
        onValue={(theme) => set({ theme: theme as TypedApplication["theme"] })}
      />
      <Platforms {...props} />
      <RadioField
        id="price"
        label={t.price}
        value={typed.price}
        choices={PRICES.map((code) => ({ code, label: applicationWords.prices[code] }))}
        onValue={(price) => set({ price })}
      />
      <TextField {...field("priceDetail")} label={t.priceDetail} hint={t.priceHint} length={120} spell />
    </fieldset>
  );
}

function AskedLine({ permission, typed, set, errors }: FieldsProps & { permission: Permission }) {
  const label = deskWords.permissions[permission];
  const why = typed.asked[permission];
  const { [permission]: _, ...others } = typed.asked;
  return (
    <div class="asked-line">
      <CheckField
        id={`asked-${permission}`}
        label={label}
        value={why !== undefined}
        onValue={(on) => set({ asked: on ? { ...others, [permission]: "" } : others })}
      />
      {why !== undefined && (
        <AreaField
          id={`why-${permission}`}
          label={t.why(label)}
          hint={t.whyHint}
          length={300}
          rows={2}
          spell
          value={why}
          error={errorOf(errors, `why-${permission}`)}
          onValue={(text) => set({ asked: { ...others, [permission]: text } })}
        />
      )}
    </div>
  );
}

export function DataAsked(props: FieldsProps) {
  return (
    <fieldset class="card" aria-describedby="data-hint">
      <legend>{t.data}</legend>
      <p class="hint" id="data-hint">
        {t.dataHint}
      </p>
      {PERMISSIONS.map((permission) => (
        <AskedLine key={permission} permission={permission} {...props} />
      ))}
      <AreaField {...bound(props)("retention")} label={t.retention} length={300} rows={2} spell />
    </fieldset>
  );
}

function Redirects({ typed, set, errors }: FieldsProps) {
  const { redirects } = typed;
  const put = (place: number, address: string) =>
    set({ redirects: redirects.map((old, n) => (n === place ? address : old)) });
  const remove = (place: number) => {
    set({ redirects: redirects.filter((_, n) => n !== place) });
    document.getElementById("redirect-0")?.focus();
  };
  return (
    <>
      {redirects.map((address, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- lines have no other name than their place
        <div key={place} class="redirect-line">
          <TextField
            id={`redirect-${place}`}
            label={t.redirect(place + 1)}
            hint={place === 0 ? t.redirectHint : undefined}
            length={500}
            value={address}
            error={errorOf(errors, `redirect-${place}`)}
            onValue={(value) => put(place, value)}
          />
          {redirects.length > 1 && (
            <Button kind="quiet" icon="trash" label={t.removeRedirect(place + 1)} onPress={() => remove(place)} />
          )}
        </div>
      ))}
      {redirects.length < MAX_REDIRECTS && (
        <Button icon="plus" onPress={() => set({ redirects: [...redirects, ""] })}>
          {t.addRedirect}
        </Button>
      )}
    </>
  );
}

export function Addresses(props: FieldsProps) {
  const field = bound(props);
  return (
    <fieldset class="card" aria-describedby="addresses-hint">
      <legend>{t.addresses}</legend>
      <p class="hint" id="addresses-hint">
        {t.addressesHint}
      </p>
      <TextField {...field("site")} label={t.site} length={500} />
      <TextField {...field("privacy")} label={t.privacy} hint={t.privacyHint} length={500} />
      <Redirects {...props} />
    </fieldset>
  );
}

export function Keys(props: FieldsProps) {
  const { typed, set } = props;
  return (
    <fieldset class="card" aria-describedby="keys-hint">
      <legend>{t.keys}</legend>
      <p class="hint" id="keys-hint">
        {t.keysHint}
      </p>
      <RadioField<"none" | "keys">
        id="keys"
        label={deskWords.own.authentication}
        value={typed.isPublic ? "none" : "keys"}
        choices={(["none", "keys"] as const).map((code) => ({ code, label: t.keyKinds[code] }))}
        onValue={(kind) => set({ isPublic: kind === "none" })}
      />
      {!typed.isPublic && <AreaField {...bound(props)("jwks")} label={t.jwks} hint={t.jwksHint} rows={8} />}
    </fieldset>
  );
}

export function Attestations({ typed, set, errors }: FieldsProps) {
  return (
    <fieldset class="card" aria-describedby="attested-hint">
      <legend>{t.attested}</legend>
      <p class="hint" id="attested-hint">
        {t.attestedHint}
      </p>
      {ATTESTED.map((kind) => (
        <TextField
          key={kind}
          id={`attested-${kind}`}
          label={applicationWords.attested[kind]}
          length={160}
          optional
          spell
          value={typed.attested[kind] ?? ""}
          error={errorOf(errors, `attested-${kind}`)}
          onValue={(reference) => set({ attested: { ...typed.attested, [kind]: reference } })}
        />
      ))}
    </fieldset>
  );
}
