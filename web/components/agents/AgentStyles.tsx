/** The style sheets of the pages of agents. */
import { Styles } from "../ui/Styles.tsx";

export const AgentStyles = () => <Styles names={["page", "agents", "agent", "console"]} />;
