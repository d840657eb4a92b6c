/** What surrounds every screen: whose record this is, the few places to go, and help. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { agendaApi } from "../api/agenda";
import { firstScreen, me, sessionState } from "../api/session";
import { marked } from "../api/session-mark";
import type { Role } from "../api/types";
import { brand } from "../brand";
import { catalogue as t } from "../catalogue";
import type { IconName } from "../icons";
import { currentProfile, isChilds } from "../lib/profile";
import { listenShortcuts, shortcutsShown } from "../lib/shortcuts";
import { isKnown, sayUnread, unread, unreadConversations } from "../lib/unread";
import { Announcer, announce } from "./announcer";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { LogoutButton } from "./logout-button";
import { SessionDialogs } from "./session-dialogs";
import { GoneProfile, useProfileNews } from "./switcher";
import { Toaster } from "./toast";
import { PatientBar, PrintHead, Whose, openPatient } from "./whose";

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

interface Place {
  href: string;
  label: string;
  icon: IconName;
  /** Shown in the rail of large screens only; on a phone it is under « Plus ». */
  rail?: boolean;
  /** Says how many conversations have something new. */
  counted?: true;
}

const PERSON: Place[] = [
  { href: "/accueil", label: t.shell.home, icon: "house" },
  { href: "/documents", label: t.shell.documents, icon: "file-text" },
  { href: "/agenda", label: t.shell.agenda, icon: "calendar" },
  { href: "/messages", label: t.shell.messages, icon: "message-square", counted: true },
  { href: "/mesures", label: t.shell.measures, icon: "activity", rail: true },
  { href: "/acces", label: t.shell.access, icon: "eye", rail: true },
  { href: "/professionnels", label: t.shell.professionals, icon: "users", rail: true },
  { href: "/applications", label: t.shell.applications, icon: "layout-grid", rail: true },
  { href: "/plus", label: t.shell.more, icon: "ellipsis" },
];

/** Screens of somebody; whose is not known before the session answered. */
const SOMEBODYS = /^\/(?:accueil|documents|agenda|messages|mesures|notifications|acces|professionnels|proches|plus|pro|editeur|revue|applications\/(?:demande(?!\?probleme)|mes-applications))(?:[/?]|$)/;
/** Screens of everybody, in the frame of whoever is logged in on this device. */
const EVERYBODYS = /^\/applications(?:[/?]|$)/;

const MORE: Place = { href: "/plus", label: t.shell.more, icon: "ellipsis" };

/** Who looks after applications has one place of work. */
const AT_WORK: Partial<Record<Role, Place[]>> = {
  publisher: [{ href: "/editeur", label: t.shell.applications, icon: "layout-grid" }, MORE],
  operator: [{ href: "/revue", label: t.shell.review, icon: "list-checks" }, MORE],
};

/** Whose screens begin so, until the session has answered. */
const BEGINNINGS: Record<string, Role> = { pro: "professional", editeur: "publisher", revue: "operator" };

function places(path: string): Place[] {
  const role = me.value?.role ?? BEGINNINGS[path.split("/")[1] ?? ""] ?? "patient";
  return AT_WORK[role] ?? (role === "patient" ? PERSON : ofProfessionals());
}

function ofProfessionals(): Place[] {
  const search: Place = { href: "/pro", label: t.shell.findPatient, icon: "search" };
  const patient = openPatient.value;
  const messages: Place = { href: "/pro/messages", label: t.shell.messages, icon: "message-square", counted: true };
  if (!patient) return [search, messages, MORE];
  const base = `/pro/patients/${patient.patient_id}`;
  return [
    search,
    { href: base, label: t.shell.documents, icon: "file-text" },
    { href: `${base}/rendez-vous`, label: t.shell.appointments, icon: "calendar" },
    { href: `${base}/deposer`, label: t.shell.deposit, icon: "upload" },
    { ...messages, rail: true },
    MORE,
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
const BEHIND_MORE = /^\/(?:mesures|acces|applications|professionnels|proches|notifications)(?:\/|$)/;

/** How many conversations have something new, once an answer said it. */
function Unread() {
  const count = unreadConversations.value;
  if (count === 0) return null;
  return (
    <span class="place-count">
      <span aria-hidden="true">{count}</span>
      <span class="said">, {t.shell.unreadMessages(count)}</span>
    </span>
  );
}

function Navigation() {
  const { path } = useLocation();
  const all = places(path);
  const current = currentPlace(path, all);
  const within = (href: string) => (href === "/plus" && BEHIND_MORE.test(path) ? "true" : undefined);
  return (
    <nav class="places" aria-label={t.shell.navigation}>
      <ul role="list">
        {all.map(({ href, label, icon, rail, counted }) => (
          <li key={href} class={rail ? "rail-only" : undefined}>
            <a href={href} aria-current={href === current ? "page" : within(href)}>
              <Icon name={icon} size={24} />
              <span>{label}</span>
              {counted && <Unread />}
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

async function readUnread(pid: string) {
  const said = await agendaApi.unread(pid);
  unread.value = said.unread;
  if (!isKnown(pid)) sayUnread(pid, said.unread_messages);
}

/** The bell, with how many notices were not read; the home screen brings the figures with it. */
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
  const { url, route } = useLocation();
  useEffect(() => listenShortcuts(route), [route]);
  const known = !bare && me.value !== null;
  // Drawn before it is known for whom, so that nothing moves when it is.
  const expected = SOMEBODYS.test(url) || (EVERYBODYS.test(url) && marked() === "open");
  const framed = known || (sessionState.value === "unknown" && expected);
  const profile = known ? currentProfile.value : null;
  useProfileNews(profile);
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
      <header class={isChilds(profile) ? "top childs" : "top"}>
        <a class="brand-link" href={known ? firstScreen(me.value) : "/"}>
          <Brand />
        </a>
        <div class="top-links">
          {profile && <Bell pid={profile.patient_id} />}
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
        {profile && <GoneProfile />}
        {children}
      </main>
      <Toaster />
      <Announcer />
      <Shortcuts />
      <SessionDialogs />
    </div>
  );
}
