/**
 * What each shell needs to hear; the words themselves come from `mlops complete-words`, one a line, with a last line
 * `:files` where the shell should list files, too. The scripts are read by `eval`, which in zsh knows no comments.
 */

/**
 * Bash cuts words at the characters of COMP_WORDBREAKS, so that `churn:r1`, `churn@v1` and `--from=train` arrive in pieces.
 * What had no space before it is put together again, and answers are given without what stands before the last such character
 * (an `@` belongs to what bash replaces).
 * Written for bash 3.2, which macOS has.
 */
const BASH = `_mlops() {
  local rest="\${COMP_LINE:0:COMP_POINT}" piece at answer files="" count=0
  local -a typed
  typed=()
  for ((at = 0; at <= COMP_CWORD; at++)); do
    piece="\${COMP_WORDS[at]}"
    if ((at == COMP_CWORD)); then piece="\${rest#"\${rest%%[![:space:]]*}"}"; fi
    if ((at == 0)) || [[ "$rest" == [[:space:]]* ]]; then
      typed[count]="$piece"
      count=$((count + 1))
    else
      typed[count - 1]="\${typed[count - 1]}$piece"
    fi
    rest="\${rest#"\${rest%%[![:space:]]*}"}"
    rest="\${rest#"$piece"}"
  done
  local word="\${typed[count - 1]}" before=""
  if [[ "$word" == *[:=@]* ]]; then before="\${word%"\${word##*[:=@]}"}"; fi
  before="\${before%@}"
  COMPREPLY=()
  while IFS= read -r answer; do
    if [[ "$answer" == ":files" ]]; then
      files=yes
    elif [[ -n "$answer" ]]; then
      answer="\${answer#"$before"}"
      COMPREPLY[\${#COMPREPLY[@]}]="$(printf '%q' "$answer")"
    fi
  done < <(mlops complete-words -- "\${typed[@]:1}" 2>/dev/null)
  if [[ -n "$files" ]]; then
    compopt -o default 2>/dev/null
  elif [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _mlops mlops
`;

const ZSH = `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
_mlops() {
  local -a answers open
  answers=("\${(@f)$(mlops complete-words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  answers=("\${(@)answers:#}")
  if (( \${answers[(Ie):files]} )); then
    answers=("\${(@)answers:#:files}")
    if [[ "$PREFIX" == --*=* ]]; then compset -P '*='; fi
    _files
  fi
  open=("\${(@M)answers:#*=}")
  answers=("\${(@)answers:#*=}")
  (( \${#open} )) && compadd -S '' -- "\${open[@]}"
  (( \${#answers} )) && compadd -- "\${answers[@]}"
}
compdef _mlops mlops
`;

/** Fish asks for files itself unless it is told not to, so they are listed where they are meant. */
const FISH = `function __mlops_words
  set -l typed (commandline -opc) (commandline -ct)
  for answer in (mlops complete-words -- $typed[2..] 2>/dev/null)
    if test "$answer" = ":files"
      __fish_complete_path (string replace -r -- '^--[a-z-]+=' '' (commandline -ct))
    else
      printf '%s\\n' $answer
    end
  end
end
complete -c mlops -f -a '(__mlops_words)'
`;

export const COMPLETION_SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
