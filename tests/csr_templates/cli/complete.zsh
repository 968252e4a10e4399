# Prints what zsh completes for the line in the first argument, with the script in the second one, and the dump of
# compinit in the third: in an interactive shell, whose compadd prints the matches, between two lines with NUL.
zmodload zsh/zpty
zpty completing zsh -f -i
zpty -w completing "PROMPT=; autoload -Uz compinit; compinit -C -d ${(q)3}; source ${(q)2}"
zpty -w completing '
bindkey "^I" complete-word
zstyle ":completion:*" insert-tab false
print_mark() { echo -E - $'"'"'\0'"'"' }
compprefuncs=(print_mark)
comppostfuncs=(print_mark exit)
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a matches
  builtin compadd -A matches "$@"
  print -rl -- $matches
}
echo READY'
while zpty -r completing line; do
  [[ $line == READY* ]] && break
done
zpty -w -n completing "$1"$'\t'
integer marks=0
while zpty -r completing line; do
  [[ $line == *$'\0'* ]] && { ((marks += 1)); continue; }
  ((marks == 1)) && print -r -- ${line%%$'\r'*}
done
zpty -d completing 2>/dev/null
exit 0
