/** The photos of one document: looked at, turned, put in order, then made into one file. */
import { useEffect, useState } from "preact/hooks";
import { photos as t } from "../catalogue/photos";
import { catalogue } from "../catalogue";
import { PAGES_MAX, addPhotos, documentOf } from "../lib/photo-take";
import { type Photo, emptyTray, movePhoto, removePhoto, trayOf, turnPhoto } from "../lib/photo-tray";
import { type Role, add } from "../lib/upload-queue";
import { announce } from "./announcer";
import { Button } from "./button";
import { CropDialog } from "./crop-dialog";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { Notice } from "./states";

function Picture({ photo, number }: { photo: Photo; number: number }) {
  return <img class="photo" data-turn={photo.turn} src={(photo.cut ?? photo).url} alt={t.alt(number)} />;
}

function Enlarged({ photo, number, close }: { photo: Photo; number: number; close: () => void }) {
  return (
    <Dialog title={t.page(number)} onClose={close}>
      <div class="photo-large" tabIndex={0} role="group" aria-label={t.alt(number)}>
        <Picture photo={photo} number={number} />
      </div>
      <div class="actions">
        <Button onPress={close}>{catalogue.common.close}</Button>
      </div>
    </Dialog>
  );
}

function PhotoPage({ pid, photo, number, last }: { pid: string; photo: Photo; number: number; last: boolean }) {
  const [large, setLarge] = useState(false);
  const [cropping, setCropping] = useState(false);
  const move = (by: -1 | 1) => {
    movePhoto(pid, photo, by);
    announce(t.moved(number, number + by));
    // The page has another place, and the buttons with it: the focus goes along.
    requestAnimationFrame(() => document.getElementById(`photo-${photo.place}`)?.focus());
  };
  const takeOut = () => {
    removePhoto(pid, photo);
    announce(t.removed(number));
    requestAnimationFrame(() => document.getElementById("photos")?.focus());
  };
  const turn = () => {
    turnPhoto(pid, photo);
    announce(t.turned(number));
  };
  return (
    <li class="photo-page" id={`photo-${photo.place}`} tabIndex={-1} aria-label={t.page(number)}>
      <button type="button" class="photo-frame" aria-label={t.enlarge(number)} onClick={() => setLarge(true)}>
        <Picture photo={photo} number={number} />
      </button>
      <div class="photo-order">
        {number > 1 && <Button kind="quiet" icon="chevron-left" label={t.earlier(number)} onPress={() => move(-1)} />}
        <p class="photo-number">{t.page(number)}</p>
        {!last && <Button kind="quiet" icon="chevron-right" label={t.later(number)} onPress={() => move(1)} />}
      </div>
      <div class="photo-tools">
        <Button kind="quiet" icon="rotate-cw" label={t.turnNamed(number)} onPress={turn} />
        <Button kind="quiet" icon="crop" label={t.cropNamed(number)} onPress={() => setCropping(true)} />
        <Button kind="quiet" icon="trash" label={t.remove(number)} onPress={takeOut} />
      </div>
      {cropping && <CropDialog pid={pid} photo={photo} number={number} close={() => setCropping(false)} />}
      {large && <Enlarged photo={photo} number={number} close={() => setLarge(false)} />}
    </li>
  );
}

interface Props {
  pid: string;
  role: Role;
  /** Taken just now, or chosen: made into pages as soon as they are shown. */
  fresh: File[];
  taken: (files: File[]) => void;
  onMore: () => void;
}

export default function PhotoTray({ pid, role, fresh, taken, onMore }: Props) {
  const { photos, preparing } = trayOf(pid).value;
  const [wrong, setWrong] = useState("");

  useEffect(() => {
    if (!fresh.length) return;
    taken(fresh);
    const take = async () => {
      const { unreadable, tooMany } = await addPhotos(pid, fresh, role);
      setWrong([unreadable > 0 && t.unreadable(unreadable), tooMany && t.tooMany(PAGES_MAX)].filter(Boolean).join(" "));
      announce(t.ready(trayOf(pid).value.photos.length));
      // What was just taken, and what comes next, are below what was pressed.
      requestAnimationFrame(() => document.getElementById("photo-next")?.scrollIntoView({ block: "nearest" }));
    };
    take().catch(reportError);
  }, [fresh]);

  const finish = async () => {
    const content = documentOf(pid);
    await add(pid, new File([content], t.fileName, { type: content.type, lastModified: Date.now() }), role);
    announce(t.finished(photos.length));
    emptyTray(pid);
    requestAnimationFrame(() => document.getElementById("queue")?.focus());
  };

  if (!photos.length && !preparing && !wrong) return null;
  return (
    <section class="photo-tray" aria-labelledby="photos">
      <h2 id="photos" tabIndex={-1}>{t.title}</h2>
      {wrong && <Notice kind="warning">{wrong}</Notice>}
      {photos.length === 0 && !preparing && <p>{t.empty}</p>}
      {photos.length > 1 && <p>{t.intro}</p>}
      <ol class="photo-pages" role="list">
        {photos.map((photo, index) => (
          <PhotoPage key={photo.place} pid={pid} photo={photo} number={index + 1} last={index === photos.length - 1} />
        ))}
      </ol>
      {preparing > 0 && <p role="status">{t.preparing(preparing)}</p>}
      {photos.length > 0 && (
        <p class="hint left-out">
          <Icon name="shield-check" />
          <span>{t.private}</span>
        </p>
      )}
      <div class="actions" id="photo-next">
        {photos.length > 0 && preparing === 0 && (
          <Button kind="primary" icon="check" onPress={finish}>
            {t.finish(photos.length)}
          </Button>
        )}
        <Button icon="camera" onPress={onMore}>
          {t.more}
        </Button>
      </div>
    </section>
  );
}
