/** The curve of a measure: drawn for who looks, read point by point with a slider, and in its table. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Growth } from "../api/types";
import { growthWords } from "../catalogue/growth";
import { measureWords as t } from "../catalogue/measures";
import { targetWords } from "../catalogue/targets";
import { partsOf, ticksOf } from "../lib/curve";
import { dateMedium, number } from "../lib/format";
import { ageOf, bandOf, placeOf } from "../lib/growth";
import { COMPONENTS, type Component, type Kind, dayOf, momentOf, span, valueOf } from "../lib/measures";
import {
  type CurveProps, type Geometry, HEIGHT, MARGIN, NARROW, REFERENCE, drawnOf, geometry, stopsOf, timesOf,
} from "./curve-frame";
import { Legend, legendOf } from "./curve-legend";
import { GrowthCurves } from "./growth-curves";

/** How wide the drawing is, in pixels: letters then have their own size on every screen. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return undefined;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return { box, width };
}

function Axes({ of, kind, width, growth }: { of: Geometry; kind: Kind; width: number; growth: Growth | null }) {
  return (
    <>
      {ticksOf(of.low, of.high, 5).map((value) => (
        <g key={value}>
          <line class="curve-grid" x1={MARGIN.left} x2={of.end} y1={of.y(value)} y2={of.y(value)} />
          <text class="curve-mark" x={MARGIN.left - 8} y={of.y(value) + 4} text-anchor="end">
            {number(value, 1)}
          </text>
        </g>
      ))}
      {timesOf(of, growth, width).map(({ at, label }) => (
        <text key={at} class="curve-mark" x={of.x(at)} y={HEIGHT - 6} text-anchor={of.x(at) > width - 60 ? "end" : "middle"}>
          {label}
        </text>
      ))}
      <text class="curve-unit" x={0} y={10}>
        {kind === "weight" ? "kg" : "mmHg"}
      </text>
    </>
  );
}

/** Hatched, each its own way, so that no colour is needed. */
function Bands({ of, width, id }: { of: Geometry; width: number; id: string }) {
  const [systolic = 0, diastolic = 0] = [REFERENCE.systolic, REFERENCE.diastolic];
  const bands = [
    { name: "systolic", from: systolic, to: diastolic, turn: 45 },
    { name: "diastolic", from: diastolic, to: Math.max(of.low, 0), turn: -45 },
  ] as const;
  return (
    <>
      {bands.map(({ name, from, to, turn }) => (
        <g key={name}>
          <pattern id={`${id}-${name}`} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform={`rotate(${turn})`}>
            <line class="curve-hatch" x1="0" y1="0" x2="0" y2="8" />
          </pattern>
          <rect
            x={MARGIN.left} width={Math.max(0, width - MARGIN.left - MARGIN.right)}
            y={of.y(from)} height={Math.max(0, of.y(to) - of.y(from))} fill={`url(#${id}-${name})`}
          />
          <line class="curve-limit" x1={MARGIN.left} x2={width - MARGIN.right} y1={of.y(from)} y2={of.y(from)} />
          <text class="curve-band" x={MARGIN.left + 6} y={of.y(from) + 15}>
            {width < NARROW ? number(from, 0) : t.curve.below(t.components[name], from)}
          </text>
        </g>
      ))}
    </>
  );
}

/** What a person wants to reach, named on the line. */
function TargetLine({ of, target }: { of: Geometry; target: number }) {
  const y = of.y(target);
  return (
    <>
      <line class="curve-target" x1={MARGIN.left} x2={of.end} y1={y} y2={y} />
      <text class="curve-band" x={MARGIN.left + 6} y={y < MARGIN.top + 20 ? y + 16 : y - 6}>
        {targetWords.line(number(target, 1))}
      </text>
    </>
  );
}

/** How large a mark is: small where points are many, so that the line shows. */
const sizeOf = (count: number, width: number) => (width / Math.max(1, count) < 7 ? 2 : 4.5);

/** A round for the first figure, a square for the second, a triangle for what is to be checked. */
function Mark({ x, y, size, component, doubtful, beyond }: {
  x: number;
  y: number;
  size: number;
  component: Component;
  doubtful: boolean;
  beyond: boolean;
}) {
  if (doubtful) return <path class="curve-doubt" d={`M${x} ${y - 7}l7 12h-14z`} />;
  if (beyond) return <path class="curve-point" d={`M${x} ${y - 5}l5 5l-5 5l-5 -5z`} />;
  if (component === "diastolic") {
    return <rect class="curve-point" x={x - size} y={y - size} width={2 * size} height={2 * size} />;
  }
  return <circle class="curve-point" cx={x} cy={y} r={size} />;
}

function Series({ of, props, component, size }: { of: Geometry; props: CurveProps; component: Component; size: number }) {
  const { measures, doubts } = props;
  const value = (n: number) => measures[n]?.values[component] ?? 0;
  const place = (n: number) => `${of.x(of.instants[n] ?? 0).toFixed(1)},${of.y(value(n)).toFixed(1)}`;
  // A doubtful point interrupts nothing: the line passes it by.
  const sure = measures.map((_, n) => n).filter((n) => doubts[n] === null);
  const parts = partsOf(sure.length, stopsOf(props, sure.map((n) => of.instants[n] ?? 0)));
  return (
    <>
      {parts.map((part) => (
        <polyline
          key={part[0]}
          class={`curve-line ${component}`}
          points={part.map((n) => place(sure[n] ?? 0)).join(" ")}
        />
      ))}
      {measures.map(({ id }, n) => (
        <Mark
          key={id}
          x={of.x(of.instants[n] ?? 0)}
          y={of.y(value(n))}
          size={size}
          component={component}
          doubtful={doubts[n] !== null}
          beyond={of.isBeyond(value(n))}
        />
      ))}
    </>
  );
}

/** One point after the other: by arrows, by dragging, by a press on the drawing. */
function Reading({ measures, doubts, growth, chosen, choose }: Pick<CurveProps, "measures" | "doubts" | "growth"> & {
  chosen: number;
  choose: (n: number) => void;
}) {
  const of = measures[chosen];
  if (!of) return null;
  const place = placeOf(growth, of);
  const placed = growth && place && `${ageOf(growth.born_on, place.age_days)}, ${bandOf(place)}`;
  const parts = [t.curve.said(momentOf(of), valueOf(of)), placed, doubts[chosen], of.comment];
  return (
    <div class="curve-reading print-hidden">
      <label for="reading">{t.curve.reading}</label>
      <input
        id="reading"
        type="range"
        min={0}
        max={measures.length - 1}
        step={1}
        value={chosen}
        aria-valuetext={t.curve.point(chosen + 1, measures.length)}
        aria-describedby="reading-hint"
        onInput={(event) => choose(Number(event.currentTarget.value))}
      />
      <output class="begins" for="reading">
        {parts.filter(Boolean).join(". ")}
      </output>
      <p class="hint keys-hint" id="reading-hint">
        {t.curve.hint}
      </p>
    </div>
  );
}

const nearest = (places: number[], x: number) =>
  places.reduce((best, place, n) => (Math.abs(place - x) < Math.abs((places[best] ?? 0) - x) ? n : best), 0);

export function MeasureCurve(props: CurveProps) {
  const { kind, measures, withReference, target } = props;
  const growth = drawnOf(props);
  const { box, width } = useWidth();
  const id = useId();
  const [asked, setAsked] = useState<number | null>(null);
  const chosen = Math.min(asked ?? measures.length - 1, measures.length - 1);
  const of = geometry(props, Math.max(width, 1));
  const gaps = stopsOf(props, of.instants).size;
  const [first, last, read] = [measures[0], measures.at(-1), measures[chosen]];
  if (!first || !last || !read) return null;
  const label = t.curve.label(
    t.kinds[kind], t.counted(measures.length), dateMedium(dayOf(first)), dateMedium(dayOf(last)),
    [
      span(kind, measures), gaps > 0 && t.curve.gaps(gaps), growth && growthWords.label,
      target !== null && targetWords.line(number(target, 1)).toLowerCase(),
    ].filter(Boolean).join(", "),
  );
  const at = of.x(of.instants[chosen] ?? 0);
  return (
    <section class="card" aria-labelledby="curve">
      <h2 id="curve">{t.curve.title}</h2>
      <div ref={box} class="curve-box">
        {width > 0 && (
          <svg
            class="curve"
            viewBox={`0 0 ${width} ${HEIGHT}`}
            role="img"
            aria-label={label}
            onPointerDown={(event) => {
              const left = event.currentTarget.getBoundingClientRect().left;
              setAsked(nearest(of.instants.map(of.x), event.clientX - left));
            }}
          >
            <Axes of={of} kind={kind} width={width} growth={growth} />
            {growth && <GrowthCurves of={of} growth={growth} />}
            {target !== null && <TargetLine of={of} target={target} />}
            {withReference && <Bands of={of} width={width} id={id} />}
            <line class="curve-cursor" x1={at} x2={at} y1={MARGIN.top} y2={HEIGHT - MARGIN.bottom} />
            {COMPONENTS[kind].map((component) => (
              <Series key={component} of={of} props={props} component={component} size={sizeOf(measures.length, width)} />
            ))}
            {COMPONENTS[kind].map((component) => (
              <circle key={component} class="curve-chosen" cx={at} cy={of.y(read.values[component] ?? 0)} r={10} />
            ))}
          </svg>
        )}
      </div>
      <Legend marks={legendOf(props, gaps)} />
      <Reading {...props} chosen={chosen} choose={setAsked} />
      {withReference && (
        <p class="hint">
          {t.reference.text} {t.reference.doctor} {t.reference.source}
        </p>
      )}
    </section>
  );
}

