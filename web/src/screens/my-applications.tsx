/** P19: which applications may do what in this record, what they did, and taking it back. */
import { useState } from "preact/hooks";
import { applicationsApi } from "../api/applications";
import type { Consent, Permission, Profile } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { LinkButton } from "../ui/button";
import { ConsentCard } from "../ui/consent-card";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import type { Answering } from "../ui/new-terms";
import type { TakingBack } from "../ui/take-back";
import { toast } from "../ui/toast";

const t = consentWords.mine;

function useConsents(pid: string) {
  const known = useResource(`consents ${pid}`, (signal) => applicationsApi.list(pid, signal));
  const [moved, setMoved] = useState<string | null>(null);

  const put = (now: Consent) => {
    known.set((known.data ?? []).map((one) => (one.id === now.id ? now : one)));
    setMoved(now.id);
  };

  const withdraw = async (of: Consent) => {
    await applicationsApi.withdraw(pid, of);
    // The day it was withdrawn is the server's to say.
    known.set(await applicationsApi.list(pid));
    setMoved(of.id);
  };

  const acts: TakingBack & Answering = {
    reduce: async (of: Consent, permission: Permission) => {
      put(await applicationsApi.reduce(pid, of, of.permissions.filter((one) => one !== permission)));
      toast(t.offDone(said(consentWords).permissions[permission], typo(of.application.name)));
    },
    withdraw: async (of: Consent) => {
      await withdraw(of);
      toast(t.withdrawn(typo(of.application.name)));
    },
    agree: async (of, asked) => {
      put(await applicationsApi.agree(pid, of, asked.version));
      toast(consentWords.newTerms.accepted(typo(of.application.name)));
    },
    stop: async (of, { lines }) => {
      const others = of.permissions.filter((one) => !lines.includes(one));
      if (others.length === 0) await withdraw(of);
      else put(await applicationsApi.reduce(pid, of, others));
      toast(consentWords.newTerms.stopped(typo(of.application.name)));
    },
  };
  return { known, acts, moved };
}

function Kept() {
  return (
    <details class="question">
      <summary>{said(consentWords).mine.kept}</summary>
      <ul>
        {t.keptText.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}

interface ListProps {
  id: string;
  title: string;
  of: Consent[];
  profile: Profile;
  acts: TakingBack & Answering;
  moved: string | null;
}

function List({ id, title, of, profile, acts, moved }: ListProps) {
  if (of.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div class="cards">
        {of.map((one) => (
          <ConsentCard key={one.id} of={one} profile={profile} acts={acts} moved={moved} />
        ))}
      </div>
    </section>
  );
}

export default function MyApplications({ profile }: { profile: Profile }) {
  const { known, acts, moved } = useConsents(profile.patient_id);
  const words = said(consentWords).mine;
  const all = known.data ?? [];
  const current = all.filter(({ status }) => status === "active");
  const past = all.filter(({ status }) => status !== "active");
  return (
    <Page
      title={words.title}
      intro={words.intro}
      actions={current.length > 0 && <LinkButton href="/applications">{t.toCatalogue}</LinkButton>}
    >
      {known.loading && <Loading lines={4} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {known.data && current.length === 0 && (
        <Empty icon="layout-grid" title={t.emptyTitle} text={t.empty}>
          <LinkButton href="/applications">{t.toCatalogue}</LinkButton>
        </Empty>
      )}
      <List id="current" title={t.current} of={current} profile={profile} acts={acts} moved={moved} />
      <List id="past" title={t.past} of={past} profile={profile} acts={acts} moved={moved} />
      {all.length > 0 && <Kept />}
    </Page>
  );
}
