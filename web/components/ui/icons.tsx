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

export const Chat = () => <Icon d="M4 5h16v11H10l-5 4v-4H4z" />;
export const Agents = () => <Icon d="M9 4h6v5H9zM12 9v3M5 12h14v8H5zM9 16v.01M15 16v.01" />;
export const Tasks = () => (
  <Icon d="M4 6l1.5 1.5L8 5M4 13l1.5 1.5L8 12M4 20l1.5 1.5L8 19M11 6h9M11 13h9M11 20h9" />
);
export const System = () => <Icon d="M3 17l5-6 4 3 5-8 4 5M3 21h18" />;
export const Search = () => <Icon d="M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16 16l5 5" />;
export const More = () => <Icon d="M5 12v.01M12 12v.01M19 12v.01" />;
export const Trash = () => <Icon d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13" />;
export const Pencil = () => <Icon d="M4 20l1-4L16 5l3 3L8 19z" />;
export const Download = () => <Icon d="M12 4v11M7 11l5 5 5-5M4 20h16" />;
export const Stop = () => <Icon d="M7 7h10v10H7z" />;
export const Clip = () => (
  <Icon d="M19 11l-8 8a4.5 4.5 0 0 1-6-6l9-9a3 3 0 0 1 4.5 4.5l-8.5 8.5a1.5 1.5 0 0 1-2-2l7.5-7.5" />
);
export const Pause = () => <Icon d="M8 5v14M16 5v14" />;
export const Play = () => <Icon d="M7 5l12 7-12 7z" />;
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
