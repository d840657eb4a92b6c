/** The states every screen shares: waiting, nothing yet, refused, broken, offline. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Offline, Problem, Tampered } from "../api/problem";
import { firstScreen, me } from "../api/session";
import { catalogue as t } from "../catalogue";
import type { IconName } from "../icons";
import { shortCode } from "../lib/ids";
import { typo } from "../lib/typo";
import { Button, LinkButton } from "./button";
import { Icon } from "./icon";

const SKELETON_AFTER_MS = 300;
const WORDS_AFTER_MS = 3000;

/** Nothing for 300 ms, then a skeleton, then words after 3 s. */
export function Loading({ lines = 3 }: { lines?: number }) {
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [
      setTimeout(() => setStage(1), SKELETON_AFTER_MS),
      setTimeout(() => setStage(2), WORDS_AFTER_MS),
    ];
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div class="loading" aria-busy="true">
      <p role="status" class={stage === 2 ? "muted" : "said"}>
        {stage === 0 ? "" : stage === 1 ? t.common.loading : t.common.slow}
      </p>
      {stage > 0 &&
        Array.from({ length: lines }, (_, n) => <div key={n} class="skeleton" aria-hidden="true" />)}
    </div>
  );
}

interface EmptyProps {
  icon: IconName;
  title: string;
  text: string;
  children?: ComponentChildren;
}

/** Why there is nothing, and one next step. */
export function Empty({ icon, title, text, children }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name={icon} size={32} />
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  );
}

interface Told {
  icon: IconName;
  title: string;
  text: string;
  retry: boolean;
}

/** What to say of an error: what happened and what to do. */
export function tell(error: unknown): Told {
  if (error instanceof Offline) {
    return { icon: "wifi-off", title: t.errors.offlineTitle, text: t.errors.offline, retry: true };
  }
  if (error instanceof Tampered) {
    return { icon: "triangle-alert", title: t.errors.tamperedTitle, text: t.errors.tampered, retry: false };
  }
  if (error instanceof Problem) return tellProblem(error);
  return { icon: "circle-alert", title: t.errors.screenTitle, text: t.errors.screen, retry: true };
}

function tellProblem(error: Problem): Told {
  const { status, body, retryAfter } = error;
  if (status === 403 || status === 404) {
    return { icon: "lock", title: t.errors.absentTitle, text: t.errors.absent, retry: false };
  }
  if (status === 412) {
    return { icon: "refresh-cw", title: t.errors.staleTitle, text: t.errors.stale, retry: true };
  }
  const wait = retryAfter ? ` ${t.errors.retryIn(retryAfter)}` : "";
  if (status >= 500 || !body.title) {
    const title = t.errors.unavailableTitle;
    return { icon: "circle-alert", title, text: t.errors.unavailable + wait, retry: true };
  }
  const text = typo(body.detail ?? "") + wait;
  return { icon: "circle-alert", title: typo(body.title), text, retry: status === 429 };
}

interface ErrorProps {
  error: unknown;
  retry?: () => void;
  /** Something typed is still there: say so. */
  kept?: boolean;
  /** Puts what the server has in place of what is typed, when it changed meanwhile. */
  latest?: () => void;
  /** It answers something just pressed, maybe far from here: bring it into view. */
  reply?: boolean;
  children?: ComponentChildren;
}

export function ErrorPanel({ error, retry, kept, latest, reply, children }: ErrorProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (reply) box.current?.focus();
  }, [error, reply]);
  const told = tell(error);
  const code = error instanceof Problem ? error.requestId : null;
  const stale = error instanceof Problem && error.status === 412;
  const away = error instanceof Problem && (error.status === 404 || error.status === 403);
  return (
    <div class="panel danger" role="alert" ref={box} tabIndex={-1}>
      <Icon name={told.icon} size={24} />
      <div>
        <h2>{told.title}</h2>
        <p>{told.text}</p>
        {kept && !stale && <p>{t.errors.kept}</p>}
        {stale && latest && (
          <>
            <p>{t.errors.latestText}</p>
            <Button icon="refresh-cw" onPress={latest}>
              {t.errors.latest}
            </Button>
          </>
        )}
        {children}
        {told.retry && retry && (
          <Button icon="refresh-cw" onPress={retry}>
            {t.common.retry}
          </Button>
        )}
        {away && !children && (
          <LinkButton href={firstScreen(me.value)}>
            {t.errors.toHome}
          </LinkButton>
        )}
        {code && <p class="code">{t.errors.code(shortCode(code))}</p>}
      </div>
    </div>
  );
}

interface NoticeProps {
  kind: "info" | "success" | "warning" | "danger";
  title?: string;
  children: ComponentChildren;
}

const NOTICE_ICONS = {
  info: "info",
  success: "circle-check",
  warning: "triangle-alert",
  danger: "circle-alert",
} as const;

export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div class={`panel ${kind}`}>
      <Icon name={NOTICE_ICONS[kind]} size={24} />
      <div>
        {title && <h2>{title}</h2>}
        {children}
      </div>
    </div>
  );
}

/** What was typed before is there again; one press takes it away. */
export function Resumed({ restart }: { restart: () => void }) {
  return (
    <Notice kind="info">
      <p>{t.common.resumed}</p>
      <Button onPress={restart}>{t.common.restart}</Button>
    </Notice>
  );
}
