/** What an antivirus said of a file, in words. */
import type { Antivirus } from "../api/types";
import { catalogue as t } from "../catalogue";

export function scanned({ verdict, engine }: Antivirus): string {
  if (verdict !== "clean") return t.document.notScanned;
  return engine ? t.document.cleanBy(engine) : t.document.clean;
}
