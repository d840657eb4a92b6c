/** What a message is not for: always in view where one reads or writes messages. */
import { messageWords as t } from "../catalogue/messages";
import { Icon } from "./icon";

export function Emergency() {
  return (
    <p class="emergency">
      <Icon name="phone" />
      <span>
        {t.emergency}{" "}
        <a href="tel:15" aria-label={t.emergencyLabel}>
          {t.emergencyNumber}
        </a>
      </span>
    </p>
  );
}
