/** What surrounds every screen: whose record this is, the few places to go, and help. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { agendaApi } from "../api/agenda";
import { me, sessionState } from "../api/session";
import type { Patient, Profile } from "../api/types";
import { brand } from "../brand";
import { catalogue as t } from "../catalogue";
import type { IconName } from "../icons";
import { dateMedium, dateShort, firstName, parisDay } from "../lib/format";
import { listenShortcuts, shortcutsShown } from "../lib/shortcuts";
import { unread } from "../lib/unread";
import { Announcer, announce } from "./announcer";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { LogoutButton } from "./logout-button";
import { SessionDialogs } from "./session-dialogs";
import { Toaster } from "./toast";

/** The patient whose record a professional has open. */
export const openPatient = signal<Patient | null>(null);

/** The profile a person acts in. */
export function ownProfile(): Profile | null {
  return me.value?.role === "patient" ? (me.value.profiles[0] ?? null) : null;
}

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

export function Brand() {
  return (
    <span class="brand">
      <svg class="brand-mark" viewBox="0 0 96 96" aria-hidden="true" focusable="false">
        <path class="brand-cover" d="M22 14h44a10 10 0 0 1 10 10v58H32a10 10 0 0 1-10-10z" />
        <path class="brand-page" d="M22 72a10 10 0 0 1 10-10h44" />
        <path class="brand-line" d="M38 32h24M38 44h15" />
      </svg>
      <span>{brand.name}</span>
    </span>
  );
}

/** The room that a name will take. */
const Nobody = () => (
  <div class="whose record" aria-hidden="true">
    <p class="whose-label">{"\u00a0"}</p>
    <p class="whose-name">{"\u00a0"}</p>
    <p class="whose-more">{"\u00a0"}</p>
  </div>
);

function Whose() {
  const patient = openPatient.value;
  const profile = ownProfile();
  const shown = patient ?? profile;
  if (!shown) {
    if (me.value === null) return <Nobody />;
    if (me.value.role !== "professional") return null;
    return (
      <div class="whose">
        <p class="whose-label">{me.value.profession.label}</p>
        <p class="whose-name">{me.value.display_name}</p>
        {me.value.organisation && <p class="whose-more">{me.value.organisation.name}</p>}
      </div>
    );
  }
  return (
    <div class="whose record">
      <p class="whose-label">{t.shell.recordOf}</p>
      <p class="whose-name">
        <Name of={shown} />
      </p>
      <p class="whose-more">
        {identity(shown, patient !== null)}
      </p>
    </div>
  );
}

interface Place {
  href: string;
  label: string;
  icon: IconName;
  /** Shown in the rail of large screens only; on a phone it is under « Plus ». */
  rail?: boolean;
}

const PERSON: Place[] = [
  { href: "/accueil", label: t.shell.home, icon: "house" },
  { href: "/documents", label: t.shell.documents, icon: "file-text" },
  { href: "/agenda", label: t.shell.agenda, icon: "calendar" },
  { href: "/acces", label: t.shell.access, icon: "eye" },
  { href: "/professionnels", label: t.shell.professionals, icon: "users", rail: true },
  { href: "/plus", label: t.shell.more, icon: "ellipsis" },
];

/** Screens of somebody; whose is not known before the session answered. */
const SOMEBODYS = /^\/(?:accueil|documents|agenda|notifications|acces|professionnels|plus|pro)(?:\/|$)/;
const PROFESSIONALS = /^\/pro(?:\/|$)/;

function places(path: string): Place[] {
  if (me.value ? me.value.role === "patient" : !PROFESSIONALS.test(path)) return PERSON;
  const search: Place = { href: "/pro", label: t.shell.findPatient, icon: "search" };
  const more: Place = { href: "/plus", label: t.shell.more, icon: "ellipsis" };
  const patient = openPatient.value;
  if (!patient) return [search, more];
  const base = `/pro/patients/${patient.patient_id}`;
  return [
    search,
    { href: base, label: t.shell.documents, icon: "file-text" },
    { href: `${base}/rendez-vous`, label: t.shell.appointments, icon: "calendar" },
    { href: `${base}/deposer`, label: t.shell.deposit, icon: "upload" },
    more,
  ];
}

/** The place a path belongs to: the longest one that begins it. */
function currentPlace(path: string, all: Place[]): string | undefined {
  return all
    .map(({ href }) => href)
    .filter((href) => path === href || path.startsWith(`${href}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** What a phone reaches through « Plus ». */
const BEHIND_MORE = /^\/(?:professionnels|notifications)(?:\/|$)/;

function Navigation() {
  const { path } = useLocation();
  const all = places(path);
  const current = currentPlace(path, all);
  const within = (href: string) => (href === "/plus" && BEHIND_MORE.test(path) ? "true" : undefined);
  return (
    <nav class="places" aria-label={t.shell.navigation}>
      <ul role="list">
        {all.map(({ href, label, icon, rail }) => (
          <li key={href} class={rail ? "rail-only" : undefined}>
            <a href={href} aria-current={href === current ? "page" : within(href)}>
              <Icon name={icon} size={24} />
              <span>{label}</span>
            </a>
          </li>
        ))}
      </ul>
      <div class="rail-only rail-end">
        <LogoutButton kind="quiet" />
      </div>
    </nav>
  );
}

const online = signal(navigator.onLine);
addEventListener("online", () => {
  online.value = true;
  announce(t.shell.online);
});
addEventListener("offline", () => {
  online.value = false;
});

function Connection() {
  return (
    <div role="status">
      {!online.value && (
        <p class="offline">
          <Icon name="wifi-off" />
          <span>{t.shell.offline}</span>
        </p>
      )}
    </div>
  );
}

const closeShortcuts = () => {
  shortcutsShown.value = false;
};

function Shortcuts() {
  if (!shortcutsShown.value) return null;
  return (
    <Dialog title={t.shortcuts.title} onClose={closeShortcuts}>
      <dl class="keys">
        {t.shortcuts.list.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{t.shortcuts.off}</p>
      <div class="actions">
        <Button onPress={closeShortcuts}>{t.common.close}</Button>
      </div>
    </Dialog>
  );
}

/** Whose record a professional reads, however far down: the name above is said once. */
function PatientBar() {
  const patient = openPatient.value;
  return patient ? (
    <p class="patient-bar" aria-hidden="true">
      <Name of={patient} /> · {identity(patient, true)}
    </p>
  ) : null;
}

/** Printed at the top of the page instead of the navigation. */
function PrintHead() {
  const shown = openPatient.value ?? ownProfile();
  if (!shown) return null;
  return (
    <p class="print-head">
      <Name of={shown} /> · {identity(shown, true)} ·{" "}
      {t.shell.printedOn(dateMedium(parisDay(new Date())))}
    </p>
  );
}

async function readUnread(pid: string) {
  unread.value = await agendaApi.unread(pid);
}

/** The bell, with how many notices were not read; the home screen brings the figure with it. */
function Bell({ pid }: { pid: string }) {
  const { path } = useLocation();
  useEffect(() => {
    if (unread.value !== null || path === "/accueil") return;
    // Without an answer the bell has no figure: the screen itself says that the service is away.
    readUnread(pid).catch(() => undefined);
  }, [path]);
  const count = unread.value ?? 0;
  return (
    <a
      class="help-link bell"
      href="/notifications"
      aria-label={t.shell.unreadCount(count)}
      aria-current={path === "/notifications" ? "page" : undefined}
    >
      <Icon name="bell" />
      {count > 0 && <span class="bell-count">{count}</span>}
    </a>
  );
}

export function Shell({ children, bare }: { children: ComponentChildren; bare?: boolean }) {
  const { path, route } = useLocation();
  useEffect(() => listenShortcuts(route), [route]);
  const known = !bare && me.value !== null;
  // Drawn before it is known for whom, so that nothing moves when it is.
  const framed = known || (sessionState.value === "unknown" && SOMEBODYS.test(path));
  const own = known ? ownProfile() : null;
  return (
    <div class={framed ? "shell" : "shell bare"}>
      <a
        class="skip"
        href="#contenu"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("contenu")?.focus();
        }}
      >
        {t.shell.skip}
      </a>
      <header class="top">
        <a class="brand-link" href={known ? (me.value?.role === "patient" ? "/accueil" : "/pro") : "/"}>
          <Brand />
        </a>
        <div class="top-links">
          {own && <Bell pid={own.patient_id} />}
          <a class="help-link" href="/aide">
            <Icon name="life-buoy" />
            <span>{t.shell.help}</span>
          </a>
        </div>
        {framed && <Whose />}
      </header>
      {framed && <Navigation />}
      <main id="contenu" tabIndex={-1}>
        <Connection />
        <PatientBar />
        <PrintHead />
        {children}
      </main>
      <Toaster />
      <Announcer />
      <Shortcuts />
      <SessionDialogs />
    </div>
  );
}
