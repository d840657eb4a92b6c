/** The notices: by day, the new ones said so, each leads to what it is about. */
import { useEffect, useRef, useState } from "preact/hooks";
import { agendaApi } from "../api/agenda";
import type { CarnetNotice, Profile } from "../api/types";
import { catalogue } from "../catalogue";
import { noticeWords as t } from "../catalogue/notices";
import type { IconName } from "../icons";
import { dateLong, dayIn, relativeDay, timeOfDay } from "../lib/format";
import { keepPlace } from "../lib/focus";
import { type PagedList, usePagedList } from "../lib/paging";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { unread } from "../lib/unread";
import { Button, LinkButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { toast } from "../ui/toast";
import { More } from "./documents";

type Target = NonNullable<CarnetNotice["target"]>;

const ICONS: Record<Target["kind"], IconName> = {
  document: "file-text",
  appointment: "calendar",
  calendar: "calendar",
  trace: "eye",
  prevention: "syringe",
  representatives: "baby",
  conversation: "message-square",
};

const PLACES: Record<Target["kind"], string> = {
  document: "/documents",
  appointment: "/agenda",
  applications: "/applications/mes-applications",
  calendar: "/agenda/abonnement",
  trace: "/acces",
  prevention: "/agenda/prevention",
  representatives: "/proches",
  conversation: "/messages",
};
/** Those whose things have a screen each. */
const HAS_SCREENS = new Set<Target["kind"]>(["document", "appointment", "conversation"]);

const hrefOf = ({ kind, id }: Target) => (id && HAS_SCREENS.has(kind) ? `${PLACES[kind]}/${id}` : PLACES[kind]);

function placeOf({ target }: CarnetNotice): { href?: string; icon: IconName } {
  return target ? { href: hrefOf(target), icon: ICONS[target.kind] } : { icon: "bell" };
}

function byDay(notices: CarnetNotice[]): [string, CarnetNotice[]][] {
  const days = new Map<string, CarnetNotice[]>();
  for (const notice of notices) {
    const day = dayIn(notice.zone_shown, notice.at);
    days.set(day, [...(days.get(day) ?? []), notice]);
  }
  return [...days];
}

function Line({ notice, remove }: { notice: CarnetNotice; remove: () => Promise<void> }) {
  const { href, icon } = placeOf(notice);
  const text = typo(notice.text);
  return (
    <li class={notice.is_read ? "notice" : "notice new"}>
      <Icon name={icon} size={24} />
      <div>
        {!notice.is_read && <p class="badge">{t.isNew}</p>}
        <p>{href ? <a href={href}>{text}</a> : text}</p>
        <p class="muted">
          <time dateTime={notice.at}>{timeOfDay(notice.at, notice.zone_shown)}</time>
        </p>
      </div>
      <Button kind="quiet" icon="trash" label={t.deleteNamed(text)} onPress={remove} />
    </li>
  );
}

async function markAllRead(pid: string, newest: string) {
  await agendaApi.markRead(pid, newest);
  unread.value = 0;
}

function useNotices(pid: string) {
  const list = usePagedList(`notices ${pid}`, (cursor, signal) => agendaApi.notices(pid, cursor, signal));
  const [error, setError] = useState<unknown>(null);
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const seen = useRef(false);
  const shown = list.items.filter(({ id }) => !gone.has(id));
  const newest = list.items[0]?.id;

  useEffect(() => {
    // Said once, on opening; what was new stays marked until the screen is left.
    if (!newest || seen.current) return;
    seen.current = true;
    markAllRead(pid, newest).catch(setError);
  }, [newest]);

  const attempt = async (work: () => Promise<unknown>) => {
    setError(null);
    try {
      await work();
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    }
  };
  const put = (id: string, away: boolean) =>
    setGone((old) => new Set(away ? [...old, id] : [...old].filter((kept) => kept !== id)));

  const remove = async ({ id }: CarnetNotice) => {
    const regain = keepPlace(".notice");
    if (!(await attempt(() => agendaApi.deleteNotice(pid, id)))) return;
    put(id, true);
    regain();
    const undo = async () => {
      if (!(await attempt(() => agendaApi.restoreNotice(pid, id)))) return;
      put(id, false);
      toast(t.undone);
    };
    toast(t.deleted, { label: catalogue.common.undo, run: undo });
  };
  const removeAll = async () => {
    if (!newest || !(await attempt(() => agendaApi.deleteNotices(pid, newest)))) return;
    toast(t.deletedAll);
    list.reload();
  };
  return { list, shown, error, remove, removeAll };
}

function DeleteAll({ removeAll }: { removeAll: () => Promise<void> }) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button icon="trash" onPress={() => setAsked(true)}>
        {t.deleteAll}
      </Button>
      {asked && (
        <Dialog title={t.deleteAllTitle} onClose={() => setAsked(false)} alert>
          <p>{said(t).deleteAllText}</p>
          <div class="actions">
            <Button
              kind="danger"
              onPress={async () => {
                await removeAll();
                setAsked(false);
              }}
            >
              {t.deleteAll}
            </Button>
            <Button onPress={() => setAsked(false)}>{catalogue.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface DaysProps {
  shown: CarnetNotice[];
  list: PagedList<CarnetNotice>;
  remove: (notice: CarnetNotice) => Promise<void>;
}

function Days({ shown, list, remove }: DaysProps) {
  if (list.loading) return <Loading lines={5} />;
  if (list.error !== null && list.items.length === 0) {
    return <ErrorPanel error={list.error} retry={list.reload} />;
  }
  if (shown.length === 0 && list.complete) {
    return (
      <Empty icon="bell" title={t.emptyTitle} text={t.empty}>
        <LinkButton href="/accueil">{t.toHome}</LinkButton>
      </Empty>
    );
  }
  return (
    <>
      <p class="list-count" role="status">
        {t.count(shown.length, list.complete)}
      </p>
      {byDay(shown).map(([day, notices]) => {
        const near = relativeDay(day, new Date(), notices[0]?.zone_shown);
        return (
          <section key={day} class="day" aria-labelledby={`day-${day}`}>
            <h2 id={`day-${day}`}>
              {dateLong(day)}
              {near && <span class="muted"> · {near}</span>}
            </h2>
            <ul class="card notices" role="list">
              {notices.map((notice) => (
                <Line key={notice.id} notice={notice} remove={() => remove(notice)} />
              ))}
            </ul>
          </section>
        );
      })}
      <More list={list} />
    </>
  );
}

export default function Notices({ profile }: { profile: Profile }) {
  const { list, shown, error, remove, removeAll } = useNotices(profile.patient_id);
  return (
    <Page
      title={t.title}
      intro={said(t).intro}
      actions={shown.length > 0 && <DeleteAll removeAll={removeAll} />}
    >
      {error !== null && <ErrorPanel error={error} reply />}
      <Days shown={shown} list={list} remove={remove} />
      <a class="link" href="/plus/avis">
        {said(t).settings}
      </a>
    </Page>
  );
}
