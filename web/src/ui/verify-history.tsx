/** P15: the person checks her own history, in her own browser, and is told the result plainly. */
import { useEffect, useRef, useState } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { duration, instantLong } from "../lib/format";
import { said as wordsOf } from "../lib/profile";
import { type Progress, type Verdict, verifyHistory } from "../lib/verify-history";
import { announce } from "./announcer";
import { Button } from "./button";
import { ErrorPanel, Notice } from "./states";

type State =
  | { at: "idle" }
  | { at: "running"; progress: Progress | null }
  | { at: "done"; verdict: Verdict }
  | { at: "failed"; error: unknown };

function Running({ progress }: { progress: Progress | null }) {
  const { read, size } = progress ?? { read: 0, size: 0 };
  const words =
    progress === null ? t.trace.starting : read < size ? t.trace.reading(read, size) : t.trace.calculating;
  return (
    <div class="progress">
      <progress max={Math.max(size, 1)} value={Math.min(read, size)} aria-label={t.trace.progress} />
      <p>{words}</p>
    </div>
  );
}

const onlyLate = ({ findings }: Verdict) => findings.length === 1 && findings[0] === "late";
/** Nothing is wrong with the history itself, and the archive does not prove all of it. */
const onlyUnproven = ({ findings }: Verdict) =>
  findings.includes("unproven") && findings.every((finding) => finding === "unproven" || finding === "late");

function Sealed({ verdict }: { verdict: Verdict }) {
  const { sealedAt, waiting, lagSeconds } = verdict;
  return (
    <>
      {sealedAt && <p>{t.trace.sealedAt(instantLong(sealedAt))}</p>}
      {waiting > 0 && <p>{t.trace.waiting(waiting, duration(lagSeconds))}</p>}
    </>
  );
}

function Result({ verdict }: { verdict: Verdict }) {
  const { findings, size, compared } = verdict;
  if (onlyLate(verdict)) {
    return (
      <Notice kind="warning" title={t.trace.lateTitle}>
        <p>{t.trace.late}</p>
        <Sealed verdict={verdict} />
      </Notice>
    );
  }
  if (onlyUnproven(verdict)) {
    return (
      <Notice kind="warning" title={t.trace.unprovenTitle}>
        <p>{t.trace.unproven}</p>
        <Sealed verdict={verdict} />
      </Notice>
    );
  }
  if (findings.length > 0) {
    return (
      <Notice kind="danger" title={t.trace.brokenTitle}>
        <p>{t.trace.broken}</p>
        <ul>
          {findings.map((finding) => (
            <li key={finding}>{t.trace.findings[finding]}</li>
          ))}
        </ul>
        <h3>{t.trace.alarmTitle}</h3>
        <ul>
          {t.trace.alarm.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      </Notice>
    );
  }
  return (
    <Notice kind={size ? "success" : "info"} title={t.trace.wholeTitle(size)}>
      <p>{size ? t.trace.whole : t.trace.wholeEmpty}</p>
      {compared && <p>{t.trace.since}</p>}
      {verdict.strangers > 0 && <p>{t.trace.strangers(verdict.strangers)}</p>}
      <Sealed verdict={verdict} />
    </Notice>
  );
}

function said(verdict: Verdict): string {
  if (onlyLate(verdict)) return t.trace.lateTitle;
  if (onlyUnproven(verdict)) return t.trace.unprovenTitle;
  return verdict.findings.length ? t.trace.brokenTitle : t.trace.wholeTitle(verdict.size);
}

export function VerifyHistory({ pid }: { pid: string }) {
  const [state, setState] = useState<State>({ at: "idle" });
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const run = async () => {
    const { signal } = stop.current;
    const tell = (progress: Progress) => !signal.aborted && setState({ at: "running", progress });
    setState({ at: "running", progress: null });
    announce(t.trace.starting);
    try {
      const verdict = await verifyHistory(pid, tell, signal);
      if (signal.aborted) return;
      setState({ at: "done", verdict });
      announce(said(verdict));
    } catch (error) {
      if (!signal.aborted) setState({ at: "failed", error });
    }
  };

  return (
    <section class="verify" aria-label={wordsOf(t.trace).verify}>
      <Button icon="shield-check" onPress={run}>
        {state.at === "done" ? t.trace.verifyAgain : wordsOf(t.trace).verify}
      </Button>
      {state.at === "idle" && <p class="hint">{t.trace.verifyIntro}</p>}
      {state.at === "running" && <Running progress={state.progress} />}
      {state.at === "done" && <Result verdict={state.verdict} />}
      {state.at === "failed" && <ErrorPanel error={state.error} retry={run} />}
      <details class="question">
        <summary>{t.trace.how}</summary>
        {t.trace.howText.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </details>
    </section>
  );
}
