/** A1: one application of a publisher: its state and why, what its developers need, its history. */
import { useRoute } from "preact-iso";
import { type Filed, publisherApi } from "../api/desk";
import { deskWords } from "../catalogue/desk";
import { publisherWords as words } from "../catalogue/publishers";
import { instantDay } from "../lib/format";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import {
  AskedByPublisher, History, SaidByPublisher, StateBadge, Technical, criteriaNames,
} from "../ui/application-file";
import { Button, LinkButton } from "../ui/button";
import { Page } from "../ui/page";
import { ErrorPanel, Loading } from "../ui/states";
import { toast } from "../ui/toast";

const t = deskWords.own;

/** Why it is where it is: the reason of the latest decision, unless it was changed since. */
const reasonOf = (file: Filed) =>
  file.history.find(({ after, what }) => after === file.state && what === "application:state")?.reason;

function Where({ file }: { file: Filed }) {
  const reason = reasonOf(file);
  const next = file.state === "online" && !file.can_connect ? "presented" : file.state;
  return (
    <section class="card" aria-label={deskWords.states[file.state]}>
      <StateBadge state={file.state} />
      <p class="muted">{deskWords.since(instantDay(file.state_since))}</p>
      <p>{t.next[next]}</p>
      {reason && (
        <div class="claims">
          <p class="muted">{t.reason}</p>
          <p class="claim">{deskWords.history.reason(typo(reason))}</p>
        </div>
      )}
      {file.state === "candidate" && file.missing.length > 0 && (
        <p class="hint">
          {t.missing} : {criteriaNames(file.missing)}.
        </p>
      )}
    </section>
  );
}

function Environments({ file }: { file: Filed }) {
  return (
    <section class="card soft" aria-labelledby="environments">
      <h2 id="environments">{t.environments}</h2>
      <dl class="pairs">
        <div>
          <dt>{t.production}</dt>
          <dd>{file.acts ? t.productionText.acts : t.productionText.waits}</dd>
        </div>
        <div>
          <dt>{t.sandbox}</dt>
          <dd>{t.sandboxText}</dd>
        </div>
      </dl>
    </section>
  );
}

/** What a developer opens next: the guides, the one address to write down, examples that run. */
function Developers() {
  return (
    <>
      <dl class="pairs">
        <div>
          <dt>{words.fhirBase}</dt>
          <dd>
            <code class="address">{`${location.origin}/fhir/R4`}</code>
          </dd>
        </div>
        <div>
          <dt>{words.examples}</dt>
          <dd>
            <code>make examples</code>
          </dd>
        </div>
      </dl>
      <a class="link" href="/editeurs/applications">
        {words.applicationGuide}
      </a>
      <a class="link" href="/editeurs/fhir">
        {words.fhirGuide}
      </a>
    </>
  );
}

async function copy(text: string) {
  await navigator.clipboard.writeText(text);
  toast(t.copied);
}

function Whole({ file }: { file: Filed }) {
  return (
    <>
      <Where file={file} />
      <Technical file={file}>
        <Button icon="copy" onPress={() => copy(file.client_id)}>
          {t.copy}
        </Button>
        <Developers />
      </Technical>
      <Environments file={file} />
      <AskedByPublisher file={file} />
      <SaidByPublisher file={file} />
      <History file={file} />
    </>
  );
}

export default function OwnApplication() {
  const { id = "" } = useRoute().params;
  const known = useResource(`own ${id}`, (signal) => publisherApi.read(id, signal));
  const file = known.data;
  const edit = file && file.state !== "delisted" && (
    <LinkButton icon="pencil" href={`/editeur/${id}/modifier`}>
      {t.edit}
    </LinkButton>
  );
  return (
    <Page
      key={file ? "known" : "asked"}
      title={file ? typo(file.name) : t.tab}
      tab={t.tab}
      back={{ href: "/editeur", label: t.back }}
      actions={edit || undefined}
    >
      {known.loading && <Loading lines={5} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {file && <Whole file={file} />}
    </Page>
  );
}
