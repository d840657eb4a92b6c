/** A link to another place, with what one finds there. */
import type { IconName } from "../icons";
import { Icon } from "./icon";

interface Props {
  href: string;
  icon: IconName;
  title: string;
  text: string;
}

export function StepLink({ href, icon, title, text }: Props) {
  return (
    <a class="step" href={href}>
      <Icon name={icon} size={24} />
      <span>
        <span class="step-title">{title}</span>
        <span class="step-text">{text}</span>
      </span>
    </a>
  );
}
