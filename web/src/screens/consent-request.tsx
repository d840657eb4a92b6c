/** P18: what an application asks for, refusable line by line, and what was given. */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { applicationsApi } from "../api/applications";
import { Problem } from "../api/problem";
import { me, sessionState } from "../api/session";
import type { Consent, ConsentGiven, ConsentRequest as Request, Profile } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { firstName, instantDay } from "../lib/format";
import { type KeptRequest, dropRequest, findRequest, keepRequest, requestName, requestPath, takeRequest } from "../lib/kept-request";
import { currentProfile, isChilds, sameElsewhere } from "../lib/profile";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { ApplicationFacts } from "../ui/application-facts";
import { LinkButton } from "../ui/button";
import { ConsentForm } from "../ui/consent-form";
import { ConsentReceipt } from "../ui/consent-receipt";
import { Entering, useEntry } from "../ui/entry";
import { ForWhom } from "../ui/for-whom";
import { Page } from "../ui/page";
import { ErrorPanel, Loading, Notice } from "../ui/states";

const t = consentWords.request;

/** Why nothing can be answered here; nowhere to go but our own screens. */
function Stopped({ slug }: { slug: string }) {
  const told = consentWords.problems[slug] ?? consentWords.problems["application"];
  const isPerson = me.value?.role === "patient";
  return (
    <Page title={told?.title ?? ""} tab={consentWords.problemTab}>
      <Notice kind="warning">
        <p>{told?.text}</p>
        <div class="actions">
          {isPerson && (
            <LinkButton href="/applications/mes-applications">{consentWords.toMine}</LinkButton>
          )}
          <LinkButton href="/applications">{consentWords.toCatalogue}</LinkButton>
        </div>
      </Notice>
    </Page>
  );
}

/** The problems of the server that end a request, in the words of this screen. */
const ENDS: Record<string, string> = {
  "consent-request-over": "terminee",
  "application-suspended": "suspendue",
};

const endOf = (error: unknown) => (error instanceof Problem ? ENDS[error.slug] : undefined);

/** She refused: back to the application, by hand if the browser did not go. */
function Refused({ asked }: { asked: Request }) {
  const name = typo(asked.application.name);
  useEffect(() => {
    document.querySelector<HTMLElement>("h1")?.focus();
    location.assign(asked.decline_url);
  }, []);
  return (
    <Page title={t.refusedTitle}>
      <p>{t.refused(name)}</p>
      <a class="button secondary" href={asked.decline_url}>
        <span>{consentWords.receipt.back(name)}</span>
      </a>
    </Page>
  );
}

/** A consent that she gave before, and that accepting replaces. */
function Already({ until }: { until: string }) {
  return (
    <Notice kind="info">
      <p>{t.already(instantDay(until))}</p>
    </Notice>
  );
}

interface AskedProps {
  request: KeptRequest;
  asked: Request;
  former: Consent | null;
  profile: Profile;
  /** The device has the request: it can be answered in another profile. */
  isKept: boolean;
}

function Asked({ request, asked, former, profile, isKept }: AskedProps) {
  const [outcome, setOutcome] = useState<"refused" | ConsentGiven | null>(null);
  const [ended, setEnded] = useState<string | null>(null);
  const end = (how: "refused" | ConsentGiven) => {
    setOutcome(how);
    dropRequest(request).catch(reportError);
  };
  const name = typo(asked.application.name);
  if (ended) return <Stopped slug={ended} />;
  if (outcome === "refused") return <Refused asked={asked} />;
  if (outcome) return <ConsentReceipt given={outcome} asked={asked} profile={profile} />;
  const title = isChilds(profile) ? t.titleFor(name, firstName(profile.given_name)) : t.title(name);
  return (
    <Page title={title} tab={t.tab} intro={t.intro}>
      <ForWhom profile={profile} canSwitch={isKept} />
      <ApplicationFacts card={asked.application} />
      <ConsentForm
        request={request}
        asked={asked}
        profile={profile}
        onEnd={end}
        onProblem={(problem) => {
          const slug = endOf(problem);
          if (slug) setEnded(slug);
          return slug !== undefined;
        }}
      >
        {former && <Already until={former.valid_until} />}
      </ConsentForm>
    </Page>
  );
}

/** What is asked, with what this application may do already: all at once, so that nothing moves after. */
async function readAll(pid: string, { sealed }: KeptRequest, signal: AbortSignal) {
  const [asked, consents] = await Promise.all([
    applicationsApi.readRequest(sealed, signal),
    applicationsApi.list(pid, signal),
  ]);
  const isFormer = (one: Consent) => one.application.id === asked.application.id && one.status === "active";
  return { asked, former: consents.find(isFormer) ?? null };
}

function Opened({ request, profile, isKept }: Omit<AskedProps, "asked" | "former">) {
  const pid = profile.patient_id;
  const read = useResource(`request ${pid} ${request.name}`, (signal) => readAll(pid, request, signal));
  const end = endOf(read.error);
  if (end) return <Stopped slug={end} />;
  if (read.data) return <Asked request={request} {...read.data} profile={profile} isKept={isKept} />;
  return (
    <Page title={t.tab}>
      {read.error === null ? <Loading lines={6} /> : <ErrorPanel error={read.error} retry={read.reload} />}
    </Page>
  );
}

interface Found {
  request: KeptRequest | null;
  isKept: boolean;
}

/** Finds the request again for whoever is in, and keeps it for her. */
async function find(name: string): Promise<Found> {
  const request = await findRequest(name);
  const isKept = request !== null && (await keepRequest(request));
  sameElsewhere.value = isKept ? requestPath(name) : null;
  return { request, isKept };
}

function Hers({ name, profile }: { name: string; profile: Profile }) {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    find(name).then(setFound, reportError);
    return () => {
      sameElsewhere.value = null;
    };
  }, []);
  if (!found) return <Page title={t.tab}><Loading lines={6} /></Page>;
  if (!found.request) return <Stopped slug="absente" />;
  return <Opened request={found.request} profile={profile} isKept={found.isKept} />;
}

/** Opens the session, with what was kept before anybody was in. */
function Entered({ name }: { name: string }) {
  const entry = useEntry(null, async () => {
    const request = await findRequest(name);
    if (request) await keepRequest(request);
  });
  const profile = currentProfile.value;
  if (profile) return <Hers key={profile.patient_id} name={name} profile={profile} />;
  return me.value ? <Stopped slug="professionnel" /> : <Entering {...entry} />;
}

function Named({ name }: { name: string }) {
  const { route } = useLocation();
  const [isTaken, setTaken] = useState(false);
  useEffect(() => {
    // Nothing of the request stays in the address, in the history or behind « back ».
    route(requestPath(name), true);
    const taken = sessionState.value === "unknown" ? takeRequest(name) : Promise.resolve();
    taken.then(() => setTaken(true), reportError);
  }, []);
  return isTaken ? <Entered name={name} /> : <Page title={t.tab}><Loading lines={6} /></Page>;
}

export default function ConsentRequest() {
  const { query } = useLocation();
  const [name] = useState(() => requestName(location.hash, query["d"]));
  const problem = query["probleme"];
  if (problem) return <Stopped slug={problem} />;
  return name ? <Named name={name} /> : <Stopped slug="absente" />;
}
