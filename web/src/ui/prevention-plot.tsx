/** The windows to come on a line of three months, for who would rather look; the table says the same. */
import type { Recommendation } from "../api/types";
import { preventionWords } from "../catalogue/prevention";
import { dateMedium, monthShort } from "../lib/format";
import { plotOf } from "../lib/prevention";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { SideScroll } from "./side-scroll";

const t = preventionWords.plot;

const WIDTH = 320;
const ROW = 34;
const HEAD = 22;
const BAR = 10;

function Drawing({ items, now }: { items: Recommendation[]; now: string }) {
  const { bars, ticks } = plotOf(items, now);
  const height = HEAD + bars.length * ROW;
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={t.label(bars.length)}>
      {ticks.map(({ day, at }) => (
        <g key={day}>
          <line class="plot-tick" x1={at * WIDTH} y1={HEAD - 6} x2={at * WIDTH} y2={height} />
          <text class="plot-month" x={at * WIDTH + 3} y={HEAD - 10}>
            {monthShort(day)}
          </text>
        </g>
      ))}
      {bars.map(({ of, from, to, open }, row) => {
        const top = HEAD + row * ROW;
        const length = Math.max(4, (to - from) * WIDTH);
        return (
          <g key={of.key}>
            <text class="plot-name" x={0} y={top + 12}>
              {typo(of.title)}
            </text>
            <rect
              class={`plot-bar ${of.state}`}
              x={from * WIDTH}
              y={top + 17}
              width={length}
              height={BAR}
              rx={open ? 0 : BAR / 2}
            />
          </g>
        );
      })}
    </svg>
  );
}

function Twin({ items, now }: { items: Recommendation[]; now: string }) {
  return (
    <details class="page-text">
      <summary>{t.table}</summary>
      <SideScroll label={t.title}>
        <table class="twin">
          <thead>
            <tr>
              <th scope="col">{t.what}</th>
              <th scope="col">{t.opens}</th>
              <th scope="col">{t.closes}</th>
              <th scope="col">{said(preventionWords).plot.state}</th>
            </tr>
          </thead>
          <tbody>
            {plotOf(items, now).bars.map(({ of }) => (
              <tr key={of.key}>
                <th scope="row">{typo(of.title)}</th>
                <td>{dateMedium(of.window_opens_on)}</td>
                <td>{of.window_closes_on ? dateMedium(of.window_closes_on) : t.open}</td>
                <td>{typo(of.state_label)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </SideScroll>
    </details>
  );
}

export function PreventionPlot(props: { items: Recommendation[]; now: string }) {
  if (plotOf(props.items, props.now).bars.length === 0) return null;
  return (
    <section class="card" aria-labelledby="plot">
      <h2 id="plot">{t.title}</h2>
      <Drawing {...props} />
      <Twin {...props} />
    </section>
  );
}
