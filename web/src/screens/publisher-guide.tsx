/** The guide of software that deposits. No login. */
import guide from "../../../docs/depositing.md?raw";
import { publisherWords as t } from "../catalogue/publishers";
import { Guide } from "../ui/guide";

export default function PublisherGuide() {
  return <Guide text={guide} title={t.guideTitle} />;
}
