/** The guide of applications of the catalogue. No login. */
import guide from "../../../docs/applications.md?raw";
import { publisherWords as t } from "../catalogue/publishers";
import { Guide } from "../ui/guide";

export default function ApplicationGuide() {
  return <Guide text={guide} title={t.applicationGuideTitle} />;
}
