/** The icons, drawn with lines in the colour of the text beside them; the text says what they mean. */
import type { JSX } from "preact";

interface IconProps {
  d: string;
}

function Icon({ d }: IconProps): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

export const Plus = () => <Icon d="M12 5v14M5 12h14" />;
export const Send = () => <Icon d="M12 19V5M6 11l6-6 6 6" />;
export const Menu = () => <Icon d="M4 7h16M4 12h16M4 17h10" />;
export const Close = () => <Icon d="M6 6l12 12M18 6L6 18" />;
export const Down = () => <Icon d="M12 5v14M6 13l6 6 6-6" />;
export const Alert = () => <Icon d="M12 8v5M12 16.5v.01M12 3l9.5 17h-19z" />;
export const Retry = () => <Icon d="M20 12a8 8 0 1 1-2.5-5.8M20 4v4h-4" />;
export const Copy = () => <Icon d="M9 9h11v11H9zM5 15H4V4h11v1" />;
export const Check = () => <Icon d="M5 12.5l4.5 4.5L19 7.5" />;

/** The mark of Parley: two who speak, and what they share. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <path class="mark-left" d="M13 5a9 9 0 0 0-7.6 13.8L4 25l5.7-1.9A9 9 0 1 0 13 5z" />
      <path class="mark-right" d="M19 9a9 9 0 0 1 7.6 13.8L28 28l-5.2-1.3A9 9 0 1 1 19 9z" />
    </svg>
  );
}
