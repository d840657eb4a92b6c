/** A month as a grid of days, walked with the arrows; the week starts on Monday. */
import { useEffect, useRef } from "preact/hooks";
import type { Appointment } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { addDays, addMonths, weekday, weeksOf } from "../lib/calendar";
import { dateLong } from "../lib/format";
import { clock } from "../lib/when";

interface Props {
  /** The day chosen: its month is shown. */
  chosen: string;
  now: string;
  label: string;
  days: Map<string, Appointment[]>;
  onChoose: (day: string) => void;
}

const SHOWN_A_DAY = 2;
const MARKS_A_DAY = 3;

/** Where each key goes from a day. */
const MOVES: Record<string, (day: string) => string> = {
  ArrowLeft: (day) => addDays(day, -1),
  ArrowRight: (day) => addDays(day, 1),
  ArrowUp: (day) => addDays(day, -7),
  ArrowDown: (day) => addDays(day, 7),
  Home: (day) => addDays(day, -weekday(day)),
  End: (day) => addDays(day, 6 - weekday(day)),
  PageUp: (day) => addMonths(day, -1),
  PageDown: (day) => addMonths(day, 1),
};

/** A few words of a day for large screens, one mark each on a phone; the list below says all. */
function Inside({ all }: { all: Appointment[] }) {
  return (
    <>
      <span class="cell-words" aria-hidden="true">
        {all.slice(0, SHOWN_A_DAY).map((each) => (
          <span key={each.id} class="cell-line">
            {each.all_day ? "" : `${clock(each.start_shown)} `}
            {each.title}
          </span>
        ))}
        {all.length > SHOWN_A_DAY && <span class="cell-more">{t.grid.more(all.length - SHOWN_A_DAY)}</span>}
      </span>
      <span class="cell-marks" aria-hidden="true">
        {all.slice(0, MARKS_A_DAY).map((each) => (
          <span key={each.id} class="cell-mark" />
        ))}
      </span>
    </>
  );
}

function Day({ day, inMonth, ...props }: Omit<Props, "label"> & { day: string; inMonth: boolean }) {
  const { chosen, now, days, onChoose } = props;
  const all = days.get(day) ?? [];
  const isToday = day === now;
  const name = t.grid.day(dateLong(day), all.length) + (isToday ? `, ${t.grid.todayMark}` : "");
  return (
    <td class={inMonth ? "cell" : "cell outside"} aria-selected={day === chosen}>
      <button
        type="button"
        class="cell-day"
        data-day={day}
        tabIndex={day === chosen ? 0 : -1}
        aria-current={isToday ? "date" : undefined}
        onClick={() => onChoose(day)}
      >
        <span class="said">{name}</span>
        <span class="cell-number" aria-hidden="true">{Number(day.slice(8))}</span>
        <Inside all={all} />
      </button>
    </td>
  );
}

export function MonthGrid(props: Props) {
  const { chosen, label, onChoose } = props;
  const grid = useRef<HTMLTableElement>(null);
  const moved = useRef(false);

  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>(`[data-day="${chosen}"]`)?.focus();
    moved.current = false;
  }, [chosen]);

  const onKey = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    moved.current = true;
    onChoose(move(chosen));
  };

  return (
    <table class="month" role="grid" aria-label={label} ref={grid} onKeyDown={onKey}>
      <thead>
        <tr>
          {t.grid.weekdays.map((name, n) => (
            <th key={name} scope="col">
              <abbr title={name} aria-label={name}>
                {name[0]}
                <span class="day-rest">{t.grid.weekdaysShort[n]?.slice(1)}</span>
              </abbr>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(chosen).map((week) => (
          <tr key={week[0]}>
            {week.map((day) => (
              <Day key={day} {...props} day={day} inMonth={day.slice(0, 7) === chosen.slice(0, 7)} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
