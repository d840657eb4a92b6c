/** When to be reminded: the usual moments as chips, and any other one. */
import { useState } from "preact/hooks";
import { agendaWords as t } from "../catalogue/agenda";
import { REMINDERS_MAX, usualLeads } from "../lib/appointment-draft";
import { leadInWords } from "../lib/when";
import { Button } from "./button";
import { SelectField, TextField } from "./form";
import { Icon } from "./icon";

const MINUTES = { minutes: 1, hours: 60, days: 1440 } as const;
type Unit = keyof typeof MINUTES;

const FARTHEST = 28 * MINUTES.days;

interface Props {
  value: number[];
  onValue: (value: number[]) => void;
  allDay: boolean;
  error?: string | undefined;
  /** The hours without e-mails, in words. */
  quiet?: string | null;
  /** Those chosen whose moment is past, and one that is still possible when no other is chosen. */
  late?: number[];
  instead?: number | null | undefined;
}

const soonestLast = (minutes: number[]) => [...new Set(minutes)].toSorted((a, b) => b - a);

function Other({ add, full }: { add: (minutes: number) => void; full: boolean }) {
  const [amount, setAmount] = useState("");
  const [unit, setUnit] = useState<Unit>("hours");
  const [error, setError] = useState<string>();
  const submit = () => {
    const minutes = /^\d+$/.test(amount.trim()) ? Number(amount) * MINUTES[unit] : -1;
    const wrong =
      minutes < 0 ? t.reminders.errors.amount
      : minutes > FARTHEST ? t.reminders.errors.far
      : full ? t.reminders.errors.many
      : undefined;
    setError(wrong);
    if (wrong) {
      document.getElementById("lead")?.focus();
      return;
    }
    add(minutes);
    setAmount("");
  };
  return (
    <details class="other">
      <summary>{t.reminders.other}</summary>
      <div class="other-fields">
        <TextField
          id="lead"
          mode="numeric"
          length={5}
          label={t.reminders.amount}
          value={amount}
          onValue={setAmount}
          error={error}
        />
        <SelectField
          id="lead-unit"
          label={t.reminders.unit}
          value={unit}
          onValue={(value) => setUnit(value as Unit)}
          choices={(Object.keys(MINUTES) as Unit[]).map((code) => ({ code, label: t.reminders.units[code] }))}
        />
        <Button icon="plus" onPress={submit}>
          {t.reminders.addOther}
        </Button>
      </div>
    </details>
  );
}

type LateProps = Omit<Props, "error" | "quiet"> & { late: number[] };

function Late({ late, instead, allDay, value, onValue }: LateProps) {
  const take = (minutes: number) =>
    onValue(soonestLast([...value.filter((kept) => !late.includes(kept)), minutes]));
  return (
    <div role="status">
      <p>{t.reminders.late(late.map((minutes) => leadInWords(minutes, allDay)).join(", "), late.length)}</p>
      {instead !== null && instead !== undefined && (
        <Button onPress={() => take(instead)}>{t.reminders.instead(leadInWords(instead, allDay))}</Button>
      )}
    </div>
  );
}

export function ReminderChips({ value, onValue, allDay, error, quiet, late, instead }: Props) {
  const [tooMany, setTooMany] = useState(false);
  const shown = soonestLast([...usualLeads(allDay), ...value]);
  const full = value.length >= REMINDERS_MAX;
  const told = error ?? (tooMany ? t.reminders.errors.many : undefined);

  const set = (minutes: number, on: boolean) => {
    setTooMany(on && full);
    if (on && full) return;
    onValue(on ? soonestLast([...value, minutes]) : value.filter((kept) => kept !== minutes));
  };

  return (
    <fieldset class="field radios" aria-describedby={told ? "reminders-hint reminders-error" : "reminders-hint"}>
      <legend>{t.reminders.label}</legend>
      <p class="hint" id="reminders-hint">
        {t.reminders.hint} {quiet}
      </p>
      <p class="field-error" id="reminders-error" role="alert">
        {told && (
          <>
            <Icon name="circle-alert" />
            <span>{told}</span>
          </>
        )}
      </p>
      <div class="radio-row">
        {shown.map((minutes, index) => (
          <label key={minutes} class="radio chip">
            <input
              id={index === 0 ? "reminders" : `reminders-${minutes}`}
              type="checkbox"
              checked={value.includes(minutes)}
              onChange={(event) => {
                const { checked } = event.currentTarget;
                // Refused, it goes back to what is kept.
                if (checked && full) event.currentTarget.checked = false;
                set(minutes, checked);
              }}
            />
            <span>{leadInWords(minutes, allDay)}</span>
          </label>
        ))}
      </div>
      {late && late.length > 0 && <Late {...{ late, instead, allDay, value, onValue }} />}
      <Other full={full} add={(minutes) => set(minutes, true)} />
    </fieldset>
  );
}
