/** Offers the clock of the device, once, to who is no longer where her agenda thinks. */
import { useState } from "preact/hooks";
import { agendaApi } from "../api/agenda";
import type { Preferences } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { noticeWords } from "../catalogue/notices";
import { forgetLists } from "../lib/paging";
import { closeZoneOffer, zoneOfferClosed } from "../lib/prefs";
import { useResource } from "../lib/resource";
import { zoneWords } from "../lib/when";
import { deviceZone, sameClock } from "../lib/zoned";
import { Button } from "./button";
import { ErrorPanel, Notice } from "./states";
import { toast } from "./toast";

const words = noticeWords.choices;

function Offer({ pid, known, onTaken }: { pid: string; known: Preferences; onTaken: () => void }) {
  const [error, setError] = useState<unknown>(null);
  const here = deviceZone();
  if (sameClock(here, known.zone)) return null;
  const of = { here: zoneWords(here).of, record: zoneWords(known.zone).of };
  const take = async () => {
    setError(null);
    try {
      await agendaApi.setPreferences(pid, { ...known, zone: here });
    } catch (failure) {
      setError(failure);
      return;
    }
    closeZoneOffer();
    forgetLists();
    toast(words.saved);
    onTaken();
  };
  return (
    <Notice kind="info">
      <p>{t.zoneDiffers(of.here, of.record)}</p>
      {error !== null && <ErrorPanel error={error} reply />}
      <div class="actions">
        <Button onPress={take}>{words.zoneUse(of.here)}</Button>
        <Button kind="quiet" onPress={closeZoneOffer}>
          {t.zoneKeep(of.record)}
        </Button>
      </div>
    </Notice>
  );
}

function Asked({ pid, onTaken }: { pid: string; onTaken: () => void }) {
  const known = useResource(`preferences ${pid}`, (signal) => agendaApi.preferences(pid, signal));
  return known.data && <Offer pid={pid} known={known.data} onTaken={onTaken} />;
}

/** Asks nothing of the server once the offer was taken or refused on this device. */
export function ZoneOffer(props: { pid: string; onTaken: () => void }) {
  return zoneOfferClosed.value ? null : <Asked {...props} />;
}
