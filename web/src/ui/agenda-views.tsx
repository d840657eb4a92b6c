/** How a list of appointments is looked at: to come, by month, past. The address says which. */
import { useLocation } from "preact-iso";
import { agendaWords as t } from "../catalogue/agenda";

const CODES = { list: "liste", month: "mois", past: "passes" } as const;
export type View = keyof typeof CODES;

/** The view that the address asks for, if it is one of these. */
export function useAskedView<V extends View>(views: readonly V[]): V | undefined {
  const { query } = useLocation();
  return views.find((view) => CODES[view] === query["v"]);
}

interface Props<V extends View> {
  of: readonly V[];
  base: string;
  current: V;
}

export function Views<V extends View>({ of, base, current }: Props<V>) {
  return (
    <nav class="views" aria-label={t.views}>
      {of.map((view) => (
        <a key={view} href={`${base}?v=${CODES[view]}`} aria-current={view === current ? "page" : undefined}>
          {t[view]}
        </a>
      ))}
    </nav>
  );
}
