/** An address that leads nowhere. */
import { me } from "../api/session";
import { catalogue as t } from "../catalogue";
import { LinkButton } from "../ui/button";
import { Page } from "../ui/page";

export default function Lost() {
  return (
    <Page title={t.lost.title} intro={t.lost.text}>
      <LinkButton href={me.value?.role === "professional" ? "/pro" : "/accueil"}>
        {t.errors.toHome}
      </LinkButton>
    </Page>
  );
}
