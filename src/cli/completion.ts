import { EXIT, UserError } from '../errors';
import type { Verb } from './verb';

/** Each asks the program itself for the words that fit, so that nothing has to be installed anew with a new version. */
const SCRIPTS: { readonly [shell: string]: string } = {
  bash: `_virtwork() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  mapfile -t COMPREPLY < <(compgen -W "$(virtwork --get-yargs-completions "\${COMP_WORDS[@]}" 2>/dev/null)" -- "$word")
}
complete -o default -F _virtwork virtwork
`,
  zsh: `#compdef virtwork
_virtwork() {
  local -a words_that_fit
  words_that_fit=("\${(@f)$(SHELL=/bin/bash virtwork --get-yargs-completions "\${words[@]}" 2>/dev/null)}")
  compadd -a words_that_fit || _files
}
compdef _virtwork virtwork
`,
  fish: `complete -c virtwork -a '(virtwork --get-yargs-completions (commandline -opc) (commandline -ct) 2>/dev/null)'
`,
};

export const completion: Verb = {
  name: 'completion',
  describe: 'print the completion script of a shell',
  words: 'SHELL',
  flags: {},
  options: [],
  examples: [['source <(virtwork completion bash)', 'in ~/.bashrc']],
  run: async (args, { out }) => {
    const words = (args.SHELL as string[] | undefined) ?? [];
    const script = words.length === 1 && Object.hasOwn(SCRIPTS, words[0] as string) ? SCRIPTS[words[0] as string] : undefined;
    if (script === undefined) {
      throw new UserError([
        {
          where: 'virtwork completion',
          message: `must be given one of ${Object.keys(SCRIPTS).join(', ')}, got ${words.join(' ') || 'nothing'}`,
        },
      ]);
    }
    out(script);
    return EXIT.done;
  },
};
