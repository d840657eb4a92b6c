/** The fields of an appointment: what, when, where, and when to be reminded. */
import { useState } from "preact/hooks";
import { agendaWords as t } from "../catalogue/agenda";
import { type Typed, dayBounds, lateLeads, repeated, skipped, startMoved } from "../lib/appointment-draft";
import { clock, zoneChoices, zoneWords } from "../lib/when";
import { deviceZone, wallOf } from "../lib/zoned";
import { Button } from "./button";
import { AreaField, CheckField, type FieldError, RadioField, SelectField, TextField, errorOf } from "./form";
import { ReminderChips } from "./reminder-chips";

interface Props {
  typed: Typed;
  set: (change: Partial<Typed>) => void;
  errors: FieldError[];
  quiet?: string | null;
  /** Reminders are the patient's own choice. */
  withReminders: boolean;
}

const dates = () => ({ type: "date", ...dayBounds() }) as const;

/** The hour that autumn repeats: which of the two. */
function Twice({ typed, set }: Pick<Props, "typed" | "set">) {
  const both = repeated(typed);
  if (!both) return null;
  const [one, two] = both.map((at) => t.form.utc(clock(wallOf(at, "UTC"))));
  return (
    <RadioField
      id="fold"
      label={t.form.repeated}
      hint={t.form.repeatedText}
      value={typed.fold}
      onValue={(fold) => set({ fold })}
      choices={[
        { code: "0" as const, label: t.form.firstTime(one ?? "") },
        { code: "1" as const, label: t.form.secondTime(two ?? "") },
      ]}
    />
  );
}

/** The hour that spring skips: the one to take instead, in one press. */
function Skipped({ typed, set }: Pick<Props, "typed" | "set">) {
  const right = skipped(typed);
  if (!right) return null;
  return (
    <p role="status" class="offer">
      <Button onPress={() => set({ start: right })}>{t.form.takeTime(clock(right))}</Button>
    </p>
  );
}

function Hours({ typed, set, errors }: Props) {
  const error = (id: string) => errorOf(errors, id);
  const right = skipped(typed);
  const gap = right ? t.form.errors.skipped(clock(typed.start), clock(right)) : undefined;
  return (
    <>
      <div class="fields pair">
        <TextField
          id="start"
          type="time"
          label={t.form.start}
          value={typed.start}
          error={gap ?? error("start")}
          onValue={(start) => set(startMoved(typed, start))}
        />
        <TextField
          id="end"
          type="time"
          optional
          label={t.form.end}
          hint={t.form.endHint}
          value={typed.end}
          error={error("end")}
          onValue={(end) => set({ end })}
        />
      </div>
      <Skipped typed={typed} set={set} />
      <Twice typed={typed} set={set} />
    </>
  );
}

function Zone({ typed, set, errors }: Props) {
  const [asked, setAsked] = useState(false);
  const { zone } = typed;
  if (!asked && !errorOf(errors, "zone")) {
    return (
      <p class="zone-line">
        {t.form.zoneHint(zoneWords(zone).name)}{" "}
        <Button kind="quiet" onPress={() => setAsked(true)}>
          {t.form.changeZone}
        </Button>
      </p>
    );
  }
  return (
    <SelectField
      id="zone"
      label={t.form.zone}
      value={zone}
      error={errorOf(errors, "zone")}
      onValue={(code) => set({ zone: code })}
      choices={zoneChoices(zone, deviceZone())}
    />
  );
}

function When(props: Props) {
  const { typed, set, errors } = props;
  const [otherEnd, setOtherEnd] = useState(typed.endDate !== "");
  const error = (id: string) => errorOf(errors, id);
  return (
    <div class="card">
      <CheckField
        id="allDay"
        label={t.form.allDay}
        value={typed.allDay}
        onValue={(allDay) => set({ allDay })}
      />
      <TextField
        {...dates()}
        id="date"
        short
        label={typed.allDay ? t.form.firstDay : t.form.date}
        value={typed.date}
        error={error("date")}
        onValue={(date) => set({ date })}
      />
      {!typed.allDay && <Hours {...props} />}
      {(typed.allDay || otherEnd) && (
        <TextField
          {...dates()}
          id="endDate"
          short
          optional
          label={typed.allDay ? t.form.lastDay : t.form.endDay}
          hint={t.form.lastDayHint}
          value={typed.endDate}
          error={error("endDate")}
          onValue={(endDate) => set({ endDate })}
        />
      )}
      {!typed.allDay && !otherEnd && (
        <Button kind="quiet" onPress={() => setOtherEnd(true)}>
          {t.form.otherEnd}
        </Button>
      )}
      <Zone {...props} />
    </div>
  );
}

export function AppointmentFields(props: Props) {
  const { typed, set, errors, quiet, withReminders } = props;
  const error = (id: string) => errorOf(errors, id);
  return (
    <>
      <div class="card">
        <TextField
          id="title"
          label={t.form.title}
          hint={t.form.titleHint}
          length={100}
          spell
          value={typed.title}
          error={error("title")}
          onValue={(title) => set({ title })}
        />
      </div>
      <When {...props} />
      <div class="card">
        <TextField
          id="place"
          optional
          length={200}
          spell
          label={t.form.place}
          hint={t.form.placeHint}
          value={typed.place}
          error={error("place")}
          onValue={(place) => set({ place })}
        />
        <AreaField
          id="note"
          optional
          length={1000}
          label={t.form.note}
          hint={t.form.noteHint}
          value={typed.note}
          error={error("note")}
          onValue={(note) => set({ note })}
        />
        <TextField
          id="link"
          optional
          length={500}
          label={t.form.link}
          hint={t.form.linkHint}
          value={typed.link}
          error={error("link")}
          onValue={(link) => set({ link })}
        />
      </div>
      {withReminders && (
        <div class="card">
          <ReminderChips
            value={typed.reminders}
            onValue={(reminders) => set({ reminders })}
            allDay={typed.allDay}
            error={error("reminders")}
            quiet={quiet ?? null}
            {...lateLeads(typed, Date.now())}
          />
        </div>
      )}
    </>
  );
}
