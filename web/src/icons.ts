/** The icons used, by their lucide name; the build refuses a name that does not exist. */
export const ICONS = [
  "ban", "building", "camera", "check", "chevron-down", "chevron-left", "chevron-right",
  "circle-alert", "circle-check", "circle-question-mark", "clock", "download", "ellipsis",
  "eraser", "eye", "file-plus", "file-text", "flask-conical", "house", "image", "info",
  "keyboard", "life-buoy", "lock", "log-out", "monitor", "moon", "notebook", "phone", "plus",
  "printer", "refresh-cw", "rotate-cw", "search", "shield-check", "stethoscope", "sun", "trash",
  "triangle-alert", "type", "undo-2", "upload", "user-round", "user-round-check", "user-round-x",
  "users", "wifi-off", "x", "zoom-in", "zoom-out",
] as const;

export type IconName = (typeof ICONS)[number];
