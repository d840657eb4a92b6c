/** The cards of the first screen: each can be put away, and brought back. */
import { type ComponentChildren, createContext } from "preact";
import { useContext, useRef, useState } from "preact/hooks";
import { api } from "../api/carnet";
import type { Home } from "../api/types";
import { catalogue as t } from "../catalogue";
import { keepPlace } from "../lib/focus";
import { said } from "../lib/profile";
import type { Resource } from "../lib/resource";
import { Button } from "./button";
import { toast } from "./toast";

export type CardName = Home["cards"]["hidden"][number];

interface Choice {
  hidden: CardName[];
  /** Null when the choices cannot be read: nothing can be changed. */
  put: ((card: CardName, away: boolean) => Promise<void>) | null;
}

export const Choices = createContext<Choice>({ hidden: [], put: null });

/** What was put away, and how to change it; a refusal is in `error`. */
export function useCards(pid: string, home: Resource<Home>) {
  const [error, setError] = useState<unknown>(null);
  const latest = useRef(home);
  latest.current = home;

  const put = async (card: CardName, away: boolean): Promise<void> => {
    const shown = latest.current.data;
    if (!shown) return;
    const others = shown.cards.hidden.filter((one) => one !== card);
    const regain = keepPlace(".home section, .put-away");
    setError(null);
    try {
      const cards = await api.setHomeCards(pid, away ? [...others, card] : others, shown.cards.version);
      latest.current.set({ ...shown, cards });
      const title = said(t.home).titles[card];
      const undo = { label: t.common.undo, run: () => put(card, false) };
      toast(away ? t.home.putAway(title) : t.home.putBack(title), away ? undo : undefined);
      regain();
    } catch (failure) {
      setError(failure);
    }
  };
  const choice: Choice = {
    hidden: home.data?.cards.hidden ?? [],
    put: home.data?.unreadable.includes("cards") ? null : put,
  };
  return { error, choice };
}

interface Props {
  card: CardName;
  look?: string;
  children: ComponentChildren;
}

/** One card, under its title; nothing once it was put away. */
export function HomeCard({ card, look = "", children }: Props) {
  const { hidden, put } = useContext(Choices);
  if (hidden.includes(card)) return null;
  const title = said(t.home).titles[card];
  return (
    <section class={`card ${look}`} aria-labelledby={`card-${card}`}>
      <div class="card-head">
        <h2 id={`card-${card}`}>{title}</h2>
        {put && (
          <Button kind="quiet" label={t.home.hideNamed(title)} onPress={() => put(card, true)}>
            {t.home.hide}
          </Button>
        )}
      </div>
      {children}
    </section>
  );
}

/** What was put away, to bring it back. */
export function PutAway({ without }: { without: readonly CardName[] }) {
  const { hidden, put } = useContext(Choices);
  const shown = hidden.filter((card) => !without.includes(card));
  if (!put || shown.length === 0) return null;
  return (
    <section class="aside put-away" aria-labelledby="put-away">
      <h2 id="put-away">{t.home.hiddenTitle}</h2>
      <div class="actions">
        {shown.map((card) => (
          <Button key={card} icon="eye" label={t.home.showNamed(said(t.home).titles[card])} onPress={() => put(card, false)}>
            {said(t.home).titles[card]}
          </Button>
        ))}
      </div>
    </section>
  );
}
