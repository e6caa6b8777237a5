/** Which shell commands print something and change nothing: no file, no process, no setting that a later line could see. */

/** Whether a command only prints, with these arguments. Where its output goes to is not looked at. */
export function onlyPrints(words: readonly string[]): boolean {
  const [command = "", ...rest] = words;
  if (ALWAYS.has(command)) return true;
  const given = rest.join(" ");
  if (/^[\w.+-]+$/.test(command) && /^(?:--version|-version|--help)$/.test(given)) return true;
  return WITH.find(({ commands }) => commands.includes(command))?.given.test(given) === true;
}

/** Whether a command that only prints cannot fail, so that one behind `&&` surely runs. */
export function surelySucceeds(words: readonly string[]): boolean {
  return /^(?:echo|pwd|clear|sleep|date|printf)$/.test(words[0] ?? "");
}

/** Whatever their arguments are. Commands with an option that writes are not among them. */
const ALWAYS: ReadonlySet<string> = new Set([
  "[", "cat", "cd", "cksum", "clear", "column", "cut", "df", "diff", "du", "echo", "egrep", "export", "file", "free",
  "grep", "head", "id", "jq", "less", "locale", "ls", "lsb_release", "lscpu", "lsof", "lspci", "md5sum", "more", "netstat",
  "nl", "nproc", "printenv", "printf", "ps", "pwd", "rev", "sha1sum", "sha256sum", "sleep", "stat", "strings", "tac", "tail",
  "test", "tr", "uname", "uptime", "wc", "which", "whoami", "xxd", "zcat",
]); // biome-ignore format: a list of words reads best in lines. `cd` and `export` end with their own shell.

/** Only with exactly such arguments. */
const WITH: readonly { readonly commands: readonly string[]; readonly given: RegExp }[] = [
  { commands: ["date"], given: /^(?:\+\S+)?$/ },
  {
    commands: ["git"],
    given: /^(?:status|log|rev-parse|describe|show|diff|remote -v|branch)(?: (?!--output)\S+)*$/,
  },
  { commands: ["hostname", "env", "set"], given: /^$/ },
  { commands: ["jupyter"], given: /^(?:kernelspec list|--paths)$/ },
  { commands: ["nvidia-smi"], given: /^(?:(?:-L|-q|--query-gpu=\S+|--format=\S+)(?: |$))*$/ },
  { commands: ["python", "python3"], given: /^-V$/ },
  // https://man7.org/linux/man-pages/man1/find.1.html: every action that is not among these only prints.
  { commands: ["find"], given: /^(?!.*-(?:delete|exec|execdir|ok|okdir|fprint\w*|fls)\b)/ },
  { commands: ["sed"], given: /^-n \d+(?:,(?:\d+|\$))?p(?: [^-\s]\S*)*$/ },
  { commands: ["sort", "tree", "pygmentize"], given: /^(?!.*(?:^| )(?:-\w*o|--output))/ },
  { commands: ["docker"], given: /^(?:ps|images|container (?:ls|list)|image ls|info)(?: |$)/ },
  { commands: ["kubectl"], given: /^(?:get|describe|logs|version|cluster-info)(?: |$)/ },
  { commands: ["aws"], given: /^s3 ls(?: |$)/ },
  { commands: ["gsutil"], given: /^(?:ls|du)(?: |$)/ },
  { commands: ["saved_model_cli"], given: /^show(?: |$)/ },
  { commands: ["kaggle"], given: /^(?:datasets|competitions) (?:list|files)(?: |$)/ },
  { commands: ["tar"], given: /^-?[zjJv]*t[zjJvf]*(?: [^-\s]\S*)+$/ },
  { commands: ["unzip"], given: /^-[lvZ]+ \S+$/ },
];
