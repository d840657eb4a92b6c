/** P11: a secret link for another calendar: what it shows, shown once, cut when asked twice. */
import { useState } from "preact/hooks";
import { agendaApi } from "../api/agenda";
import type { CalendarFeed, Profile } from "../api/types";
import { catalogue } from "../catalogue";
import { agendaWords } from "../catalogue/agenda";
import { PARIS, instantDay, instantLong } from "../lib/format";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Form, RadioField } from "../ui/form";
import { lazy } from "../ui/lazy";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading, Notice } from "../ui/states";
import { toast } from "../ui/toast";

const t = agendaWords.feeds;
/** Those that are not the same in the space of a child. */
const words = () => said(agendaWords).feeds;

type Detail = CalendarFeed["detail"];

const QrCode = lazy(() => import("../ui/qr-code"));

function How() {
  return (
    <>
      <h3>{t.how}</h3>
      <dl class="ways">
        {t.ways.map(([name, what]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{t.delay}</p>
    </>
  );
}

function Made({ url, onDone }: { url: string; onDone: () => void }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      toast(t.copied);
    } catch {
      // Refused by the browser: the link stays selected, to be copied by hand.
      document.querySelector<HTMLInputElement>("#feed-url")?.select();
    }
  };
  return (
    <section class="card soft" aria-labelledby="made">
      <h2 id="made">{t.madeTitle}</h2>
      <p>{t.once}</p>
      <div class="field">
        <label for="feed-url">{t.address}</label>
        <input id="feed-url" type="text" readOnly value={url} onFocus={(e) => e.currentTarget.select()} />
      </div>
      <div class="actions">
        <Button kind="primary" icon="copy" onPress={copy}>
          {t.copy}
        </Button>
        <a class="button secondary" href={url.replace(/^https?:/, "webcal:")}>
          <span>{t.open}</span>
        </a>
      </div>
      <figure class="qr">
        <QrCode text={url} label={t.qr} />
        <figcaption class="hint">{t.qrHint}</figcaption>
      </figure>
      <How />
      <Button icon="check" onPress={onDone}>
        {t.hide}
      </Button>
    </section>
  );
}

function Make({ onMade, full, pid }: { onMade: (url: string) => void; full: boolean; pid: string }) {
  const [detail, setDetail] = useState<Detail>("busy");
  const [error, setError] = useState<unknown>(null);
  const make = async () => {
    setError(null);
    try {
      onMade((await agendaApi.subscribe(pid, detail)).url);
    } catch (failure) {
      setError(failure);
    }
  };
  if (full) {
    return (
      <Notice kind="info">
        <p>{t.full}</p>
      </Notice>
    );
  }
  return (
    <Form onSubmit={make} label={t.make}>
      {error !== null && <ErrorPanel error={error} reply />}
      <div class="card">
        <RadioField<Detail>
          id="detail"
          label={t.detail}
          value={detail}
          onValue={setDetail}
          choices={(["busy", "full"] as const).map((code) => ({ code, label: t.details[code] }))}
        />
        <p class="warn" role="status">
          {detail === "full" ? t.fullWarning : ""}
        </p>
        <Button kind="primary" type="submit" icon="link">
          {t.make}
        </Button>
      </div>
    </Form>
  );
}

interface FeedProps {
  feed: CalendarFeed;
  zone: string;
  revoke: () => Promise<void>;
}

function Feed({ feed, zone, revoke }: FeedProps) {
  const created = instantDay(feed.created_at, zone);
  const [asked, setAsked] = useState(false);
  const close = () => setAsked(false);
  return (
    <li class="result">
      <div>
        <p class="result-name">{t.detailShort[feed.detail]}</p>
        <p class="muted">{t.created(created)}</p>
        <p class="muted">{feed.last_read_at ? t.read(instantLong(feed.last_read_at, zone)) : t.never}</p>
      </div>
      <Button kind="danger" icon="x" label={t.revokeNamed(created)} onPress={() => setAsked(true)}>
        {t.revoke}
      </Button>
      {asked && (
        <Dialog title={t.revokeTitle} onClose={close} alert>
          <p>{words().revokeText}</p>
          <div class="actions">
            <Button kind="danger" onPress={() => revoke().then(close)}>
              {t.revoke}
            </Button>
            <Button onPress={close}>{catalogue.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </li>
  );
}

/** A secret link outlives who made it: nobody makes one of a child's space. */
export default function CalendarFeeds({ profile }: { profile: Profile }) {
  if (profile.relation === "self") return <OwnFeeds profile={profile} />;
  return (
    <Page title={words().title} tab={t.tab} back={{ href: "/agenda", label: agendaWords.title }}>
      <Empty icon="calendar-plus" title={t.notOfChildTitle} text={t.notOfChildText} />
    </Page>
  );
}

function OwnFeeds({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const feeds = useResource(`feeds ${pid}`, (signal) => agendaApi.feeds(pid, signal));
  const [made, setMade] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const all = feeds.data?.items ?? [];

  const revoke = async (id: string) => {
    setError(null);
    try {
      await agendaApi.revoke(pid, id);
      setMade(null);
      toast(t.revoked);
      feeds.reload();
    } catch (failure) {
      setError(failure);
    }
  };

  return (
    <Page title={words().title} tab={t.tab} intro={words().intro} back={{ href: "/agenda", label: agendaWords.title }}>
      <Notice kind="warning">
        <p>{t.warning}</p>
      </Notice>
      {error !== null && <ErrorPanel error={error} reply />}
      {feeds.loading && <Loading lines={3} />}
      {feeds.error !== null && <ErrorPanel error={feeds.error} retry={feeds.reload} />}
      {made !== null && <Made url={made} onDone={() => setMade(null)} />}
      {feeds.data && made === null && (
        <Make
          pid={pid}
          full={all.length >= feeds.data.limit}
          onMade={(url) => {
            setMade(url);
            feeds.reload();
          }}
        />
      )}
      {feeds.data && (
        <section class="card" aria-labelledby="feeds">
          <h2 id="feeds">{t.current}</h2>
          {all.length === 0 && <p class="muted">{words().none}</p>}
          {all.length > 0 && (
            <ul class="results" role="list">
              {all.map((feed) => (
                <Feed key={feed.id} feed={feed} zone={feeds.data?.zone_shown ?? PARIS} revoke={() => revoke(feed.id)} />
              ))}
            </ul>
          )}
        </section>
      )}
    </Page>
  );
}
