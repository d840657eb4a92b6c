/** What analyses became over the last results of one type: a line to look at, and its table. */
import { useState } from "preact/hooks";
import { api } from "../api/carnet";
import type { CarnetDocument } from "../api/types";
import { compareWords as w } from "../catalogue/compare";
import { type Trend, placesOf, resultsOf, trendsOf } from "../lib/compare-results";
import { dateMedium } from "../lib/format";
import { useResource } from "../lib/resource";
import { Button } from "./button";
import { ErrorPanel, Loading } from "./states";

const WIDTH = 320;
const HEIGHT = 96;
const EDGE = 10;

/** Each is an access to a document: no more than a screen shows well. */
export const TREND_DOCUMENTS = 6;

function Drawing({ trend }: { trend: Trend }) {
  const { name, points } = trend;
  const places = placesOf(points).map(({ x, y }) => [
    EDGE + x * (WIDTH - 2 * EDGE),
    HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE),
  ]);
  const label = w.drawing(name, points.length, points[0]?.said ?? "", points.at(-1)?.said ?? "");
  return (
    <svg class="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <polyline class="trend-line" points={places.map((place) => place.join(",")).join(" ")} />
      {places.map(([x, y]) => (
        <circle key={`${x} ${y}`} class="trend-point" cx={x} cy={y} r={4} />
      ))}
    </svg>
  );
}

function TrendView({ trend }: { trend: Trend }) {
  return (
    <article class="card">
      <h3>{trend.name}</h3>
      <Drawing trend={trend} />
      <table class="twin">
        <thead>
          <tr>
            <th scope="col">{w.day}</th>
            <th scope="col">{w.value}</th>
          </tr>
        </thead>
        <tbody>
          {trend.points.map(({ day, said }) => (
            <tr key={`${day} ${said}`}>
              <th scope="row">{dateMedium(day)}</th>
              <td>{said}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  );
}

function Drawn({ pid, docs }: { pid: string; docs: CarnetDocument[] }) {
  const read = useResource(`trends ${pid} ${docs.map(({ id }) => id).join(" ")}`, async (signal) => {
    const all = [];
    for (const doc of docs) {
      const { sections } = await api.narrative(pid, doc.id, signal);
      all.push({ day: doc.care_date, results: resultsOf(sections) });
    }
    return trendsOf(all);
  });
  if (read.error !== null) return <ErrorPanel error={read.error} retry={read.reload} />;
  if (!read.data) return <Loading lines={4} />;
  if (read.data.length === 0) return <p>{w.noTrend}</p>;
  return (
    <div class="trends">
      {read.data.map((trend) => (
        <TrendView key={`${trend.name} ${trend.unit}`} trend={trend} />
      ))}
    </div>
  );
}

/** `known`: the comparable documents, the oldest first. */
export function Trends({ pid, known }: { pid: string; known: CarnetDocument[] }) {
  const [wanted, setWanted] = useState(false);
  const docs = known.slice(-TREND_DOCUMENTS);
  if (docs.length < 3) return null;
  return (
    <section aria-labelledby="trends">
      <h2 id="trends">{w.trends}</h2>
      {wanted ? (
        <Drawn pid={pid} docs={docs} />
      ) : (
        <>
          <p class="hint">{w.trendsHint(docs.length)}</p>
          <Button onPress={() => setWanted(true)}>{w.draw(docs.length)}</Button>
        </>
      )}
    </section>
  );
}
