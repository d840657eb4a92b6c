/** The icons used, by their lucide name; the build refuses a name that does not exist. */
export const ICONS = [
  "activity", "baby", "ban", "bell", "building", "calendar", "calendar-check", "calendar-plus", "camera", "check",
  "chevron-down", "chevron-left", "chevron-right", "circle-alert", "circle-check",
  "circle-dashed", "circle-question-mark", "circle-x", "clock", "copy", "crop", "download", "ellipsis",
  "equal", "eraser", "external-link", "eye", "file-plus", "file-text", "flask-conical", "hourglass", "house",
  "image", "info", "keyboard", "layout-grid", "life-buoy", "link", "list", "list-checks", "lock", "lock-open", "log-out", "mail",
  "map-pin", "message-square", "monitor", "moon", "notebook", "paperclip", "pencil", "phone",
  "plus", "printer", "refresh-cw", "rotate-cw", "search", "send", "settings", "shield-check", "smartphone",
  "stethoscope", "sun", "syringe", "trash", "trending-down", "trending-up", "triangle-alert",
  "type",
  "undo-2", "upload", "video", "user-round", "user-round-check", "user-round-x", "users", "wifi-off", "x",
  "zoom-in", "zoom-out",
] as const;

export type IconName = (typeof ICONS)[number];
