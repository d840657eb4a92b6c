/** What was settled of an hour that clocks skip or show twice: whoever asked for it is told. */
import type { Appointment } from "../api/types";
import { agendaWords } from "../catalogue/agenda";
import { clock } from "../lib/when";
import { Notice } from "./states";

const t = agendaWords.view;

export function Settled({ of }: { of: Appointment }) {
  if (of.warnings.length === 0) return null;
  return (
    <Notice kind="warning" title={t.settled}>
      {of.warnings.map((warning) => (
        <p key={warning}>{t.settlings[warning](clock(warning === "end_moved" ? of.end : of.start))}</p>
      ))}
    </Notice>
  );
}
