/** What the guide can be asked: each topic's cues, and the question by which it is offered. */

export interface Topic {
  /** The question to offer, as a person would ask it; none for small talk. */
  ask?: string;
  /** Words by their weight, 1 to 4. */
  cues: Readonly<Record<number, string>>;
  /** Turns of phrase, on the question's plain words; one that fits counts more than any word. */
  phrases?: readonly RegExp[];
}

const TOPICS = {
  greeting: {
    cues: { 1: "hi hello hey howdy hallo moin greetings" },
    phrases: [/^(good (morning|evening|afternoon|day)|how are you|whats up)/],
  },
  thanks: {
    cues: { 1: "cheers great perfect", 2: "thanks thank thx bye goodbye" },
  },
  help: {
    ask: "What can you answer?",
    cues: { 1: "commands examples", 2: "help topics menu" },
    phrases: [/what (can|do|could) (you|i) (answer|know|ask|do|help)/, /^(help|\?)$/],
  },
  self: {
    ask: "Who are you?",
    cues: { 1: "bot", 2: "yourself" },
    phrases: [
      /who are you/,
      /what are you( |$)/,
      /are you (a |an )?(ai|bot|human|model|real|llm|person)/,
      /your name/,
    ],
  },
  parley: {
    ask: "What is Parley, and how do its parts fit together?",
    cues: { 1: "parley parts processes broker server hub", 2: "architecture components" },
    phrases: [
      /what is (this|parley|a broker|the (broker|server|hub))/,
      /how does (parley|this|it all|the system) work/,
    ],
  },
  roster: {
    ask: "Who is online?",
    cues: { 1: "offline list agents present around", 2: "online connected roster available" },
    phrases: [
      /who(s| is| are)?( all)? (is |are )?(online|here|there|around|connected|available)/,
      /(list|show)( me)?( all)?( the)? agents/,
      /(which|what) agents/,
      /how many agents/,
      /anyone (here|there|online)/,
    ],
  },
  skills: {
    ask: "What can each agent do?",
    cues: { 1: "able expert purpose", 3: "capabilities capability skills abilities" },
    phrases: [
      /what (can|do|does) (each|every|all|the|they|those|these|other|your)\b.*\b(do|agents?)/,
      /who can /,
      /what (can|does|do) (?!you |i )[\w. -]+ do$/,
      /what are they for/,
    ],
  },
  status: {
    cues: { 1: "doing paused about online", 2: "status busy load alive idle" },
    phrases: [/(status|state|load) of/],
  },
  add: {
    ask: "How do I add an agent?",
    cues: { 1: "another start run create new agent", 2: "add launch spawn join" },
    phrases: [
      /(add|start|run|launch|create|connect|set ?up) (an?|another|more|new|my|the|one)( new| own| more)* ?agents?/,
      /new agent/,
    ],
  },
  write: {
    ask: "How do I write my own agent?",
    cues: { 1: "build example agent", 2: "write code library program develop typescript sdk python handler" },
    phrases: [/(write|code|program|develop|build|make) (an?|my|your)( own)? (own )?agent/, /my own agent/],
  },
  commands: {
    ask: "How do I have an agent run a command?",
    cues: {
      1: "command commands script scripts allow execute approved",
      3: "approval",
      4: "allow-command allow_command",
    },
    phrases: [
      /(run|runs|execute|executes|allow|approve)( \w+){0,2} (commands?|programs?|scripts?)( (on|by|with) .*)?$/,
      /(commands?|programs?|scripts?) (on|by|with) (an?|the|my) agent/,
      /what may .*run/,
    ],
  },
  tasks: {
    ask: "How do I hand an agent a task?",
    cues: {
      1: "job jobs work worker assign",
      2: "task",
      3: "tasks supervisor subtask deadline",
      4: "ontask",
    },
    phrases: [
      /(hand|give|assign|submit|create|add|send)( \w+){0,3} (task|job|work)s?/,
      /(what|how)( \w+){0,3} tasks?( |$)/,
      /(cancel|retry|list|watch)( \w+){0,2} tasks?/,
    ],
  },
  command_line: {
    ask: "How do I use the command line?",
    cues: { 1: "terminal shell console", 4: "cli" },
    phrases: [/command ?line/, /use (the|a|my) (terminal|shell|console)/],
  },
  control: {
    ask: "How do I pause an agent, or take it off?",
    cues: { 2: "pause resume", 4: "deregister reregister" },
    phrases: [
      /(pause|resume|deregister|reregister|disable|ban|kick|take off)( \w+){0,2} agents?/,
      /take (an?|the|it) (agent )?off/,
    ],
  },
  presence: {
    ask: "Since when is an agent there, and when was it not?",
    cues: { 1: "away", 3: "availability" },
    phrases: [
      /(since )?when (was|were|is|did|has) (an?|the|my) agent/,
      /(history|availability) of (an?|the|my|each) ?agents?/,
      /agents? history/,
    ],
  },
  dead_letters: {
    ask: "Where are messages that were given up?",
    cues: { 1: "dead letters replay" },
    phrases: [
      /dead[- ]letters?/,
      /(reset|empty|clear|purge)( \w+){0,2} queues?/,
      /messages? (that |which )?(was|were|been|got|is|are) (given up|dropped|lost)/,
    ],
  },
  mistral: {
    ask: "How do I use Mistral?",
    cues: { 3: "mistral", 4: "mistral_api_key" },
    phrases: [/\b(use|key|set ?up|connect|add)\b.*\bmistral|\bmistral\b.*\bkey\b/],
  },
  openai: {
    ask: "How do I use Ollama or another OpenAI-compatible model?",
    cues: {
      1: "local",
      2: "llm model",
      3: "openai llama gpt chatgpt",
      4: "ollama llama.cpp llamacpp vllm openai_base_url",
    },
    // Who names a model server wants to know how it is used, however they ask to add an agent.
    phrases: [
      /(real|language|local|ai) model/,
      /\b(use|add|start|run|set ?up|connect|with|uses)\b.*\b(ollama|llama|vllm|openai)\b/,
    ],
  },
  rabbitmq: {
    ask: "How do I use RabbitMQ?",
    cues: { 2: "bus queue queues sqlite postgres redis", 3: "rabbit bus_url", 4: "rabbitmq amqp" },
  },
  addresses: {
    ask: "Where are the dashboard and the API?",
    cues: {
      1: "where rest",
      2: "url address port endpoint http websocket metrics grpc",
      3: "dashboard api openapi",
    },
    phrases: [/where (is|are|can i find) the/],
  },
  routing: {
    ask: "How is it decided which agent gets my message?",
    cues: {
      1: "broker",
      2: "route choose chosen decide decided decides random",
      3: "routing strategy",
      4: "round-robin least-loaded sticky",
    },
    phrases: [
      /(who|which agent) (gets|receives|answers|will get)/,
      /how (is|are|does) .*(chosen|routed|decided?|picked)/,
    ],
  },
  address_one: {
    ask: "How do I write to one particular agent?",
    cues: { 1: "address", 2: "particular specific receiver mention", 3: "directly", 4: "receiver_id" },
    phrases: [
      /(talk|write|speak|send|message)s?( \w+)? (to|with) (one|a|an|another|the|only)( \w+)? agent/,
      /choose (an|the|which) agent/,
    ],
  },
  states: {
    ask: "What do pending, routed, delivered and error mean?",
    cues: { 1: "state mean means icon", 2: "states", 3: "pending routed delivered", 4: "routing_status" },
    phrases: [/(what|mean).*(pending|routed|delivered|error)/],
  },
  trouble: {
    ask: "Nobody answers. What can I do?",
    cues: {
      1: "wrong error lost",
      2: "nobody broken problem fails failing slow hang hangs unavailable",
      4: "stuck troubleshoot troubleshooting no_agent_available agent_offline",
    },
    phrases: [
      /(nobody|no ?one|nothing|agent|it) (doesnt|does not|isnt|is not|wont|never|not)? ?(answer|repl|respond|work)/,
      /(no|without( an?)?) (answer|reply|response)/,
      /(isnt|not|doesnt|stopped) (work|answer|respond|reply)/,
      /went wrong/,
      /no agent (is )?(available|online)/,
    ],
  },
  system: {
    ask: "How is the system doing?",
    cues: {
      1: "system messages count running",
      2: "ready figures",
      3: "version statistics stats health healthy",
      4: "uptime readyz",
    },
    phrases: [
      /how (is|are) (the system|things|everything|parley|it|the server)( doing| going)?$/,
      /how (long|many messages)/,
      /which version/,
    ],
  },
  settings: {
    ask: "How do I change ports and other settings?",
    cues: {
      1: "change port",
      2: "environment env variable variables",
      3: "settings setting configure configuration config",
    },
    phrases: [/\.env/, /change (the )?port/],
  },
  network: {
    ask: "How do I run agents on another machine?",
    cues: {
      1: "host server token",
      2: "machine network lan internet security secure authentication tls",
      3: "remote expose",
    },
    phrases: [/(other|another|different|second) (machine|computer|host|server)/],
  },
  history: {
    ask: "Is my conversation kept?",
    cues: {
      1: "delete resume",
      2: "conversation saved kept stored remember reload forget memory",
      3: "history",
    },
    phrases: [/do you remember/, /(where|how) .*(stored|saved|kept)/],
  },
  scale: {
    ask: "How do I run several brokers or agents of a kind?",
    cues: {
      1: "brokers",
      2: "several multiple faster performance parallel",
      3: "cluster throughput",
      4: "scale scaling",
    },
  },
  stop: {
    ask: "How do I stop it all?",
    cues: { 1: "end", 2: "stop kill restart", 3: "quit exit shutdown terminate" },
    phrases: [/shut (it |everything )?down/],
  },
} as const satisfies Record<string, Topic>;

export type TopicName = keyof typeof TOPICS;
export const TOPIC_NAMES = Object.keys(TOPICS) as TopicName[];

/** Gives the topic's entry in its general form. */
export function topicOf(name: TopicName): Topic {
  return TOPICS[name];
}
