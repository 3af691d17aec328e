/** The style sheets of the chat. */
import { Styles } from "../ui/Styles.tsx";

export const ChatStyles = () => <Styles names={["chat", "talk", "markdown"]} />;
