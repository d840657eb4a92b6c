/** How often an application did each thing: bars to look at, and the table that says the same. */
import type { Consent } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { instantLong } from "../lib/format";
import { usesOf } from "../lib/permissions";
import { said } from "../lib/profile";
import { SideScroll } from "./side-scroll";

const t = consentWords.mine;

function Bars({ of }: { of: Consent }) {
  const uses = usesOf(of);
  const words = said(consentWords).permissions;
  return (
    <div class="uses" role="img" aria-label={t.bars(uses.length)}>
      {uses.map(({ permission, calls, share }) => (
        <div key={permission} class="use">
          <span>{words[permission]}</span>
          <span class="use-count">{t.calls(calls)}</span>
          <svg viewBox="0 0 100 1" preserveAspectRatio="none">
            <rect class="plot-bar" width={Math.max(2, share * 100)} height={1} />
          </svg>
        </div>
      ))}
    </div>
  );
}

function Twin({ of }: { of: Consent }) {
  const words = said(consentWords).permissions;
  return (
    <details class="page-text">
      <summary>{t.table}</summary>
      <SideScroll label={t.did}>
        <table class="twin">
          <thead>
            <tr>
              <th scope="col">{t.what}</th>
              <th scope="col">{t.times}</th>
              <th scope="col">{t.lastAt}</th>
            </tr>
          </thead>
          <tbody>
            {usesOf(of).map(({ permission, calls, lastAt }) => (
              <tr key={permission}>
                <th scope="row">{words[permission]}</th>
                <td>{t.timesCount(calls)}</td>
                <td>{instantLong(lastAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </SideScroll>
    </details>
  );
}

export function UsePlot({ of }: { of: Consent }) {
  if (usesOf(of).length === 0 || !of.last_access_at) return <p>{said(consentWords).mine.never}</p>;
  return (
    <>
      <p>{t.last(instantLong(of.last_access_at))}</p>
      <Bars of={of} />
      <Twin of={of} />
    </>
  );
}
