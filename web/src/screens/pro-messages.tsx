/** D7: the conversations of a professional: her own box, and that of her team. */
import { useLocation } from "preact-iso";
import { messageWords } from "../catalogue/messages";
import { boxesOf } from "../lib/boxes";
import { LinkButton } from "../ui/button";
import { ConversationList } from "../ui/conversation-list";
import { Page } from "../ui/page";
import { Empty } from "../ui/states";

const t = messageWords.pro;
const BASE = "/pro/messages";
const TABS = [
  { box: "own", href: BASE, label: t.ownBox },
  { box: "team", href: `${BASE}?b=equipe`, label: t.teamBox },
] as const;

export default function ProMessages() {
  const { query } = useLocation();
  const hasTeam = boxesOf().includes("team");
  const box = hasTeam && query["b"] === "equipe" ? "team" : "own";
  return (
    <Page title={messageWords.title} intro={t.intro}>
      {hasTeam && (
        <nav class="views" aria-label={t.boxes}>
          {TABS.map((tab) => (
            <a key={tab.box} href={tab.href} aria-current={tab.box === box ? "page" : undefined}>
              {tab.label}
            </a>
          ))}
        </nav>
      )}
      <ConversationList
        key={box}
        name={box}
        box={{ box }}
        side="professional"
        base={BASE}
        empty={
          <Empty
            icon="message-square"
            title={messageWords.emptyTitle}
            text={box === "team" ? t.emptyTeam : t.empty}
          >
            <LinkButton icon="search" href="/pro">
              {t.findPatient}
            </LinkButton>
          </Empty>
        }
      />
    </Page>
  );
}
