/** The guide of applications that read and write by FHIR. No login. */
import guide from "../../../docs/fhir.md?raw";
import { publisherWords as t } from "../catalogue/publishers";
import { Guide } from "../ui/guide";

export default function FhirGuide() {
  return <Guide text={guide} title={t.fhirGuideTitle} />;
}
