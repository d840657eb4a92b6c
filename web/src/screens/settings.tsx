/** « Plus »: comfort, keyboard, this device, leaving. */
import { useState } from "preact/hooks";
import { logout, me } from "../api/session";
import { catalogue as t } from "../catalogue";
import {
  type Size, type Theme, eraseDevice, setShortcuts, setSize, setTheme, shortcuts, size, theme,
} from "../lib/prefs";
import { currentProfile, said } from "../lib/profile";
import { shortcutsShown } from "../lib/shortcuts";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { RadioField } from "../ui/form";
import { LogoutButton } from "../ui/logout-button";
import { OwnIdentity } from "../ui/own-identity";
import { Page } from "../ui/page";
import { StepLink } from "../ui/step-link";

const labelled = <T extends string>(labels: Record<T, string>) =>
  (Object.keys(labels) as T[]).map((code) => ({ code, label: labels[code] }));

const erase = () =>
  logout(async () => {
    await eraseDevice();
    return "efface";
  });

function Erase() {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <p>
        {t.settings.eraseHint} {me.value?.role === "patient" && t.settings.eraseKeeps}
      </p>
      <Button kind="danger" icon="eraser" onPress={() => setAsked(true)}>
        {t.settings.erase}
      </Button>
      {asked && (
        <Dialog title={t.settings.eraseTitle} onClose={() => setAsked(false)} alert>
          <p>{t.settings.eraseText}</p>
          <div class="actions">
            <Button kind="danger" onPress={erase}>
              {t.settings.erase}
            </Button>
            <Button onPress={() => setAsked(false)}>{t.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Account() {
  return (
    <section class="card" aria-labelledby="account">
      <h2 id="account">{t.settings.account}</h2>
      {me.value?.role === "patient" && (
        <>
          <StepLink
            href="/mesures"
            icon="activity"
            title={said(t.settings).measures}
            text={t.settings.measuresText}
          />
          <StepLink href="/proches" icon="baby" title={t.settings.relatives} text={t.settings.relativesText} />
          <StepLink
            href="/professionnels"
            icon="users"
            title={said(t.settings).professionals}
            text={t.settings.professionalsText}
          />
          <StepLink
            href="/applications"
            icon="smartphone"
            title={t.settings.catalogue}
            text={t.settings.catalogueText}
          />
          <StepLink
            href="/applications/mes-applications"
            icon="layout-grid"
            title={said(t.settings).applications}
            text={t.settings.applicationsText}
          />
          <StepLink href="/acces" icon="eye" title={t.settings.access} text={t.settings.accessText} />
          <StepLink href="/plus/avis" icon="bell" title={t.settings.notices} text={t.settings.noticesText} />
        </>
      )}
      {me.value && me.value.role !== "patient" && <p class="muted">{me.value.display_name}</p>}
      <LogoutButton />
    </section>
  );
}

export default function Settings() {
  const profile = currentProfile.value;
  return (
    <Page title={t.settings.title}>
      <Account />
      {profile && <OwnIdentity profile={profile} />}
      <section class="card" aria-labelledby="display">
        <h2 id="display">{t.settings.display}</h2>
        <RadioField<Theme>
          id="theme"
          label={t.settings.theme}
          value={theme.value}
          onValue={setTheme}
          choices={labelled<Theme>(t.settings.themes)}
        />
        <RadioField<Size>
          id="size"
          label={t.settings.size}
          value={size.value}
          onValue={setSize}
          choices={labelled<Size>(t.settings.sizes)}
        />
      </section>
      <section class="card" aria-labelledby="keyboard">
        <h2 id="keyboard">{t.settings.keyboard}</h2>
        <label class="check">
          <input
            type="checkbox"
            checked={shortcuts.value}
            aria-describedby="shortcuts-hint"
            onChange={(event) => setShortcuts(event.currentTarget.checked)}
          />
          <span>{t.settings.shortcuts}</span>
        </label>
        <p class="hint" id="shortcuts-hint">
          {t.settings.shortcutsHint}
        </p>
        <Button icon="keyboard" onPress={() => { shortcutsShown.value = true; }}>
          {t.settings.showShortcuts}
        </Button>
      </section>
      <section class="card" aria-labelledby="device">
        <h2 id="device">{t.settings.device}</h2>
        <Erase />
      </section>
    </Page>
  );
}
