/** Offers the clock of the device, once, to who is no longer where her agenda thinks. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { agendaApi } from "../api/agenda";
import type { Preferences } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { noticeWords } from "../catalogue/notices";
import { forgetLists } from "../lib/paging";
import { closeZoneOffer, zoneOfferClosed } from "../lib/prefs";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { zoneWords } from "../lib/when";
import { deviceZone, sameClock } from "../lib/zoned";
import { Button } from "./button";
import { ErrorPanel, Loading, Notice } from "./states";
import { toast } from "./toast";

const words = noticeWords.choices;

interface Props {
  pid: string;
  onTaken: () => void;
}

function Offer({ pid, known, onTaken }: Props & { known: Preferences }) {
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
      <p>{said(t).zoneDiffers(of.here, of.record)}</p>
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

/**
 * Asks nothing of the server once the offer was taken or refused on this device. Until it is known
 * whether there is something to offer, what stands below waits out of sight: it would jump.
 */
export function BelowZoneOffer({ pid, onTaken, children }: Props & { children: ComponentChildren }) {
  const closed = zoneOfferClosed.value;
  const known = useResource(closed ? "no offer" : `preferences ${pid}`, (signal) =>
    closed ? Promise.resolve(null) : agendaApi.preferences(pid, signal),
  );
  const waits = !closed && known.loading;
  return (
    <>
      {waits && <Loading lines={5} />}
      {!closed && known.data && <Offer pid={pid} known={known.data} onTaken={onTaken} />}
      <div class="below-offer" hidden={waits}>
        {children}
      </div>
    </>
  );
}
