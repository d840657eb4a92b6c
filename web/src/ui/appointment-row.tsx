/** An appointment in a list: its time first, then what and where, then who set it. */
import type { Appointment } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { byDay, isRemote, setter } from "../lib/appointments";
import { dateLong } from "../lib/format";
import { clock, nearDay, timeInWords, today } from "../lib/when";
import { whenWords } from "../catalogue/when";
import { Icon } from "./icon";

function Time({ of }: { of: Appointment }) {
  if (of.all_day) return <span class="row-time all-day">{whenWords.allDay}</span>;
  return (
    <time class="row-time" dateTime={of.start_shown}>
      {clock(of.start_shown)}
    </time>
  );
}

/** The time on the clocks of both places, when they differ. */
function elsewhere(of: Appointment): string | null {
  const time = timeInWords(of);
  return of.all_day || time === clock(of.start_shown) ? null : time;
}

export function AppointmentRow({ of, href, id }: { of: Appointment; href: string; id?: string }) {
  const told = elsewhere(of);
  return (
    <a class="row" href={href} id={id}>
      <Time of={of} />
      <span class="row-body">
        <span class="row-title">{of.title}</span>
        {told && <span class="row-meta">{told}</span>}
        {of.place && <span class="row-meta">{of.place}</span>}
        {isRemote(of) && (
          <span class="row-meta">
            <Icon name="video" size={16} /> {t.remote}
          </span>
        )}
        {!of.is_own && <span class="row-meta">{t.setBy(setter(of))}</span>}
        {of.reminders_state === "no_channel" && (
          <span class="row-meta">
            <Icon name="bell" size={16} /> {t.noMail}
          </span>
        )}
      </span>
    </a>
  );
}

interface DaysProps {
  appointments: Appointment[];
  zone: string;
  hrefOf: (appointment: Appointment) => string;
}

/** A list by day: « jeudi 26 novembre 2026 · demain ». */
export function AppointmentDays({ appointments, zone, hrefOf }: DaysProps) {
  const now = today(zone);
  return (
    <>
      {byDay(appointments).map(({ day, appointments: all }) => {
        const near = nearDay(day, now);
        return (
          <section key={day} class="day agenda-day" aria-labelledby={`day-${day}`}>
            <h2 id={`day-${day}`}>
              {dateLong(day)}
              {near && <span class="near"> · {near}</span>}
            </h2>
            <ul class="rows card" role="list">
              {all.map((each) => (
                <li key={each.id}>
                  <AppointmentRow of={each} href={hrefOf(each)} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}
