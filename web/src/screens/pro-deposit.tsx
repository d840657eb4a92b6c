/** D6: a professional deposits in a patient's record, the patient's identity under the eyes. */
import { useRoute } from "preact-iso";
import { catalogue as t } from "../catalogue";
import { dateMedium } from "../lib/format";
import { isMinor } from "../lib/majority";
import { Deposit } from "../ui/deposit";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { Name, identity } from "../ui/whose";
import { PatientFrame } from "../ui/patient-frame";

export default function ProDeposit() {
  const { pid = "" } = useRoute().params as { pid?: string };
  const base = `/pro/patients/${pid}`;
  return (
    <PatientFrame pid={pid}>
      {(patient) => (
        <Page title={t.pro.deposit} back={{ href: base, label: t.pro.documents }}>
          <div class="card soft patient-check">
            <Icon name="user-round-check" size={24} />
            <div>
              <p>{t.pro.depositFor}</p>
              <p class="patient-name">
                <Name of={patient} />
              </p>
              <p>
                {[patient.birth_date && t.shell.born(dateMedium(patient.birth_date)), identity(patient, false)]
                  .filter(Boolean)
                  .join("\u00a0· ")}
              </p>
              <p class="muted">{t.pro.checkPatient}</p>
            </div>
          </div>
          <Deposit
            pid={pid}
            role="professional"
            minor={isMinor(patient.age)}
            hrefOf={(id) => `${base}/documents/${id}`}
          />
        </Page>
      )}
    </PatientFrame>
  );
}
