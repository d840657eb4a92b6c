/**
 * Who is logged in. The access token lives in this module's memory and nowhere else;
 * the refresh token is a cookie that scripts cannot read.
 * When a session ends under a form, requests wait here until the same person is back.
 */
import { signal } from "@preact/signals";
import { claimDrafts, dropLeft, eraseDrafts } from "../lib/device-vault";
import { claimFiles } from "../lib/kept-files";
import { Offline, Problem, readProblem } from "./problem";
import { keepChoice, ownAmong, profileOf, settleChoice } from "./profile-choice";
import { mark, marked } from "./session-mark";
import type { Me, Role } from "./types";

export type SessionState = "unknown" | "in" | "out" | "expired" | "locked";

export const sessionState = signal<SessionState>("unknown");
export const me = signal<Me | null>(null);

interface Token {
  value: string;
  /** Milliseconds of the page's clock. */
  freshUntil: number;
}

let token: Token | null = null;
let refreshing: Promise<Token | null> | null = null;
let waiting: (() => void)[] = [];
let leaving = false;

type News = "resumed" | "signed-out" | "locked" | "active";
const channel = new BroadcastChannel("carnet");
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is same-origin
const tell = (news: News) => channel.postMessage(news);

const MARGIN_MS = 20_000;

async function post(path: string): Promise<Response> {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "X-Carnet": "1", Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch {
    throw new Offline();
  }
}

/** Whoever was suspended leaves for the page that says so, and what to do. */
export function told(problem: Problem): Problem {
  if (problem.status === 404 || problem.status === 403) lookAgain().catch(() => undefined);
  if (problem.slug !== "account-suspended") return problem;
  mark(null);
  leave("/connexion?probleme=suspendue");
  return problem;
}

export async function fail(response: Response): Promise<never> {
  const body = readProblem(await response.text());
  throw told(new Problem(response.status, body, (name) => response.headers.get(name)));
}

async function askToken(): Promise<Token | null> {
  const response = await post("/v1/auth/refresh");
  if (response.status === 401) {
    mark(null);
    return null;
  }
  if (!response.ok) await fail(response);
  mark("open");
  const body = (await response.json()) as { access_token: string; expires_in: number };
  token = {
    value: body.access_token,
    freshUntil: Date.now() + body.expires_in * 1000 - MARGIN_MS,
  };
  return token;
}

/** One tab at a time: each refresh changes the cookie that all tabs share. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? await navigator.locks.request("carnet-refresh", work) : work();
}

/** Asks for a new access token, once for all callers; null when the session has ended. */
function refresh(): Promise<Token | null> {
  refreshing ??= alone(askToken).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function askMe(fresh: string): Promise<Me> {
  let response: Response;
  try {
    response = await fetch("/v1/me", {
      headers: { Authorization: `Bearer ${fresh}`, Accept: "application/json" },
      cache: "no-store",
    });
  } catch {
    throw new Offline();
  }
  if (!response.ok) await fail(response);
  return (await response.json()) as Me;
}

/** Ends the session on the server; the mark stays `closing` until it is confirmed. */
async function close(): Promise<Response> {
  mark("closing");
  const response = await post("/v1/auth/logout");
  if (response.ok) mark(null);
  return response;
}

/** Opens the page's session from the cookie; raises Offline or Problem. */
export async function start(): Promise<void> {
  // A page locked without network: its session ends before anything of it is shown again.
  if (marked() === "closing") {
    const response = await close();
    if (!response.ok) await fail(response);
  }
  const fresh = await refresh();
  if (!fresh) {
    // The next login starts at one's own record, whoever it is.
    keepChoice(null);
    sessionState.value = "out";
    dropLeft().catch(() => undefined);
    return;
  }
  const who = await askMe(fresh.value);
  settleChoice(who);
  claimDrafts(personOf(who));
  claimFiles();
  me.value = who;
  sessionState.value = "in";
}

const FIRST: Record<Role, string> = {
  patient: "/accueil",
  professional: "/pro",
  publisher: "/editeur",
  operator: "/revue",
};

export const firstScreen = (who: Me | null) => FIRST[who?.role ?? "patient"];

/** Sends who is already in to their own first screen; false when nobody is. Raises as `start`. */
export async function enter(): Promise<boolean> {
  await start();
  if (!me.value) return false;
  leave(firstScreen(me.value));
  return true;
}

/** Returns a usable access token, waiting for a new login when the session has ended. */
export async function bearer(): Promise<string> {
  while (sessionState.value !== "in") await untilBack();
  if (token && Date.now() < token.freshUntil) return token.value;
  if (await refresh()) return bearer();
  expire("expired");
  return bearer();
}

/** Called on a 401: forgets the token that was refused, unless it was already replaced. */
export function refused(value: string) {
  if (token?.value === value) token = null;
}

/** Shows that the session has ended; the page, and what was typed in it, stay. */
export function expire(why: "expired" | "locked") {
  token = null;
  if (sessionState.value === "in") sessionState.value = why;
}

const untilBack = () => new Promise<void>((resolve) => waiting.push(resolve));

/** Who it is, whatever record is open. */
export function personOf(who: Me | null): string {
  if (who === null) return "";
  if (who.role === "patient") return `${ownAmong(who.profiles)?.patient_id}`;
  return who.role === "professional" ? who.rpps : who.id;
}

/** Who it is, and whose record is open. */
const identity = (who: Me | null) =>
  who?.role === "patient" ? `${personOf(who)} ${profileOf(who)?.patient_id}` : personOf(who);

/** Takes the page up again after a new login; somebody else gets a new page, never this one. */
export async function resume(): Promise<boolean> {
  const fresh = await refresh();
  if (!fresh) return false;
  const back = await askMe(fresh.value);
  if (identity(back) !== identity(me.value)) {
    leave(firstScreen(back));
    return false;
  }
  me.value = back;
  sessionState.value = "in";
  for (const go of waiting.splice(0)) go();
  return true;
}

/** Reads again whose records may be opened; when the one on screen is no longer, the page is replaced. */
export async function renewMe(then?: string): Promise<void> {
  const now = await askMe(await bearer());
  if (identity(now) === identity(me.value)) me.value = now;
  else leave(then ?? firstScreen(now));
}

let looking = false;

/** A refusal in a child's record may mean that it is over: at 18, or stopped in another tab. */
async function lookAgain() {
  if (looking || profileOf(me.value)?.relation !== "representative") return;
  looking = true;
  await renewMe().finally(() => {
    looking = false;
  });
}

/** Says to the other tabs that a login has just succeeded. */
export const announceLogin = () => tell("resumed");

/** Locks the page after idleness: the session ends on the server too. */
export async function lock(): Promise<void> {
  expire("locked");
  tell("locked");
  await close().catch(() => undefined);
}

/**
 * Ends the session here, on the server and in the other tabs, and leaves the page.
 * Without network the server keeps the session: the page that follows says so.
 */
export async function logout(then: () => Promise<string> = async () => "fin"): Promise<void> {
  token = null;
  let closed = false;
  let elsewhere: string | null = null;
  try {
    const response = await close();
    closed = response.ok;
    if (response.status === 200) elsewhere = (await response.json()).end_session_url;
  } catch (error) {
    if (!(error instanceof Offline)) throw error;
  }
  keepChoice(null);
  await eraseDrafts();
  tell("signed-out");
  const outcome = await then();
  // The provider ends its own session, then sends the browser to the same « fin ».
  if (elsewhere && outcome === "fin") return leave(elsewhere);
  leave(`/connexion?etat=${closed ? outcome : "incertain"}`);
}

/** Replaces the whole page, so that nothing of it stays in memory or behind « back ». */
export function leave(path: string) {
  // The first reason to leave is the one to show.
  if (leaving) return;
  leaving = true;
  waiting = [];
  me.value = null;
  sessionState.value = "out";
  location.replace(path);
}

/** Says whether the page is being replaced because of the session: nothing may hold it back. */
export const isLeaving = () => leaving;

let onActivity = () => {};

/** Listens to the other tabs; `active` is called when the person acts in one of them. */
export function listen(active: () => void) {
  onActivity = active;
}

export const announceActivity = () => tell("active");

channel.addEventListener("message", (event: MessageEvent<News>) => {
  const state = sessionState.value;
  if (event.data === "active") onActivity();
  else if (event.data === "signed-out" && state !== "out") {
    keepChoice(null);
    // This tab may have written since the other one erased.
    eraseDrafts().finally(() => leave("/connexion?etat=fin"));
  }
  else if (event.data === "locked") expire("locked");
  else if (event.data === "resumed" && (state === "expired" || state === "locked")) {
    resume().catch(() => undefined);
  }
});
