declare module "virtual:icons" {
  import type { IconName } from "./icons";
  const drawings: Record<IconName, [tag: string, attributes: Record<string, string>][]>;
  export default drawings;
}

/** Where the build put what pdf.js fetches by itself. */
declare const __PDF_FOLDER__: string;
