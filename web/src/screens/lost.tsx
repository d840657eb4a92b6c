/** An address that leads nowhere. */
import { firstScreen, me } from "../api/session";
import { catalogue as t } from "../catalogue";
import { LinkButton } from "../ui/button";
import { Page } from "../ui/page";

export default function Lost() {
  return (
    <Page title={t.lost.title} intro={t.lost.text}>
      <LinkButton href={firstScreen(me.value)}>
        {t.errors.toHome}
      </LinkButton>
    </Page>
  );
}
