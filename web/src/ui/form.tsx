/** Form pieces: a visible label, a hint before the field, errors tied to it and summed up. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { Icon } from "./icon";

interface FieldProps {
  id: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  optional?: boolean;
}

const described = ({ id, hint, error }: FieldProps) =>
  [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;

function Label(props: FieldProps) {
  const { id, label, hint, error, optional } = props;
  return (
    <>
      <label for={id}>
        {label}
        {optional && <span class="optional"> ({t.common.optional})</span>}
      </label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="circle-alert" />
          <span>{error}</span>
        </p>
      )}
    </>
  );
}

interface TextProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "search" | "date" | "time";
  mode?: "text" | "numeric" | "decimal" | "search";
  complete?: string;
  length?: number;
  short?: boolean;
  spell?: boolean;
  search?: boolean;
  /** Bounds of a date. */
  min?: string;
  max?: string;
}

export function TextField(props: TextProps) {
  const { id, value, onValue, type = "text", mode, complete = "off", length, short, spell, search, min, max } = props;
  const input = {
    id,
    value,
    inputMode: mode,
    autocomplete: complete,
    maxLength: length,
    min,
    max,
    spellcheck: spell ?? false,
    "aria-describedby": described(props),
    "aria-invalid": props.error ? ("true" as const) : undefined,
    "data-search": search ? "" : undefined,
    onInput: (event: InputEvent & { currentTarget: HTMLInputElement }) =>
      onValue(event.currentTarget.value),
  };
  return (
    <div class={short ? "field short" : "field"}>
      <Label {...props} />
      {type === "search" ? (
        <input {...input} type="search" />
      ) : type === "text" ? (
        <input {...input} type="text" />
      ) : (
        <input {...input} type={type} />
      )}
    </div>
  );
}

type AreaProps = FieldProps & {
  value: string;
  onValue: (value: string) => void;
  length?: number;
  rows?: number;
  spell?: boolean;
};

export function AreaField(props: AreaProps) {
  const { id, value, onValue, length, rows = 3, spell } = props;
  return (
    <div class="field">
      <Label {...props} />
      <textarea
        id={id}
        value={value}
        rows={rows}
        maxLength={length}
        spellcheck={spell}
        aria-describedby={described(props)}
        aria-invalid={props.error ? "true" : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </div>
  );
}

export function CheckField({ id, label, value, onValue, disabled, describedBy, invalid }: {
  id: string;
  label: string;
  value: boolean;
  onValue: (value: boolean) => void;
  disabled?: boolean;
  describedBy?: string;
  invalid?: boolean;
}) {
  return (
    <label class="check">
      <input
        id={id}
        type="checkbox"
        checked={value}
        disabled={disabled}
        aria-describedby={describedBy}
        aria-invalid={invalid ? "true" : undefined}
        onChange={(event) => onValue(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface SelectProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  choices: { code: string; label: string }[];
  /** Shown first, with an empty value. */
  none?: string;
  /** The less usual ones, under a title of their own, as are then the others. */
  others?: { common: string; title: string; choices: { code: string; label: string }[] } | undefined;
}

const Options = ({ choices }: Pick<SelectProps, "choices">) => (
  <>
    {choices.map(({ code, label }) => (
      <option key={code} value={code}>
        {label}
      </option>
    ))}
  </>
);

export function SelectField(props: SelectProps) {
  const { id, value, onValue, choices, none, others } = props;
  return (
    <div class="field">
      <Label {...props} />
      <div class="select">
        <select
          id={id}
          value={value}
          aria-describedby={described(props)}
          aria-invalid={props.error ? "true" : undefined}
          onChange={(event) => onValue(event.currentTarget.value)}
        >
          {none !== undefined && <option value="">{none}</option>}
          {others ? (
            <>
              <optgroup label={others.common}>
                <Options choices={choices} />
              </optgroup>
              <optgroup label={others.title}>
                <Options choices={others.choices} />
              </optgroup>
            </>
          ) : (
            <Options choices={choices} />
          )}
        </select>
        <Icon name="chevron-down" />
      </div>
    </div>
  );
}

interface RadioProps<T extends string> extends FieldProps {
  value: T | "";
  onValue: (value: T) => void;
  choices: { code: T; label: string }[];
}

export function RadioField<T extends string>(props: RadioProps<T>) {
  const { id, label, hint, error, value, onValue, choices } = props;
  return (
    <fieldset class="field radios" aria-describedby={described(props)}>
      <legend>{label}</legend>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="circle-alert" />
          <span>{error}</span>
        </p>
      )}
      <div class="radio-row">
        {choices.map((choice, index) => (
          <label key={choice.code} class="radio">
            <input
              id={index === 0 ? id : `${id}-${choice.code}`}
              type="radio"
              name={id}
              value={choice.code}
              checked={value === choice.code}
              onChange={() => onValue(choice.code)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export interface FieldError {
  id: string;
  text: string;
}

/** The list of what to correct; takes the focus each time it is shown anew. */
export function ErrorSummary({ errors, turn }: { errors: FieldError[]; turn: number }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length) box.current?.focus();
  }, [turn]);
  if (!errors.length) return null;
  return (
    <div class="panel danger" ref={box} tabIndex={-1} role="group" aria-labelledby="summary-title">
      <Icon name="circle-alert" size={24} />
      <div>
        <h2 id="summary-title">{t.errors.summaryTitle}</h2>
        <p>{t.errors.summary(errors.length)}</p>
        <ul>
          {errors.map(({ id, text }) => (
            <li key={id}>
              <a
                href={`#${id}`}
                onClick={(event) => {
                  event.preventDefault();
                  document.getElementById(id)?.focus();
                }}
              >
                {text}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Finds the error of one field among those of the form. */
export const errorOf = (errors: FieldError[], id: string) =>
  errors.find((error) => error.id === id)?.text;

export function Form({ onSubmit, children, label }: {
  onSubmit: () => void | Promise<unknown>;
  children: ComponentChildren;
  label?: string;
}) {
  const busy = useRef(false);
  return (
    <form
      noValidate
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (busy.current) return;
        busy.current = true;
        Promise.resolve(onSubmit())
          .catch(reportError)
          .finally(() => {
            busy.current = false;
          });
      }}
    >
      {children}
    </form>
  );
}
