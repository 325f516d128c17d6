/**
 * Completion scripts. They know nothing of the commands: each asks `lcad __complete` with the words typed so far and
 * shows what it answers (see complete.ts for the form).
 */
const bash = `# lcad completion for bash
_lcad() {
  local line directive= candidate current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=$line ;;
      *)
        candidate=\${line%%$'\\t'*}
        [[ $candidate == *[!A-Za-z0-9_./,:@+=-]* ]] && printf -v candidate '%q' "$candidate"
        COMPREPLY+=("$candidate")
        ;;
    esac
  done < <("$1" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case $directive in
    :dirs) compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current") ;;
    :files) compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current") ;;
  esac
}
complete -F _lcad lcad
`;

const zsh = `#compdef lcad
_lcad() {
  local line directive
  local -a lines candidates
  lines=("\${(@f)$(lcad __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    case $line in
      :*) directive=$line ;;
      ?*) candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( \${#candidates} )) && _describe lcad candidates
  case $directive in
    :dirs) _files -/ ;;
    :files) _files ;;
  esac
}
if [ "\${funcstack[1]}" = _lcad ]; then _lcad "$@"; else compdef _lcad lcad; fi
`;

const fish = `# lcad completion for fish
function __lcad_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (lcad __complete $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':dirs'
                __fish_complete_directories "$current"
            case ':files'
                __fish_complete_path "$current"
            case ':*'
                continue
            case '*'
                echo $line
        end
    end
end
complete -c lcad -f -a '(__lcad_complete)'
`;

/** The script for each shell. */
export const completionScripts: Readonly<Record<string, string>> = { bash, zsh, fish };
