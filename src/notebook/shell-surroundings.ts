/**
 * Shell commands that prepare the machine and no value, file or variable of the notebook: a pipeline runs where that is done,
 * as it runs where its packages are installed, and nothing does it again.
 */

/** What somebody has to have done before, as a reason why it is left out; `undefined` for any other command. */
export function leftOutReason(words: readonly string[]): string | undefined {
  const [command = "", second = ""] = words;
  if (/^(?:apt|apt-get|aptitude|yum|dnf|apk|brew|add-apt-repository|dpkg)$/.test(command))
    return "a pipeline installs no system packages: whoever runs it, and the image, must have them";
  if (command === "git" && /^(?:config|lfs)$/.test(second)) {
    return second === "config" || words[2] === "install"
      ? "it sets git up for the person who runs the notebook, which no step needs"
      : undefined;
  }
  if (command === "chmod" && words.length > 2)
    return "who may read or run a file changes no value of the notebook";
  if (
    command === "jupyter" &&
    /^(?:nbextension|labextension|serverextension|contrib)$/.test(second)
  )
    return "it sets up how notebooks are shown, which no step needs";
  return undefined;
}
