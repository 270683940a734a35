import { EXIT, UserError } from '../errors';
import { oneShell } from './messages';
import type { Verb } from './verb';

/** Each script calls `virtwork __complete` (complete.ts), so that the user need not install it again after an upgrade. */
const SCRIPTS: { readonly [shell: string]: string } = {
  bash: `_virtwork() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=() each at
  # bash splits words at = and :, which are parts of the words here.
  for ((at = 1; at <= COMP_CWORD; at++)); do
    each=\${COMP_WORDS[at]}
    if ((at > 1)) && [[ $each =~ ^[=:]+$ || \${COMP_WORDS[at - 1]} =~ ^[=:]+$ ]]; then
      words[\${#words[@]} - 1]+=$each
    else
      words+=("$each")
    fi
  done
  local whole=\${words[\${#words[@]} - 1]} head
  # The part that bash keeps.
  if [[ $current =~ ^[=:]+$ ]]; then head=$whole; else head=\${whole%"$current"}; fi
  COMPREPLY=()
  while IFS= read -r each; do
    case $each in
      :files) compopt -o default ;;
      :dirs) compopt -o dirnames ;;
      :nospace) compopt -o nospace ;;
      *) COMPREPLY+=("\${each#"$head"}") ;;
    esac
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" __complete "\${words[@]}" 2>/dev/null)
}
complete -F _virtwork virtwork
`,
  zsh: `#compdef virtwork
_virtwork() {
  local -a found options
  found=("\${(@f)$("\${(Q)words[1]/#\\~/$HOME}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if (( \${found[(Ie):nospace]} )); then options=(-S ''); fi
  compadd "\${options[@]}" -- \${found:#(|:*)}
  if (( \${found[(Ie):files]} )); then compset -P '--*='; _files; fi
  if (( \${found[(Ie):dirs]} )); then compset -P '--*='; _files -/; fi
}
# Call the function when loaded from fpath; register it when sourced.
if [[ $funcstack[1] == _virtwork ]]; then _virtwork "$@"; else compdef _virtwork virtwork; fi
`,
  fish: `function __virtwork_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    test (count $current) -eq 0; and set current ''
    # The part of a word such as --config=file before the path.
    set -l head (string match -r '^--[^=]*=' -- $current)
    set -l path (string replace -- "$head" '' $current)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    for each in ($program __complete $words[2..] $current 2>/dev/null)
        switch $each
            case :files
                for found in (__fish_complete_path $path)
                    echo "$head$found"
                end
            case :dirs
                for found in (__fish_complete_directories $path '')
                    echo "$head$found"
                end
            case :nospace
            case '*'
                echo $each
        end
    end
end
complete -c virtwork -f -a '(__virtwork_complete)'
`,
};

export const completion: Verb = {
  name: 'completion',
  describe: 'print the completion script of a shell: bash, zsh or fish',
  words: 'SHELL',
  flags: {},
  options: [],
  examples: [
    ['source <(virtwork completion bash)', 'in ~/.bashrc'],
    ['source <(virtwork completion zsh)', 'in ~/.zshrc, after compinit'],
    ['virtwork completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  run: async (args, { out }) => {
    const words = (args.SHELL as string[] | undefined) ?? [];
    const script = words.length === 1 && Object.hasOwn(SCRIPTS, words[0] as string) ? SCRIPTS[words[0] as string] : undefined;
    if (script === undefined) {
      throw new UserError([{ where: 'virtwork completion', message: oneShell(Object.keys(SCRIPTS), words) }]);
    }
    out(script);
    return EXIT.done;
  },
};
